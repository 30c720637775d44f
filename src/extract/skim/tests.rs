//! What is read from a part of a page is what the whole gives, or the part is not taken.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use url::Url;

use crate::extract::{CompiledRecipe, Context, Document, learnt, preset, read, read_part};
use crate::model::page::{Page, Validators};
use crate::model::post::Candidates;
use crate::model::source::{HtmlRecipe, Layout, Recipe};

/// A recipe as a person writes it.
fn recipe() -> CompiledRecipe {
    let some = |css: &str| Some(css.to_owned());
    let layout = Layout {
        post: "article.post, li.post".into(),
        title: some("h2 a, b"),
        link: some("h2 a"),
        excerpt: some(".text"),
        category: some("main .cat"),
        date: some(":scope > .date"),
        ..Layout::default()
    };
    compiled(HtmlRecipe { layouts: vec![layout], ..HtmlRecipe::default() })
}

fn compiled(recipe: HtmlRecipe) -> CompiledRecipe {
    CompiledRecipe::compile(&Recipe::Html(recipe)).unwrap()
}

fn page(text: &str) -> Page {
    let url = Url::parse("https://x.org/blog/").unwrap();
    Page { url, text: text.into(), media_type: None, validators: Validators::default() }
}

/// What the part and the whole of a page give.
fn both(page: &Page, recipe: &CompiledRecipe) -> (Option<Candidates>, Option<Candidates>) {
    let context = Context::at("2026-11-26T12:00:00Z".parse().unwrap());
    let whole = Document::parse(page, &context.budget).and_then(|all| learnt::again(&all, page, recipe, &context));
    (read_part(page, recipe, &context), whole.ok())
}

const HEAD: &str = "<!doctype html><html lang=ko><head><meta property='og:site_name' content='글'></head><body>";

/// Whether a page with this body is read from a part; it is read as the whole is.
fn check(body: &str, expected: bool) {
    let (part, whole) = both(&page(&format!("{HEAD}{body}</body></html>")), &recipe());
    assert_eq!(part.is_some(), expected, "{body}");
    if expected {
        assert_eq!(part, whole, "{body}");
    }
}

const POST: &str =
    "<article class=post><h2><a href=/1>one</a></h2><p class=text>t &amp; u</p><i class=date>2026.07.01</i></article>";

#[test]
fn a_page_whose_elements_stand_where_its_tags_do_is_read_from_a_part() {
    check(&format!("<main><nav><ul><li><a href=/x>x</a></li></ul></nav>{POST}<p>aside</p></main>"), true);
    check(&format!("<div><p>a<br>b<img src=x></p><table><tr><td>1</td></tr></table>{POST}</div>"), true);
    check(&format!("<script>if (a<b) document.write('</div>')</script>{POST}<!-- <p> -->"), true);
    check(&format!("<svg><path d='M0'/><title>x</title><g><use href=#a /></g></svg>{POST}"), true);
    check(&format!("{POST}<div class=pages><a href='?page=2'>2</a> <a href='?page=3'>3</a></div>"), true);
    check(&format!("{POST}<a rel=next href='/blog/older'>older</a>"), true);
    check(&format!("<a href='/2'>2</a>{POST}<a href='/blog/p%61ge/2'>2</a><a href='/blog/pa\nge/2'>2</a>"), true);
    check(&format!("<a href='/a/2'>2</a><a href='/blog/page/2'>2</a>{POST}"), true);
    check(
        &format!(
            "<select><optgroup label=a><option>1</option></optgroup></select>{POST}</body></html><script></script>"
        ),
        true,
    );
    check(
        &format!("<ul><li class=post><h2><a href=/2>two</a></h2></li><li><ul><li>in</li></ul></li></ul>{POST}"),
        true,
    );
}

