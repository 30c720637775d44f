//! An address → a proposal: the page that lists the blog's posts, how it is read, how sure that is.
//!
//! The address may be that of a post, of a category or of a feed: then the blog is looked for where its pages lead.
//! A few pages are asked for at most, one after another, and the one that shows the blog best is proposed. Nothing is
//! written here; what was looked at is told, so that a person can see why.

pub mod quality;
mod witness;

use jiff::Timestamp;
use url::Url;

use crate::clock::Clock;
use crate::extract::about::{About, Kind, OwnFeed, about};
use crate::extract::{CompiledRecipe, Context, Detected, Reading, read};
use crate::fetch::{Access, Ask, Fetched, Fetcher};
use crate::model::failure::Failure;
use crate::model::page::{Page, Validators};
use crate::model::post::Candidates;
use crate::model::source::{HtmlRecipe, Recipe};
use witness::Agreement;

/// Pages that are asked for at most.
const MOST_PAGES: usize = 6;

/// Feeds of the site that are asked for at most.
const MOST_WITNESSES: usize = 2;

/// Looks at blogs.
pub struct Learner {
    fetcher: Fetcher,
    clock: Clock,
    access: Access,
}

/// One page that was looked at.
#[derive(Debug, Clone)]
pub struct Look {
    /// Where it was found.
    pub url: Url,
    /// What was seen there, as people read it.
    pub saw: String,
}

/// The blog behind an address.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The page that lists its posts.
    pub url: Url,
    /// What it shows.
    pub candidates: Candidates,
    /// What was detected, where no preset reads it.
    pub detected: Option<Detected>,
    /// How sure: 0 to 1.
    pub confidence: f64,
    /// Feeds that the site itself offers.
    pub feeds: Vec<OwnFeed>,
    /// What was looked at, in this order.
    pub looks: Vec<Look>,
}

/// No list of posts was found.
#[derive(Debug, Clone)]
pub struct Nothing {
    /// Why the address itself could not be fetched, where that is it.
    pub failure: Option<Failure>,
    /// What was looked at.
    pub looks: Vec<Look>,
    /// What the page at the address is.
    pub about: Option<About>,
}

/// A page that was read.
struct Seen {
    page: Page,
    about: About,
    reading: Option<Reading>,
    value: f64,
}

impl Learner {
    /// A learner that may go where `access` allows.
    pub fn new(fetcher: Fetcher, clock: Clock, access: Access) -> Self {
        Self { fetcher, clock, access }
    }

    /// Looks for the blog behind `url`.
    ///
    /// # Errors
    /// With what was seen, where no page shows a list of posts.
    pub async fn propose(&self, url: &Url) -> Result<Proposal, Box<Nothing>> {
        let mut looks = Vec::new();
        let now = self.clock.now();
        let given = match self.look(url, now).await {
            Ok(seen) => seen,
            Err(failure) => return Err(Box::new(Nothing { failure: Some(failure), looks, about: None })),
        };
        looks.push(Look { url: given.page.url.clone(), saw: said(&given) });
        let mut wanted = elsewhere(&given);
        let mut asked = vec![given.page.url.clone(), url.clone()];
        let mut seen = vec![given];
        while let Some(next) = wanted.pop() {
            if asked.contains(&next) || seen.len() >= MOST_PAGES {
                continue;
            }
            asked.push(next.clone());
            match self.look(&next, now).await {
                Err(failure) => looks.push(Look { url: next, saw: failure.message }),
                Ok(found) => {
                    looks.push(Look { url: found.page.url.clone(), saw: said(&found) });
                    // The home page of a blog may only lead on to its list.
                    if found.reading.is_none() && matches!(found.about.kind, Kind::Page) {
                        wanted.extend(found.about.lists.iter().rev().cloned());
                    }
                    if seen.iter().all(|other| other.page.url != found.page.url) {
                        seen.push(found);
                    }
                }
            }
        }
        let about = seen.first().map(|given| given.about.clone());
        let feeds =
            seen.iter().map(|seen| &seen.about.feeds).find(|feeds| !feeds.is_empty()).cloned().unwrap_or_default();
        let witness = self.witness(&feeds, url, now).await;
        let agreed = |seen: &Seen| {
            let listed = seen.reading.as_ref().zip(witness.as_ref());
            listed.and_then(|(reading, (_, told))| witness::agreement(&reading.candidates, told))
        };
        // The first of equals: what was asked for.
        let best = seen
            .into_iter()
            .filter(|seen| seen.reading.is_some())
            .map(|seen| (agreed(&seen), seen))
            .map(|(agreed, seen)| (seen.value + agreed.as_ref().map_or(0.0, Agreement::worth), agreed, seen))
            .reduce(|best, other| if other.0 > best.0 { other } else { best });
        match best {
            Some((_, agreed, Seen { page, reading: Some(Reading { candidates, detected }), .. })) => {
                let read =
                    detected.as_ref().map_or_else(|| quality::of_preset(&candidates), |detected| detected.confidence);
                let confidence = agreed.as_ref().map_or(read, |agreed| agreed.weigh(read));
                looks.extend(witness.zip(agreed).map(|((url, _), agreed)| Look { url, saw: agreed.to_string() }));
                Ok(Proposal { url: page.url, candidates, detected, confidence, feeds, looks })
            }
            _ => Err(Box::new(Nothing { failure: None, looks, about })),
        }
    }

