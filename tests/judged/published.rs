//! Every document that was written to a folder, before each judge.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use sosik::extract::{CompiledRecipe, Context, Expected, full_text};
use sosik::feed::check::check;
use sosik::model::beside::{Beside, TextAsked};
use sosik::model::category::mint_categories;
use sosik::model::failure::PollOutcome;
use sosik::model::feed::{FeedPath, Format};
use sosik::model::link::PostKey;
use sosik::model::page::{Page, Validators};
use sosik::model::post::Post;
use sosik::model::report::{Changes, PollReport, ValidatorsUpdate};
use sosik::model::source::{Backfill, Cadence, HtmlRecipe, Recipe, Source, SourceId};
use sosik::publish::{Options, Publisher};
use sosik::store::Store;
use sosik::store::contract::{Claim, Recorded};
use sosik::store::sqlite::SqliteStore;

use super::nasty;
use crate::support::blog::Blog;
use crate::support::sosik::Sosik;

/// A folder for files that other judges are to see.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("judged").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.insert(entry.path(), fs::read(entry.path()).unwrap());
        }
    }
    found
}

/// What a reader keeps of a post: id, title, links.
type Kept = Vec<(String, String, Vec<String>)>;

fn judge(files: &BTreeMap<PathBuf, Vec<u8>>) {
    let mut kept: BTreeMap<PathBuf, Vec<(Format, Kept)>> = BTreeMap::new();
    let mut xml = Vec::new();
    for (path, bytes) in files {
        let format = Format::from_extension(path.extension().unwrap().to_str().unwrap()).unwrap();
        assert_eq!(check(format, bytes), [], "{}", path.display());
        let parser = feed_rs::parser::Builder::new().sanitize_content(false).build();
        let feed = parser.parse(&bytes[..]).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let keep = |entry: feed_rs::model::Entry| {
            // Enclosures, which RSS has one of and the others any number.
            let is_file = |link: &feed_rs::model::Link| match link.rel.as_deref() {
                Some(relation) => relation == "enclosure",
                None => link.media_type.is_some(),
            };
            let links = entry.links.into_iter().filter(|link| !is_file(link) && !link.href.is_empty());
            let links = links.map(|link| link.href).collect();
            (entry.id, entry.title.expect("every post has a title").content, links)
        };
        let posts = feed.entries.into_iter().map(keep).collect();
        kept.entry(path.with_extension("")).or_default().push((format, posts));
        if format != Format::Json {
            xml.push(path);
        }
    }
    assert!(!xml.is_empty());
    // XML_PARSE_HUGE is off: what xmllint refuses by its size, readers on libxml2 refuse too.
    let mut xmllint = Command::new("xmllint");
    let judged =
        xmllint.arg("--noout").args(&xml).stdin(Stdio::null()).output().expect("scripts/test installs xmllint");
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stderr));
    for (path, formats) in kept {
        assert_eq!(formats.len(), 3, "{}", path.display());
        for pair in formats.windows(2) {
            assert_eq!(pair[0].1, pair[1].1, "{}: {:?} and {:?}", path.display(), pair[0].0, pair[1].0);
        }
    }
}

#[test]
fn the_test_blog() {
    let blog = Blog::start();
    let mut sosik = Sosik::watching(&blog);
    sosik.reconfigure("entries = 0", "entries = 50");
    sosik.refresh();
    let folder = folder("blog");
    for (path, file) in sosik.published() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file.bytes).unwrap();
    }
    judge(&files(&folder));
}

fn source() -> Source {
    Source {
        id: SourceId::try_from("nasty".to_owned()).unwrap(),
        url: "https://nasty.example/".parse().unwrap(),
        base_url: None,
        title: Some(format!("A <b>blog</b> & its {}", nasty::forbidden())),
        recipe: Recipe::Html(HtmlRecipe::default()).into(),
        backfill: Backfill::All,
        cadence: Cadence::default(),
        schedule: None,
        language: Some("ar_EG".to_owned()),
        time_zone: None,
        headers: BTreeMap::new(),
        allow_private_addresses: false,
        robots: true,
        full_text: true,
        paused: false,
        choice: sosik::model::choice::Choice::default(),
    }
}

