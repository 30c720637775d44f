//! The detector over pages that we wrote: layouts × languages × missing fields × decoys, and the same pages with
//! their classes, headings and landmarks taken away.

mod blogs;
mod themes;

use blogs::{Decoy, Language, Layout, Look, Post, page};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use scraper::Html;
use sosik::extract::detect::detect;
use sosik::extract::{CompiledRecipe, Context, extract};
use sosik::model::page::{Page, Validators};
use sosik::model::post::Candidate;
use sosik::model::source::Recipe;
use themes::mutate::{Mutation, mutate};
use themes::themes;
use url::Url;

fn home() -> Url {
    Url::parse("https://blog.example/").unwrap()
}

fn now() -> Timestamp {
    "2026-11-01T00:00:00Z".parse().unwrap()
}

fn read(html: &str) -> Vec<Candidate> {
    read_at(html, &home())
}

fn read_at(html: &str, url: &Url) -> Vec<Candidate> {
    let document = Html::parse_document(html);
    detect(&document, url, now(), &TimeZone::UTC).map(|found| found.candidates.posts).unwrap_or_default()
}

/// What differs between the posts that were written and those that were read; nothing when the page is solved.
fn differences(written: &[Post], read: &[Candidate]) -> Option<String> {
    let key = |url: &Url| url[url::Position::BeforePath..].split('&').take(2).collect::<Vec<_>>().join("&");
    let paths: Vec<String> = read.iter().map(|post| key(&post.url)).collect();
    let wanted: Vec<String> = written.iter().map(|post| key(&home().join(&post.path).unwrap())).collect();
    if paths != wanted {
        let other = paths.iter().find(|path| !wanted.contains(path)).or(paths.first());
        return Some(format!("{} posts of {}: {other:?}", paths.len(), wanted.len()));
    }
    let pairs = || written.iter().zip(read);
    if let Some((written, read)) = pairs().find(|(written, read)| written.title != read.title) {
        return Some(format!("title {:?} for {:?}", read.title, written.title));
    }
    pairs()
        .find(|(written, read)| read.published.map(|published| published.date()) != written.date)
        .map(|(written, read)| format!("date {:?} for {:?}", read.published.map(|day| day.to_string()), written.date))
}