    /// What the site itself says of its posts: its first feed that can be read, or for want of feeds its sitemap
    /// (sitemaps.org). Nothing depends on its being there.
    async fn witness(&self, feeds: &[OwnFeed], given: &Url, now: Timestamp) -> Option<(Url, Candidates)> {
        let mut places: Vec<Url> = feeds.iter().map(|feed| feed.url.clone()).take(MOST_WITNESSES).collect();
        if places.is_empty() {
            places.extend(given.join("/sitemap.xml"));
        }
        for place in places {
            let Ok(page) = self.fetch(&place).await else { continue };
            let told = tokio::task::spawn_blocking(move || witness::told(&page, now)).await.ok().flatten();
            if let Some(told) = told {
                return Some((place, told));
            }
        }
        None
    }

    async fn look(&self, url: &Url, now: Timestamp) -> Result<Seen, Failure> {
        let page = self.fetch(url).await?;
        let read = tokio::task::spawn_blocking(move || seen(page, now)).await;
        read.unwrap_or_else(|_| Err(unasked(url)))
    }

    async fn fetch(&self, url: &Url) -> Result<Page, Failure> {
        let validators = Validators::default();
        let ask = Ask { url, validators: &validators, access: &self.access, unconditional: true };
        match self.fetcher.fetch(&ask).await.map_err(|error| error.failure())? {
            Fetched::Page { mut page, .. } => {
                page.url.set_fragment(None);
                Ok(page)
            }
            Fetched::NotModified { .. } | Fetched::Same { .. } => Err(unasked(url)),
        }
    }
}

fn seen(page: Page, now: Timestamp) -> Result<Seen, Failure> {
    let about = about(&page).map_err(|error| error.failure())?;
    let open = CompiledRecipe::compile(&Recipe::Html(HtmlRecipe::default())).map_err(|error| error.failure())?;
    let context = Context::at(now);
    let is_feed = matches!(about.kind, Kind::Feed { .. });
    let reading = if is_feed { None } else { read(&page, &open, &context).ok() };
    let reading = reading.filter(|reading| quality::is_list(&reading.candidates));
    let value = reading.as_ref().map_or(0.0, |reading| quality::value(reading, &about.kind));
    Ok(Seen { page, about, reading, value })
}

/// Where else the list may be, the likeliest last.
fn elsewhere(given: &Seen) -> Vec<Url> {
    let url = &given.page.url;
    let mut wanted = Vec::new();
    let is_index = given.reading.is_some() && given.about.kind == Kind::Page;
    let platform = given.reading.as_ref().is_some_and(|reading| reading.candidates.how.starts_with("preset:"));
    let all = url.join("/category").ok().filter(|_| platform && quality::lists_all_at_category(given.reading.as_ref()));
    if is_index {
        // A front page may show a choice only; the platform's list shows all.
        return if url.path() == "/" { all.into_iter().collect() } else { wanted };
    }
    if let Kind::Feed { home: Some(home) } = &given.about.kind {
        wanted.push(home.clone());
    }
    wanted.extend(given.about.lists.iter().filter(|list| quality::above(list, url)).cloned());
    let mut above = url.clone();
    above.set_query(None);
    if above != *url {
        wanted.push(above.clone());
    }
    while above.path() != "/" {
        let shorter = above.path().trim_end_matches('/').rsplit_once('/').map_or("", |(parent, _)| parent).to_owned();
        above.set_path(&format!("{shorter}/"));
        wanted.push(above.clone());
    }
    wanted.extend(given.about.lists.iter().filter(|list| !quality::above(list, url)).take(3).cloned());
    wanted.extend(all);
    // The root first, then what lies between it and the address.
    wanted.sort_by_key(|url| std::cmp::Reverse(url.path().len()));
    wanted.dedup();
    wanted
}

/// What was seen, in words.
fn said(seen: &Seen) -> String {
    match (&seen.about.kind, &seen.reading) {
        (Kind::Feed { home: Some(home) }, _) => format!("a feed of {home}"),
        (Kind::Feed { home: None }, _) => "a feed that does not say of what".to_owned(),
        (kind, Some(reading)) => {
            let of = match kind {
                Kind::Part => " of a part of the blog",
                Kind::Post => " beside what looks like one post",
                Kind::Page | Kind::Feed { .. } => "",
            };
            format!("a list of {} posts{of}", reading.candidates.posts.len())
        }
        (Kind::Post, None) => "one post".to_owned(),
        (_, None) => format!("no list of posts among {} links", seen.about.links),
    }
}

fn unasked(url: &Url) -> Failure {
    Failure {
        step: crate::model::failure::Step::Fetch,
        message: format!("{url} could not be read"),
        help: "try again; a page that cannot be read twice is a fault: please report it".to_owned(),
        transient: true,
        chain: Vec::new(),
        unreachable: false,
    }
}
