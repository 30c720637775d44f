//! Pages as a browser shows them: readable on a phone and on a desktop, in light and dark, by eye, by keyboard and by
//! screen reader, and with nothing of a blog's come to life.
//!
//! `SOSIK_SCREENSHOTS=FOLDER cargo test --test serve browser` leaves a picture of each visit in an existing folder.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use sosik::serve::Language;
use sosik::store::Store;
use sosik::store::sqlite::SqliteStore;

use crate::given::*;
use crate::python;

/// What a visit saw.
#[derive(Debug, Deserialize)]
struct Seen {
    name: String,
    status: u16,
    lang: String,
    title: String,
    text: String,
    overflow: i64,
    background: String,
    headings: Vec<String>,
    feeds: Vec<String>,
    links: Vec<String>,
    suspicious: Vec<String>,
    axe: Vec<String>,
    errors: Vec<String>,
    elsewhere: Vec<String>,
    dialogs: Vec<String>,
    #[serde(default)]
    focus: Option<Focus>,
}

/// Where Tab led, and where the first link did.
#[derive(Debug, Deserialize)]
struct Focus {
    stops: Vec<Stop>,
    skipped_to: String,
}

#[derive(Debug, Deserialize)]
struct Stop {
    href: Option<String>,
    tag: String,
    text: String,
    outlined: bool,
    seen: bool,
}

/// One look at a page.
#[derive(Debug, Clone, Copy)]
struct Visit {
    path: &'static str,
    language: &'static str,
    width: u32,
    dark: bool,
    keyboard: bool,
}

/// On a desktop in English and light.
fn desktop(path: &'static str) -> Visit {
    Visit { path, language: "en-GB", width: 1200, dark: false, keyboard: false }
}

/// On a phone in Korean and dark.
fn phone(path: &'static str) -> Visit {
    Visit { path, language: "ko-KR", width: 360, dark: true, keyboard: false }
}

/// Visits pages, and says of each what must hold of every page.
async fn look(served: &Served, name: &str, visits: &[Visit]) -> Vec<Seen> {
    let origin = served.url("");
    let tell = |visit: &Visit| {
        let name = format!(
            "{name}{}{}-{}-{}",
            visit.path.replace('/', "-").trim_end_matches('-'),
            if visit.dark { "-dark" } else { "" },
            visit.language,
            visit.width
        );
        json!({
            "name": name, "url": served.url(visit.path), "origin": origin, "language": visit.language,
            "width": visit.width, "height": 800, "dark": visit.dark, "keyboard": visit.keyboard,
        })
    };
    let visits_told: Vec<_> = visits.iter().map(tell).collect();
    let screenshots = std::env::var_os("SOSIK_SCREENSHOTS").map(PathBuf::from);
    let job = json!({ "visits": visits_told, "screenshots": screenshots });
    let seen = tokio::task::spawn_blocking(move || python::run("tests/serve/browser/look.py", &job)).await.unwrap();
    let seen: Vec<Seen> = serde_json::from_value(seen).unwrap();
    for (one, visit) in seen.iter().zip(visits) {
        let name = &one.name;
        assert_eq!(one.lang, visit.language[..2], "{name}");
        assert!(one.axe.is_empty(), "{name}: {:#?}", one.axe);
        assert_eq!((one.overflow, &one.dialogs, &one.suspicious), (0, &vec![], &vec![]), "{name}");
        assert!(one.elsewhere.iter().all(|one| one.starts_with("image https://")), "{name}: {:?}", one.elsewhere);
        // A browser tells of a page that is not there; of nothing else.
        let errors: Vec<_> = one.errors.iter().filter(|_| one.status == 200).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        assert_eq!(one.background, if visit.dark { "rgb(14, 18, 23)" } else { "rgb(246, 247, 249)" }, "{name}");
        if let Some(focus) = &one.focus {
            reaches_everything(one, focus);
        }
    }
    seen
}