/// The full texts of posts, as far as they have a page; the others have none, so that pages are frozen.
fn texts(posts: &[Post]) -> Vec<(PostKey, TextAsked)> {
    let recipe = HtmlRecipe { content: Some("#t".to_owned()), ..HtmlRecipe::default() };
    let recipe = CompiledRecipe::compile(&Recipe::Html(recipe)).unwrap();
    let mut pages: std::collections::HashMap<usize, String> = nasty::pages().into_iter().collect();
    let read = |(at, post): (usize, &Post)| {
        let number = at + 1;
        let Some(html) = pages.remove(&number) else { return (post.key.clone(), TextAsked::Without) };
        let url = format!("https://nasty.example/{number}").parse().unwrap();
        let page =
            Page { url, text: html, media_type: Some("text/html".to_owned()), validators: Validators::default() };
        let expected = Expected { title: &post.title, categories: &[], how: "recipe" };
        let text = full_text(&page, &recipe, &expected, &Context::at(nasty::now())).unwrap();
        (post.key.clone(), text.map_or(TextAsked::Without, TextAsked::Read))
    };
    posts.iter().enumerate().map(read).collect()
}

async fn take(store: &dyn Store, posts: Vec<Post>) {
    let source = source();
    let now = nasty::now();
    store.sync_sources(std::slice::from_ref(&source), now).await.unwrap();
    let claim = Claim {
        hosts: 1,
        sources_per_host: 1,
        lease: jiff::SignedDuration::from_mins(1),
        now,
        only: Some(vec![source.id.clone()]),
    };
    let lease = store.claim(&claim).await.unwrap().leases.remove(0);
    let texts = texts(&posts);
    let categories = mint_categories(&[], posts.iter().flat_map(|post| &post.categories));
    let report = PollReport {
        outcome: PollOutcome::Baseline,
        at: now,
        next_check: Some(now + jiff::SignedDuration::from_hours(1)),
        deep: None,
        ttl: None,
        validators: ValidatorsUpdate::Keep,
        pages: 1,
        requests: 1,
        changes: Changes { new: posts, categories, ..Changes::default() },
        site: sosik::model::post::SiteFacts::default(),
        how: "recipe".to_owned(),
        beside: Beside { texts, ..Beside::default() },
        gap: None,
        learnt: None,
        rhythm: None,
        profile: None,
        met: None,
        owed: Vec::new(),
        host_blocked_until: None,
        host_gap_ms: None,
    };
    let recorded =
        Recorded { at: lease.due[0].at, host: lease.host.clone(), lease: lease.number, last_of_host: true, report };
    store.record(vec![recorded], now).await.unwrap();
}

#[tokio::test]
async fn the_nasty_blog_now_again_and_after_a_restart() {
    let state = tempfile::tempdir().unwrap();
    let database = state.path().join("sosik.db");
    let folder = folder("nasty");
    let options = Options { dir: Some(folder.clone()), ..Options::default() };
    let store = Arc::new(SqliteStore::open(&database).unwrap());
    take(&*store, nasty::posts()).await;
    Publisher::new(store.clone(), options.clone(), 50).publish().await.unwrap();
    let first = files(&folder);
    judge(&first);
    let shown = String::from_utf8(first[&folder.join("nasty.json")].clone()).unwrap();
    let texts = shown.matches("\"content_html\"").count();
    assert!((8..nasty::pages().len()).contains(&texts), "as many as a document holds: {texts}");
    assert!(first.keys().any(|path| path.ends_with("nasty/_archive/1.atom")), "{:?}", first.keys());
    drop(store);
    let store = Arc::new(SqliteStore::open(&database).unwrap());
    fs::remove_dir_all(&folder).unwrap();
    store.mark_all_stale().await.unwrap();
    Publisher::new(store.clone(), options, 50).publish().await.unwrap();
    assert!(files(&folder) == first, "the same posts give the same bytes");
}

#[tokio::test]
async fn a_post_of_a_thousand_categories() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    take(&*store, vec![nasty::in_categories(1000)]).await;
    assert_eq!(store.feeds(None).await.unwrap().len(), 1001);
    let publisher = Publisher::new(store.clone(), Options::default(), 50);
    let folder = folder("categories");
    for path in ["nasty", "nasty/분류-999"] {
        let feed = store.feed(&FeedPath::from_text(path)).await.unwrap().unwrap();
        let document = publisher.document(&feed).await.unwrap();
        for format in Format::ALL {
            let bytes = sosik::feed::render(format, &document);
            assert!(String::from_utf8(bytes.clone()).unwrap().matches("분류 ").count() >= 1000);
            let file = folder.join(feed.path.file(format));
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }
    }
    judge(&files(&folder));
}
