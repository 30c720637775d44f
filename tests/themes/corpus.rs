//! A folder of real pages, for those who have one: `CORPUS=… cargo test --test detect corpus -- --ignored --nocapture`.
//!
//! A folder a page: `index.html`, `meta.json` (`base_url`, `index_path`), `truth.json` (`posts` with url, href, title,
//! date, `date_on_page`; `complete`; `aside_only`), and the same for a second page (`page2.html`, `truth2.json`).

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use serde_json::Value;
use sosik::fetch::charset;
use sosik::model::post::Candidate;
use url::Url;

/// A page with what stands on it.
pub(crate) struct Real {
    pub(crate) name: String,
    pub(crate) url: Url,
    pub(crate) html: String,
    truth: Value,
    folder: PathBuf,
    meta: Value,
}

/// All pages of the folder that `CORPUS` names.
pub(crate) fn pages() -> Vec<Real> {
    let folder = std::env::var("CORPUS").expect("CORPUS names the folder of pages");
    let mut pages: Vec<Real> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("truth.json").exists())
        .map(|path| read(&path, "index.html", "truth.json", "index_path"))
        .filter(|page| page.meta.get("exclude").is_none())
        .collect();
    pages.sort_by(|one, other| one.name.cmp(&other.name));
    pages
}

fn read(folder: &Path, page: &str, truth: &str, path: &str) -> Real {
    let json = |name: &str| -> Value { serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap() };
    let meta = json("meta.json");
    let index = meta[path].as_str().unwrap_or_default().trim_end_matches("index.html").trim_end_matches("index.htm");
    let base = meta["base_url"].as_str().unwrap_or("https://blog.invalid/");
    let mut url = Url::parse(base).unwrap_or_else(|_| Url::parse("https://blog.invalid/").unwrap().join(base).unwrap());
    let root = url.path().trim_end_matches('/').to_owned();
    let last = root.rsplit('/').next().unwrap_or_default();
    let inside = !last.is_empty() && !format!("{index}/").starts_with(&format!("{last}/"));
    let path = if inside { format!("{root}/{index}") } else { format!("/{index}") };
    url.set_path(&path);
    if let Some(own) = meta["page_url"].as_str().filter(|_| page == "index.html") {
        url = Url::parse(own).unwrap();
    }
    let bytes = std::fs::read(folder.join(page)).unwrap();
    Real {
        name: folder.file_name().unwrap().to_string_lossy().into_owned(),
        url,
        html: charset::decode(&bytes, None, None),
        truth: json(truth),
        folder: folder.to_owned(),
        meta,
    }
}

fn key(url: &Url) -> String {
    let path = percent_decode_str(url.path()).decode_utf8_lossy().to_lowercase();
    let path = path.replace("index.html", "").replace("//", "/");
    let path =
        path.strip_suffix(".html").or(path.strip_suffix(".htm")).unwrap_or(&path).trim_end_matches('/').to_owned();
    let kept = url.query_pairs().filter(|(name, _)| matches!(&**name, "p" | "id" | "no" | "logNo" | "page_id"));
    kept.fold(path, |path, (name, value)| format!("{path}?{name}={value}").to_lowercase())
}

/// Only what is read aloud: quotes and spaces of all kinds are alike.
fn plain(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|letter| if matches!(letter, '‘' | '’' | '“' | '”' | '"' | '`' | '´') { '\'' } else { letter })
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// What the truth says of one post.
pub(crate) struct Told {
    /// Its address as the page writes it, or as the site's feed does.
    pub(crate) href: String,
    /// Its title.
    pub(crate) title: String,
    /// Whether the page shows it as the feed does.
    pub(crate) title_on_page: bool,
    /// Its day, where the page shows it.
    pub(crate) day: Option<String>,
}

impl Real {
    /// The posts on the page, in the truth's order.
    pub(crate) fn truths(&self) -> Vec<Told> {
        let text = |post: &Value, name: &str| post[name].as_str().map(str::to_owned);
        let told = |post: &Value| Told {
            href: text(post, "href").or_else(|| text(post, "url")).unwrap_or_default(),
            title: text(post, "title").unwrap_or_default(),
            title_on_page: post["title_on_page"].as_bool() != Some(false),
            day: text(post, "date").filter(|_| post["date_on_page"] == "exact"),
        };
        self.truth["posts"].as_array().unwrap().iter().map(told).collect()
    }