/// Tab comes to every link in the order of the page, where it is seen and marked; the first one skips to the content.
fn reaches_everything(seen: &Seen, focus: &Focus) {
    let reached: Vec<&str> = focus.stops.iter().filter_map(|stop| stop.href.as_deref()).collect();
    assert_eq!(reached, seen.links, "{}", seen.name);
    let hidden: Vec<_> = focus.stops.iter().filter(|stop| !stop.outlined || !stop.seen || stop.tag != "A").collect();
    assert!(hidden.is_empty(), "{}: {hidden:#?}", seen.name);
    assert!(focus.stops.iter().all(|stop| !stop.text.trim().is_empty()), "{}", seen.name);
    assert_eq!(focus.skipped_to, "content", "{}", seen.name);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_sources_it_says_what_to_do() {
    let served = served_over(Arc::new(SqliteStore::in_memory().unwrap()), &Wishes::default()).await;
    let seen = look(&served, "empty", &[desktop("/"), phone("/"), desktop("/nothing")]).await;
    assert!(seen.iter().take(2).all(|page| page.text.contains("sosik add")), "{}", seen[0].text);
    assert_eq!(seen[2].status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_source_reads_well_everywhere() {
    let wishes = Wishes { language: Language::Korean, ..Wishes::default() };
    let served = served_over(lively().await, &wishes).await;
    let keyboard = |visit: Visit| Visit { keyboard: true, ..visit };
    let visits = [
        keyboard(desktop("/")),
        keyboard(phone("/sources/slow")),
        keyboard(desktop("/view/slow")),
        phone("/"),
        desktop("/sources/slow"),
        phone("/view/slow/big-data/kafka"),
        phone("/nothing"),
        Visit { dark: true, ..desktop("/sources/slow") },
        Visit { width: 320, ..phone("/sources/slow") },
    ];
    let seen = look(&served, "one", &visits).await;
    assert_eq!(seen[0].headings, ["Sources", "느린 기록"]);
    assert!(seen[1].title.starts_with("느린 기록") && seen[1].text.contains("최근 글"), "{}", seen[1].text);
    assert!(seen[4].text.contains("Newest posts"));
    for one in &seen {
        assert!(one.feeds.len() >= 3 && one.feeds.len().is_multiple_of(3), "{}: {:?}", one.name, one.feeds);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_categories_stay_a_tree_that_can_be_read() {
    let store = lively().await;
    let names: Vec<String> = (1_u32..=40).map(|n| format!("분류 {:02}/하위 {n}", n.div_ceil(4))).collect();
    let posts = names.iter().zip(10..).map(|(name, n)| post(&format!("/{n}"), &format!("글 {n}"), n, &[name]));
    poll(&*store, "slow", posts.collect()).await;
    let served = served_over(store, &Wishes::default()).await;
    let keyboard = Visit { keyboard: true, ..desktop("/sources/slow") };
    let seen = look(&served, "forty", &[keyboard, phone("/sources/slow")]).await;
    for one in &seen {
        assert!(one.text.contains("하위 40") && one.feeds.len() >= 3 * 40, "{}", one.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_seen_first() {
    let store = lively().await;
    let mut sources = vec![source("slow", "느린 기록"), source("broken", "A broken blog"), source("new", "A new blog")];
    sources.push(sosik::model::source::Source { paused: true, ..source("rests", "A blog that rests") });
    store.sync_sources(&sources, now()).await.unwrap();
    for _ in 0..3 {
        let url =
            "https://broken.example/a/very/long/path/that/never/ends/and/has/no/place/to/break/at?page=12345678901";
        fail(&*store, "broken", &format!("{url}: selector `article h2 a` matched nothing")).await;
    }
    let served = served_over(store, &Wishes::default()).await;
    let visits = [desktop("/"), phone("/"), desktop("/sources/broken"), phone("/sources/broken")];
    let seen = look(&served, "broken", &visits).await;
    assert_eq!(seen[0].headings[..2], ["Sources", "A broken blog"]);
    for one in &seen {
        assert!(one.text.contains("matched nothing") && one.text.contains("help for"), "{}", one.text);
    }
    assert!(seen[0].text.contains("4 sources, 1 of them in trouble"), "{}", seen[0].text);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_blog_comes_to_life() {
    const EVIL: &str = "</title></textarea><script>alert(1)</script><img src=x onerror=alert(2)>\"' autofocus onfocus=alert(3) x='<svg onload=alert(4)><base href=//evil.example><meta http-equiv=refresh content=0>";
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let mut evil = source("slow", EVIL);
    evil.language = Some("ko\" onmouseover=\"alert(5)".to_owned());
    store.sync_sources(&[evil, source("other", EVIL)], now()).await.unwrap();
    let mut posts = vec![post("/evil", EVIL, 1, &[EVIL, "a/b"]), post("/links", EVIL, 2, &[EVIL])];
    posts[0].author = Some(EVIL.to_owned());
    posts[0].excerpt = Some(EVIL.to_owned());
    posts[0].image = Some(format!("https://pictures.example/{EVIL}"));
    posts[1].url = "javascript:alert(6)".to_owned();
    posts[1].image = Some("data:image/svg+xml,<svg onload=alert(7)>".to_owned());
    poll(&*store, "slow", posts).await;
    fail(&*store, "slow", EVIL).await;
    let served = served_over(store, &Wishes::default()).await;
    let feeds = served.store.feeds(None).await.unwrap();
    let category = feeds.iter().find(|feed| feed.path.as_str().contains("script")).expect("a feed of the category");
    let view: &'static str = Box::leak(format!("/view/{}", category.path).into_boxed_str());
    let missing = "/feeds/slow/%3Cscript%3Ealert(8)%3C%2Fscript%3E.rss";
    let visits = [
        desktop("/"),
        desktop("/sources/slow"),
        phone("/sources/slow"),
        desktop("/view/slow"),
        desktop(view),
        desktop(missing),
    ];
    let seen = look(&served, "evil", &visits).await;
    for one in &seen {
        assert!(one.text.contains("<script>alert(1)</script>"), "{}: it is there as text:\n{}", one.name, one.text);
        let ours = |link: &&String| link.starts_with(&served.url("")) || link.starts_with("http://feeds.example.org/");
        let foreign: Vec<_> = one.links.iter().filter(|link| !ours(link)).collect();
        assert!(foreign.iter().all(|link| link.starts_with("https://slow.example/")), "{}: {foreign:?}", one.name);
    }
}

/// A blog of two years with pictures, authors and posts of every length.
async fn lively() -> Arc<SqliteStore> {
    let store = blog().await;
    let texts = [
        "짧은 글",
        "A post with a title that is long enough to need two lines on a phone, or three",
        "Kafka 스트림 처리",
    ];
    let posts = (0..60).map(|n: i64| {
        let categories: &[&str] = match n % 4 {
            0 => &["Big Data/Kafka"],
            1 => &["여행"],
            2 => &["Big Data/Spark", "여행"],
            _ => &[],
        };
        let number = usize::try_from(n).unwrap();
        let mut post = post(&format!("/more/{n}"), texts[number % 3], 30 + n * (200 + n * 5), categories);
        post.excerpt = Some(
            "무엇을 왜 그렇게 만들었는지 천천히 적어 둡니다. What was built, and why it came out so. "
                .repeat(number % 3),
        );
        post.author = (n % 5 == 0).then(|| "김느림".to_owned());
        post.image = (n % 3 == 1).then(|| format!("https://pictures.example/{n}.png"));
        post
    });
    poll(&*store, "slow", posts.collect()).await;
    store
}
