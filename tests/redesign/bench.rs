//! The real program over many blogs at once: one state that knows them all, looked at again after every change.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::case::{Case, Truth, key};
use crate::origin::id;
use crate::second::Pair;
use crate::support::sosik::Sosik;
use crate::world::World;

/// What is stored of a post: title and day.
pub(crate) type Stored = BTreeMap<String, (String, Option<String>)>;

/// What a look came to: the outcome, how many posts were new, what was wrong.
#[derive(Debug, Clone)]
pub(crate) struct Looked {
    pub(crate) outcome: String,
    pub(crate) new: u64,
    pub(crate) pages: u64,
    pub(crate) error: String,
}

/// A state that knows many blogs.
pub(crate) struct Bench<'c> {
    /// The blogs that were read rightly before anything changed.
    pub(crate) cases: Vec<&'c Case>,
    /// Those that were not, and why.
    pub(crate) unread: Vec<String>,
    /// What is known of each blog, by its id.
    pub(crate) known: BTreeMap<String, Stored>,
    pub(crate) world: World,
    sosik: Sosik,
}

impl<'c> Bench<'c> {
    /// Looks at all blogs for the first time.
    pub(crate) fn set(cases: &'c [Case]) -> Self {
        let (world, mut sosik) = begin();
        for case in cases {
            sosik = sosik.source(&case.id, case.url.as_str(), "");

            world.show(case.url.as_str(), vec![case.before()]);
            world.show_second(&format!("{}.example", case.id), again(case));
        }
        let mut bench =
            Self { cases: cases.iter().collect(), unread: Vec::new(), known: BTreeMap::new(), world, sosik };
        let looked = bench.look();
        bench.known = bench.stored();
        let mut usable = Vec::new();
        for case in cases {
            let looked = &looked[&case.id];
            let stored = bench.known.get(&case.id).cloned().unwrap_or_default();
            let wanted = case.known().iter().map(|post| key(&post.url)).collect::<Vec<_>>();
            let right = stored.len() == wanted.len() && wanted.iter().all(|key| stored.contains_key(key));
            if looked.outcome == "baseline" && right {
                usable.push(case);
            } else {
                let (read, of) = (stored.len(), wanted.len());
                bench.unread.push(format!("{}: {} {read} of {of} {}", case.id, looked.outcome, looked.error));
            }
        }
        bench.cases = usable;
        std::fs::copy(bench.database(), bench.kept()).expect("the state can be kept");
        bench
    }