/// Every page of a look; the share of solved ones, and what is wrong with the others.
fn survey(look: Look) -> (f64, Vec<String>) {
    let mut wrong = Vec::new();
    let mut count = 0.0;
    for layout in Layout::ALL {
        for language in Language::all() {
            for gaps in [false, true] {
                count += 1.0;
                let (html, posts) = page(layout, &language, look, gaps);
                if let Some(difference) = differences(&posts, &read(&html)) {
                    wrong.push(format!("{layout:?} {} gaps {gaps}: {difference}", language.tag));
                }
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a few hundred pages")]
    let share = 1.0 - wrong.len() as f64 / count;
    (share, wrong)
}

fn check(look: Look, floor: f64) {
    let (share, wrong) = survey(look);
    assert!(share >= floor, "{look:?}: {share:.3} solved\n{}", wrong.join("\n"));
}

#[test]
fn pages_as_they_are_written() {
    check(Look::PLAIN, 0.98);
}

#[test]
fn pages_without_classes_headings_landmarks_and_times() {
    check(Look { classes: false, headings: false, landmarks: false, ..Look::PLAIN }, 0.9);
}

#[test]
fn pages_without_classes_beside_products_without_dates() {
    check(Look { classes: false, landmarks: false, decoy: Decoy::Products, ..Look::PLAIN }, 0.9);
}

#[test]
fn pages_without_classes_beside_events_with_dates() {
    check(Look { classes: false, landmarks: false, decoy: Decoy::Events, ..Look::PLAIN }, 0.9);
}

/// The languages that every theme is rendered in, beside those that have one of their own.
const LANGUAGES: [&str; 3] = ["en", "ko", "ru"];

/// Every theme under a mutation: the share of its pages that are solved, and what is wrong with the others.
fn survey_themes(mutation: Mutation) -> (f64, Vec<String>) {
    let (mut solved, mut count) = (0.0, 0.0);
    let mut wrong = Vec::new();
    for theme in themes() {
        for language in Language::all() {
            let spoken = theme.language.as_deref().map_or(LANGUAGES.contains(&language.tag), |tag| tag == language.tag);
            for gaps in [false, true] {
                if !spoken {
                    continue;
                }
                count += 1.0;
                let (html, posts) = theme.render(&language, gaps);
                let url = home().join(&theme.page).unwrap();
                let found = read_at(&mutate(&html, mutation), &url);
                match differences(&posts, &found) {
                    Some(difference) => {
                        wrong.push(format!("{} {} gaps {gaps}: {difference}", theme.name, language.tag));
                    }
                    None => solved += 1.0,
                }
            }
        }
    }
    (solved / count, wrong)
}

fn check_themes(mutation: Mutation, floor: f64) {
    let (share, wrong) = survey_themes(mutation);
    assert!(share >= floor, "{mutation:?}: {share:.3} solved\n{}", wrong.join("\n"));
}

#[test]
fn themes_as_they_render() {
    check_themes(Mutation::None, 0.98);
}

#[test]
fn themes_with_less_of_their_markup() {
    for mutation in [Mutation::Stripped, Mutation::Renamed, Mutation::Wrapped, Mutation::Plain] {
        check_themes(mutation, 0.9);
    }
}

#[test]
fn themes_beside_boxes_that_are_no_posts() {
    for mutation in [Mutation::Products, Mutation::Events, Mutation::Box] {
        check_themes(mutation, 0.9);
    }
}

#[test]
#[ignore = "needs a folder of real pages: CORPUS=… cargo test --test detect corpus -- --ignored --nocapture"]
#[expect(clippy::print_stdout, reason = "the figures are what it is run for")]
fn corpus() {
    let pages = themes::corpus::pages();
    let only = std::env::var("MUTATION").ok();
    for mutation in
        Mutation::ALL.into_iter().filter(|mutation| only.as_ref().is_none_or(|only| *only == format!("{mutation:?}")))
    {
        let wrong: Vec<String> = pages
            .iter()
            .filter_map(|page| {
                let html = mutate(&page.html, mutation);
                Some(format!("  {}: {}", page.name, page.differences(&read_at(&html, &page.url))?))
            })
            .collect();
        println!("{mutation:?}: {} of {} solved\n{}", pages.len() - wrong.len(), pages.len(), wrong.join("\n"));
    }
    if only.is_some() {
        return;
    }
    let (mut second, mut learned, mut right, mut next, mut with_next) = (0, 0, 0, 0, 0);
    for page in &pages {
        let found = detect(&Html::parse_document(&page.html), &page.url, now(), &TimeZone::UTC);
        if page.has_second() {
            with_next += 1;
            match found.as_ref().and_then(|found| found.candidates.next.as_ref()) {
                Some(_) => next += 1,
                None => println!("  {}: no next page", page.name),
            }
        }
        let Some(other) = page.second() else { continue };
        second += 1;
        if let Some(difference) = other.differences(&read_at(&other.html, &other.url)) {
            println!("  {} page 2: {difference}", page.name);
        }
        let Some(recipe) = found.and_then(|found| found.recipe) else {
            println!("  {}: no recipe", page.name);
            continue;
        };
        learned += 1;
        let compiled = CompiledRecipe::compile(&Recipe::Html(recipe.clone())).unwrap();
        let source = Page {
            url: other.url.clone(),
            text: other.html.clone(),
            media_type: None,
            validators: Validators::default(),
        };
        let context = Context { time_zone: Some("UTC"), ..Context::at(now()) };
        let read = extract(&source, &compiled, &context).map(|read| read.posts).unwrap_or_default();
        match other.differences(&read) {
            None => right += 1,
            Some(difference) => println!("  {} by the recipe: {difference}; {recipe:?}", page.name),
        }
    }
    println!("next found: {next} of {with_next}; second pages {second}, recipes {learned}, right {right}");
}

#[test]
fn a_learned_recipe_reads_the_same_posts() {
    let (mut learned, mut pages) = (0, 0);
    for layout in Layout::ALL {
        for language in Language::all() {
            let (html, _) = page(layout, &language, Look::PLAIN, true);
            let document = Html::parse_document(&html);
            let found = detect(&document, &home(), now(), &TimeZone::UTC).unwrap();
            pages += 1;
            let Some(recipe) = found.recipe else { continue };
            learned += 1;
            let compiled = CompiledRecipe::compile(&Recipe::Html(recipe.clone())).unwrap();
            let source = Page { url: home(), text: html, media_type: None, validators: Validators::default() };
            let context = Context { time_zone: Some("UTC"), ..Context::at(now()) };
            let read = extract(&source, &compiled, &context).unwrap();
            let facts = |posts: &[Candidate]| {
                posts
                    .iter()
                    .map(|post| (post.url.to_string(), post.title.clone(), post.published.map(|day| day.date())))
                    .collect::<Vec<_>>()
            };
            assert_eq!(facts(&read.posts), facts(&found.candidates.posts), "{layout:?} {} {recipe:?}", language.tag);
        }
    }
    assert!(learned * 10 >= pages * 7, "{learned} recipes of {pages}");
}

#[test]
fn the_detection_tells_what_it_found() {
    let language = &Language::all()[0];
    let (html, posts) = page(Layout::Cards, language, Look { decoy: Decoy::Products, ..Look::PLAIN }, false);
    let found = detect(&Html::parse_document(&html), &home(), now(), &TimeZone::UTC).unwrap();
    assert!(found.confidence > 0.7, "{}", found.confidence);
    let told = found.explanation.to_string();
    assert!(told.starts_with(&format!("{} posts were found", posts.len())), "{told}");
    assert!(told.contains("the records are dated") && told.contains("Left out: "), "{told}");
    assert_eq!(found.candidates.next.as_ref().map(Url::as_str), Some("https://blog.example/page/2/"));
}

#[test]
fn posts_that_only_the_data_of_a_page_names() {
    let linked = r#"<script type="application/ld+json">{"@type":"Blog","blogPost":[
        {"@type":"BlogPosting","headline":"One","url":"/posts/one","datePublished":"2026-10-02"},
        {"@type":"BlogPosting","headline":"Two","url":"/posts/two","datePublished":"2026-09-01"}]}</script>"#;
    let next = r#"<script id="__NEXT_DATA__" type="application/json">{"props":{"posts":[
        {"title":"One","path":"/posts/one","date":"2026-10-02"},{"title":"Two","path":"/posts/two","date":"2026-09-01"}]}}</script>"#;
    let state = r#"<script>window.__INITIAL_STATE__ = {"list":[
        {"title":"One","url":"/posts/one","publishedAt":"2026-10-02T03:04:05Z"},
        {"title":"Two","url":"/posts/two","publishedAt":"2026-09-01T03:04:05Z"}]};(function(){})()</script>"#;
    for script in [linked, next, state] {
        let posts = read(&format!("<div id=root></div>{script}"));
        let told: Vec<String> = posts
            .iter()
            .map(|post| format!("{} {} {}", post.url.path(), post.title, post.published.unwrap().date()))
            .collect();
        assert_eq!(told, ["/posts/one One 2026-10-02", "/posts/two Two 2026-09-01"], "{script}");
    }
}

#[test]
fn a_page_without_posts_yields_none() {
    for html in
        ["", "<p>Nothing here.</p>", "<nav><a href=/about>About</a><a href=/contact>Contact</a></nav><p>Welcome.</p>"]
    {
        assert!(detect(&Html::parse_document(html), &home(), now(), &TimeZone::UTC).is_none(), "{html}");
    }
}

/// Found by fuzzing: a terminal would have done what a title says.
#[test]
fn what_is_not_to_be_seen_is_in_no_title_of_a_page_that_is_read_by_its_structure() {
    let row = |number: u32| {
        format!(
            "<div class=row><a href=/{number}>The \u{1b}[31m\u{202e}post\u{1} number {number}</a><span>2020.07.{number:02}</span></div>"
        )
    };
    let posts = read(&format!("<div class=list>{}</div>", (10..20).rev().map(row).collect::<String>()));
    assert_eq!(posts.len(), 10);
    for post in posts {
        let strange = |letter: char| letter.is_control() || letter == '\u{202e}';
        assert!(post.title.starts_with("The ") && !post.title.contains(strange), "{:?}", post.title);
    }
}