    /// Posts that the truth knows to be linked elsewhere on the page than in its list.
    pub(crate) fn asides(&self) -> Vec<String> {
        ["aside_only", "feed_posts_outside_page_rule"]
            .iter()
            .filter_map(|name| self.truth[name].as_array())
            .flatten()
            .filter_map(|url| url.as_str().map(str::to_owned))
            .collect()
    }

    /// Whether the truth names every post of the page.
    pub(crate) fn is_complete(&self) -> bool {
        self.truth["complete"].as_bool() == Some(true)
    }

    /// The text of the second page, where there is one.
    pub(crate) fn second_html(&self) -> Option<String> {
        let bytes = std::fs::read(self.folder.join("page2.html")).ok()?;
        Some(charset::decode(&bytes, None, None))
    }

    /// The second page, where there is one with its truth.
    pub(crate) fn second(&self) -> Option<Real> {
        let folder = &self.folder;
        (folder.join("page2.html").exists() && folder.join("truth2.json").exists())
            .then(|| read(folder, "page2.html", "truth2.json", "page2_path"))
    }

    /// Whether there is a second page at all.
    pub(crate) fn has_second(&self) -> bool {
        self.folder.join("page2.html").exists()
    }

    /// What is wrong with a reading; nothing when the page is solved.
    pub(crate) fn differences(&self, read: &[Candidate]) -> Option<String> {
        let posts = self.truth["posts"].as_array().unwrap();
        let mut wanted: HashMap<String, usize> = HashMap::new();
        for (at, post) in posts.iter().enumerate() {
            for name in ["url", "href"] {
                if let Some(url) = post[name].as_str().and_then(|url| self.url.join(url).ok()) {
                    wanted.insert(key(&url), at);
                }
            }
        }
        let known: HashSet<String> = ["aside_only", "feed_posts_outside_page_rule"]
            .iter()
            .filter_map(|name| self.truth[name].as_array())
            .flatten()
            .filter_map(|url| Some(key(&self.url.join(url.as_str()?).ok()?)))
            .collect();
        let mut hits: HashMap<usize, &Candidate> = HashMap::new();
        let mut extra = Vec::new();
        for candidate in read {
            match wanted.get(&key(&candidate.url)) {
                Some(at) if !hits.contains_key(at) => drop(hits.insert(*at, candidate)),
                Some(_) => return Some(format!("{} twice", candidate.url)),
                None if known.contains(&key(&candidate.url)) => {}
                None => extra.push(candidate.url.as_str()),
            }
        }
        if let Some(missed) = (0..posts.len()).find(|at| !hits.contains_key(at)) {
            return Some(format!(
                "{}/{} found, extra {}; not {} but {:?}",
                hits.len(),
                posts.len(),
                extra.len(),
                posts[missed]["url"],
                extra.first()
            ));
        }
        if self.truth["complete"].as_bool() == Some(true) && !extra.is_empty() {
            return Some(format!("{} too much: {:?}", extra.len(), extra.first()));
        }
        let wrong: Vec<String> = hits
            .iter()
            .filter(|(at, _)| posts[**at]["title_on_page"].as_bool() != Some(false))
            .filter(|(at, hit)| plain(posts[**at]["title"].as_str().unwrap_or_default()) != plain(&hit.title))
            .map(|(at, hit)| format!("title {:?} for {}", hit.title, posts[*at]["title"]))
            .collect();
        if wrong.len() * 20 > posts.len() {
            return wrong.into_iter().next();
        }
        let shown: Vec<_> = hits.iter().filter(|(at, _)| posts[**at]["date_on_page"] == "exact").collect();
        let wrong: Vec<String> = shown
            .iter()
            .filter_map(|(at, hit)| {
                let day = hit.published.map(|published| published.date().to_string());
                (day.as_deref() != posts[**at]["date"].as_str())
                    .then(|| format!("date {day:?} for {}", posts[**at]["date"]))
            })
            .collect();
        (wrong.len() * 20 > shown.len()).then(|| wrong[0].clone())
    }
}