    /// Walks the first two pages of blogs, and tells what came of it.
    pub(crate) fn walks(pairs: &[Pair<'_>]) -> (BTreeMap<String, Looked>, BTreeMap<String, Stored>) {
        let (world, mut sosik) = begin();
        for pair in pairs {
            sosik = sosik.source(&id(pair.first), pair.url.as_str(), "backfill = 2\n");
            world.show(pair.url.as_str(), vec![pair.html.clone()]);
            world.show_second(pair.url.host_str().unwrap_or_default(), pair.second_html.clone());
        }
        let bench = Bench { cases: Vec::new(), unread: Vec::new(), known: BTreeMap::new(), world, sosik };
        (bench.look(), bench.stored())
    }

    /// One blog, looked at once: its pages by address. Tells what came of it and how many posts are stored.
    pub(crate) fn one(url: &str, pages: &[(&str, &str)]) -> (Looked, usize) {
        let (world, sosik) = begin();
        let sosik = sosik.source("one", url, "");
        for (url, html) in pages {
            world.show(url, vec![(*html).to_owned()]);
        }
        let bench = Bench { cases: Vec::new(), unread: Vec::new(), known: BTreeMap::new(), world, sosik };
        let looked = bench.look().remove("one").expect("the blog was looked at");
        (looked, bench.stored().remove("one").unwrap_or_default().len())
    }

    fn database(&self) -> PathBuf {
        self.sosik.path("state/sosik.db")
    }

    fn kept(&self) -> PathBuf {
        self.sosik.path("kept.db")
    }

    /// Back to what was known before anything changed.
    pub(crate) fn restore(&self) {
        for left in ["state/sosik.db-wal", "state/sosik.db-shm"] {
            let _ = std::fs::remove_file(self.sosik.path(left));
        }
        std::fs::copy(self.kept(), self.database()).expect("the state can be put back");
        self.world.clear();
        // The second page repeats the first: so blogs end that have no more.
        for case in &self.cases {
            self.world.show_second(&format!("{}.example", case.id), again(case));
        }
    }

    /// One look at every blog.
    pub(crate) fn look(&self) -> BTreeMap<String, Looked> {
        let run = self.sosik.run(&["refresh", "--json"]);
        let sources = run.json();
        let looked = |source: &serde_json::Value| {
            let text = |name: &str| source[name].as_str().unwrap_or_default().to_owned();
            let error = source["error"]["message"].as_str().unwrap_or_default().to_owned();
            let number = |name: &str| source[name].as_u64().unwrap_or_default();
            let looked = Looked { outcome: text("outcome"), new: number("new"), pages: number("pages"), error };
            (text("id"), looked)
        };
        sources["sources"].as_array().expect("a list of sources").iter().map(looked).collect()
    }

    /// What is stored of every blog.
    pub(crate) fn stored(&self) -> BTreeMap<String, Stored> {
        let posts = self.sosik.run(&["posts", "--json", "--limit", "0"]).success().json();
        let mut stored: BTreeMap<String, Stored> = BTreeMap::new();
        for post in posts["posts"].as_array().expect("a list of posts") {
            let url = url::Url::parse(post["url"].as_str().expect("an address")).expect("an address");
            let id = url.host_str().unwrap_or_default().trim_end_matches(".example").to_owned();
            let day = post["published"].as_str().map(|published| published.chars().take(10).collect());
            let title = post["title"].as_str().unwrap_or_default().to_owned();
            stored.entry(id).or_default().insert(key(&url), (title, day));
        }
        stored
    }
}

/// The first page once more, under another address.
fn again(case: &Case) -> String {
    case.before().replacen("<head>", &format!("<head><base href=\"{}\">", case.url), 1)
}

/// A world, and a home whose configuration asks it for everything.
fn begin() -> (World, Sosik) {
    let world = World::start();
    let sosik = Sosik::new();
    let tables = format!(
        r#"language = "en"
[store]
url = "sqlite:{}"
[publish]
dir = ""
[fetch]
proxy = "{}"
robots = false
permalinks = 0
host_gap = "1ms"
[serve]
listen = []
[notify.desktop]
enabled = false
"#,
        sosik.path("state/sosik.db").display(),
        world.proxy()
    );
    (world, sosik.tables(&tables))
}

/// What became of a blog's posts that should be as they were, but for some that are new.
pub(crate) fn difference(before: &Stored, after: &Stored, fresh: &[&Truth]) -> Option<String> {
    let mut told = String::new();
    for (key, (title, day)) in before {
        match after.get(key) {
            None => write!(told, "{key} is gone; ").expect("a string grows"),
            Some((now, _)) if now != title => {
                write!(told, "{key} is {now:?}, was {title:?}; ").expect("a string grows");
            }
            Some((_, now)) if day.is_some() && now != day => {
                write!(told, "{key} is of {now:?}, was of {day:?}; ").expect("a string grows");
            }
            Some(_) => {}
        }
    }
    for post in fresh {
        match after.get(&key(&post.url)) {
            None => write!(told, "{} is missed; ", post.url.path()).expect("a string grows"),
            Some((title, _)) if plain(title) != plain(&post.title) => {
                write!(told, "the new {} is {title:?}; ", post.url.path()).expect("a string grows");
            }
            // Where the address tells another day than the page, either is one that the blog tells.
            Some((_, day)) if day.is_some() && post.day.is_some() && *day != post.day && !tells(post, day.as_ref()) => {
                write!(told, "the new {} is of {day:?}, not {:?}; ", post.url.path(), post.day)
                    .expect("a string grows");
            }
            Some(_) => {}
        }
    }
    let wanted = |key_: &String| before.contains_key(key_) || fresh.iter().any(|post| key(&post.url) == *key_);
    for (key, (title, _)) in after.iter().filter(|(key, _)| !wanted(key)) {
        write!(told, "{key} ({title:?}) is no post; ").expect("a string grows");
    }
    (!told.is_empty()).then_some(told)
}

/// Whether a post's address tells that day.
fn tells(post: &Truth, day: Option<&String>) -> bool {
    day.is_some_and(|day| post.url.path().contains(&day.replace('-', "/")))
}

/// Only what is read aloud: quotes and spaces of all kinds are alike.
pub(crate) fn plain(text: &str) -> String {
    let alike = |letter| if matches!(letter, '‘' | '’' | '“' | '”' | '"' | '`' | '´') { '\'' } else { letter };
    let text: String = text.chars().map(alike).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
