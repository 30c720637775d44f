//! A poll by a learnt recipe gives the posts that the detection gave: over the pages that we write, and over a folder
//! of saved pages where `SOSIK_PAGES` names one (`NAME/index.html`, its address as `base_url` in `NAME/meta.json`).

mod blogs;
mod themes;

use blogs::{Language, Layout, Look, page};
use jiff::Timestamp;
use sosik::extract::{CompiledRecipe, Context, Reading, extract, read};
use sosik::model::page::{Page, Validators};
use sosik::model::post::Candidate;
use sosik::model::source::{HtmlRecipe, Recipe};
use url::Url;

fn now() -> Timestamp {
    "2026-11-01T00:00:00Z".parse().unwrap()
}

fn page_of(url: &str, text: String) -> Page {
    Page { url: Url::parse(url).unwrap(), text, media_type: None, validators: Validators::default() }
}

/// The first look: no recipe, no preset that knows the page.
fn first_look(page: &Page) -> Option<Reading> {
    let open = CompiledRecipe::compile(&Recipe::Html(HtmlRecipe::default())).unwrap();
    read(page, &open, &Context::at(now())).ok()
}

/// The second look, by the recipe alone.
fn second_look(page: &Page, recipe: HtmlRecipe) -> Vec<Candidate> {
    let compiled = CompiledRecipe::compile(&Recipe::Html(recipe)).unwrap();
    extract(page, &compiled, &Context::at(now())).unwrap().posts
}

#[test]
fn a_poll_by_the_learnt_recipe_gives_the_same_posts() {
    let (mut learnt, mut pages, mut untaught) = (0, 0, Vec::new());
    for layout in Layout::ALL {
        for language in Language::all() {
            for gaps in [false, true] {
                let page = page_of("https://blog.example/", page(layout, &language, Look::PLAIN, gaps).0);
                let reading = first_look(&page).unwrap();
                let detected = reading.detected.unwrap();
                pages += 1;
                match detected.recipe {
                    Some(recipe) => {
                        learnt += 1;
                        assert_eq!(second_look(&page, recipe), reading.candidates.posts, "{layout:?} {}", language.tag);
                    }
                    None => untaught.push(format!("{layout:?} {} {gaps}: {:?}", language.tag, detected.untaught)),
                }
            }
        }
    }
    assert!(learnt * 10 >= pages * 7, "{learnt} recipes of {pages}\n{}", untaught.join("\n"));
}

#[test]
fn what_one_page_teaches_reads_the_next() {
    let (mut taught, mut of, mut wrong) = (0, 0, Vec::new());
    for theme in themes::themes() {
        for language in Language::all().iter().filter(|language| matches!(language.tag, "en" | "ko")) {
            let url = format!("https://blog.example{}", theme.page);
            let first = theme.render_some(language, true, 0..theme.count()).0;
            // The last page is shorter, and other posts lack other fields.
            let rest = theme.count()..theme.count() + theme.least().max(3);
            let (second, posts) = theme.render_some(language, false, rest);
            of += 1;
            let Some(recipe) = first_look(&page_of(&url, first)).and_then(|read| read.detected?.recipe) else {
                continue;
            };
            taught += 1;
            let read: Vec<_> = second_look(&page_of(&url, second), recipe)
                .into_iter()
                .map(|post| (post.url.path().to_owned(), post.title, post.published.map(|day| day.date())))
                .collect();
            let path = |post: &blogs::Post| Url::parse(&url).unwrap().join(&post.path).unwrap().path().to_owned();
            let written: Vec<_> = posts.iter().map(|post| (path(post), post.title.clone(), post.date)).collect();
            if read != written {
                let other = read.iter().zip(&written).find(|(read, written)| read != written);
                wrong.push(format!("{} {}: {} of {} {other:?}", theme.name, language.tag, read.len(), written.len()));
            }
        }
    }
    assert!(taught * 10 >= of * 8, "{taught} of {of}");
    assert!(wrong.len() * 20 <= taught, "{} of {taught}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
#[ignore = "needs a folder of saved pages: SOSIK_PAGES=… cargo test --test learnt saved -- --ignored --nocapture"]
#[expect(clippy::print_stderr, reason = "a figure for who looks at the pages")]
fn saved_pages_teach_recipes_that_read_them_alike() {
    let folder = std::env::var_os("SOSIK_PAGES").expect("SOSIK_PAGES names the folder of pages");
    let mut told = Vec::new();
    let (mut detected, mut learnt) = (0, 0);
    let mut folders: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    for folder in folders {
        let Ok(bytes) = std::fs::read(folder.join("index.html")) else { continue };
        let meta: serde_json::Value =
            serde_json::from_slice(&std::fs::read(folder.join("meta.json")).unwrap_or_default()).unwrap_or_default();
        let url = meta["base_url"].as_str().filter(|url| !url.is_empty()).unwrap_or("https://blog.invalid/").replacen(
            ":///",
            "://blog.invalid/",
            1,
        );
        let page = page_of(&url, sosik::fetch::charset::decode(&bytes, None, None));
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let Some(reading) = first_look(&page) else {
            told.push(format!("{name}: not read"));
            continue;
        };
        let Some(found) = reading.detected else { continue };
        detected += 1;
        match found.recipe {
            Some(recipe) => {
                learnt += 1;
                assert_eq!(second_look(&page, recipe), reading.candidates.posts, "{name}");
            }
            None => told.push(format!("{name}: {}", found.untaught.unwrap_or_default())),
        }
    }
    eprintln!("{learnt} recipes of {detected} detected pages\n{}", told.join("\n"));
}