#[test]
fn a_page_whose_tree_is_another_is_read_whole() {
    for body in [
        "<p>one<p>two",
        "<p><div></div></p>",
        "<ul><li>one<li>two</ul>",
        "<div><li><div><li></li></div></li></div>",
        "<div>",
        "</div>",
        "<b><i></b></i>",
        "<a href=/1><div><a href=/2></a></div></a>",
        "<table><div></div></table>",
        "<table>text<tr><td></td></tr></table>",
        "<table><td></td></table>",
        "<tr></tr>",
        "<select><div></div></select>",
        "<select><option>1<option>2</select>",
        "<h1><h2></h2></h1>",
        "<form><div><form></form></div></form>",
        "<button><p><button></button></p></button>",
        "<template><p></p></template>",
        "<svg><p></p></svg>",
        "<svg><title><b></b></title></svg>",
        "<svg><![CDATA[<article>]]></svg>",
        "<math><mi></mi></math>",
        "<!--> <p> -->",
        "<!-- --!> <p> -->",
        "<script><!-- <script></script> --></script>",
        "<script>",
        "<head></head>",
        "</ p>",
        "<p",
        "<dl><dt>a<dd>b</dl>",
        "<ruby>a<rt>b</ruby>",
    ] {
        check(&format!("{POST}{body}"), false);
    }
    let whole = |text: &str| assert_eq!(both(&page(text), &recipe()).0, None, "{text}");
    whole(&format!("<html><head></head>{POST}</html>"));
    whole(&format!("{HEAD}</head>{POST}"));
    // Whose head does not name the blog: its body is searched.
    whole(&format!("<html><head><title>x</title></head><body>{POST}</body></html>"));
    whole(&format!("<html><head><meta property=og:site_name content=' '></head><body>{POST}</body></html>"));
}

#[test]
fn which_recipes_are_read_from_a_part() {
    let is_wanted = |change: &dyn Fn(&mut Layout)| {
        let mut layout = Layout { post: ".post".into(), ..Layout::default() };
        change(&mut layout);
        compiled(HtmlRecipe { layouts: vec![layout], ..HtmlRecipe::default() }).wanted.is_some()
    };
    assert!(is_wanted(&|_| {}));
    assert!(is_wanted(&|layout| layout.image = Some("img[src*='/a b/'] @src".into())));
    assert!(is_wanted(&|layout| layout.date = Some("::own-text".into())));
    assert!(!is_wanted(&|layout| layout.post = "li:nth-child(2)".into()));
    assert!(!is_wanted(&|layout| layout.title = Some("h2 + p".into())));
    assert!(!is_wanted(&|layout| layout.next = Some("a:has(b)".into())));
    assert!(!is_wanted(&|layout| layout.name = learnt::LEARNT.into()));
    assert!(compiled(HtmlRecipe::default()).wanted.is_none());
}

/// Pieces of which pages are put together, whole ones and broken ones.
const PIECES: &[&str] = &[
    POST,
    POST,
    "<div>",
    "</div>",
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<ul>",
    "</ul>",
    "<li class=post>",
    "</li>",
    "<h2>",
    "</h2>",
    "<a href=/3>",
    "</a>",
    "<a href='?page=2'>2</a>",
    "<b>",
    "</b>",
    "text",
    " ",
    "<br>",
    "<img src=x>",
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<tbody>",
    "</tbody>",
    "<span class=cat>",
    "</span>",
    "<svg>",
    "</svg>",
    "<g/>",
    "<style>a{}</style>",
    "<script>1<2</script>",
    "<!-- <p> -->",
    "<select>",
    "</select>",
    "<option>",
    "</option>",
    "<button>",
    "</button>",
    "<form>",
    "</form>",
    "<article class='post x'>",
    "</article>",
    "<main>",
    "</main>",
    "<i class=date>2026-01-02</i>",
    "<hr>",
    "<input type=hidden>",
    "<dl>",
    "</dl>",
    "<dt>",
    "</dt>",
    "<object>",
    "</object>",
    "</body>",
    "<nobr>",
    "</nobr>",
    "<title>x</title>",
    "<noscript><p></noscript>",
    "<div/>",
    "<DIV CLASS='A>B'>",
    "<p a = '>'>",
    "&lt;",
    "<td class=post>",
    "<caption>",
    "</caption>",
    "<pre>",
    "</pre>",
];

/// Elements in which they are put.
const NAMES: &[&str] =
    &["div", "p", "ul", "li", "span", "table", "tr", "td", "b", "a", "h2", "section", "svg", "button", "form"];

fn pieces() -> impl Strategy<Value = String> {
    let balanced = prop::collection::vec(prop::sample::select(PIECES), 0..6).prop_map(|pieces| pieces.concat());
    let leaf = prop_oneof![3 => prop::sample::select(PIECES).prop_map(str::to_owned), 1 => balanced];
    leaf.prop_recursive(6, 48, 6, |inner| {
        (prop::sample::select(NAMES), prop::collection::vec(inner, 0..6))
            .prop_map(|(name, inner)| format!("<{name}>{}</{name}>", inner.concat()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]
    #[test]
    fn any_page_is_read_from_a_part_as_from_the_whole(body in prop::collection::vec(pieces(), 1..6)) {
        let page = page(&format!("{HEAD}{POST}{}</body></html>", body.concat()));
        if let (Some(part), whole) = both(&page, &recipe()) {
            prop_assert_eq!(Some(part), whole, "{}", page.text);
        }
    }
}

/// All pages below a folder.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|extension| extension == "html") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The recipes that read a page: what it teaches, as if a person had written it, and each preset's layouts.
fn recipes_of(page: &Page) -> Vec<HtmlRecipe> {
    let nothing = compiled(HtmlRecipe::default());
    let context = Context::at("2026-11-26T12:00:00Z".parse().unwrap());
    let detected = read(page, &nothing, &context).ok().and_then(|reading| reading.detected);
    let mut recipes: Vec<HtmlRecipe> = preset::all()
        .filter_map(|preset| match &preset.recipe {
            Recipe::Html(recipe) => Some(recipe.clone()),
            Recipe::Json(_) => None,
        })
        .collect();
    if let Some(mut recipe) = detected.and_then(|detected| detected.recipe) {
        recipe.layouts.iter_mut().for_each(|layout| layout.name = "own".into());
        recipe.preset = None;
        recipes.push(recipe);
    }
    recipes
}

/// Compares both ways on all pages below a folder. How many were compared, and on how many the part was taken.
fn compare(folder: &Path) -> (usize, usize) {
    let (mut compared, mut in_part) = (0, 0);
    for path in pages(folder) {
        let bytes = std::fs::read(&path).unwrap();
        let page = Page { text: String::from_utf8_lossy(&bytes).into_owned(), ..page("") };
        for recipe in recipes_of(&page) {
            let recipe = compiled(recipe);
            let (part, whole) = both(&page, &recipe);
            compared += usize::from(whole.is_some());
            if part.is_some() {
                in_part += 1;
                assert_eq!(part, whole, "{} {:?}", path.display(), recipe.preset);
            }
        }
    }
    (compared, in_part)
}

#[test]
fn the_pages_at_hand_are_read_the_same_both_ways() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let (compared, in_part) = compare(&folder);
    assert!(compared > 0, "{in_part} of {compared}");
}

/// `SOSIK_PAGES=FOLDER cargo test --lib skim -- --ignored --nocapture`: as above, with pages of your own.
#[test]
#[ignore = "needs a folder of saved pages: SOSIK_PAGES=… cargo test --lib skim -- --ignored --nocapture"]
#[expect(clippy::print_stderr, reason = "the figures are what it is run for")]
fn the_pages_of_a_folder_are_read_the_same_both_ways() {
    let folder = std::env::var("SOSIK_PAGES").expect("SOSIK_PAGES names a folder");
    let (compared, in_part) = compare(Path::new(&folder));
    eprintln!("{compared} readings of pages; {in_part} were from a part, each the same");
    assert!(compared > 0);
}

#[test]
fn where_links_stand_below_a_folder_of_pages_a_bare_number_counts_them() {
    let html = format!("{HEAD}{POST}<a href='3'>older</a></body></html>");
    let at = |url: &str| Page { url: Url::parse(url).unwrap(), ..page(&html) };
    for (url, expected) in
        [("https://x.org/blog/page/2", Some("https://x.org/blog/page/3")), ("https://x.org/blog/2", None)]
    {
        let (part, whole) = both(&at(url), &recipe());
        assert_eq!(part, whole, "{url}");
        let next = part.and_then(|read| read.next);
        assert_eq!(next.as_ref().map(Url::as_str), expected, "{url}");
    }
    let based = html.replace("</head>", "<base href='/blog/page/'></head>").replace("href='3'", "href='2'");
    let (part, whole) = both(&page(&based), &recipe());
    assert_eq!(part, None, "what moves links is told by the whole");
    assert_eq!(whole.unwrap().next.unwrap().as_str(), "https://x.org/blog/page/2");
}
