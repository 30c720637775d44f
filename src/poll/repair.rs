//! An index that fell off its way: learnt anew, with the posts that are known as labels.
//!
//! The page is asked for once more first, for some pages look different for one request. What is then read by presets
//! or by the page's structure is taken only if it is the blog: below the posts that are new it shows the newest known
//! ones, under their titles, as many as a page of it has, with the fields that they had. A captcha, a login or a page
//! that says "coming soon" beside five recent posts is none of that, and stays the failure that it was. The old layouts
//! stay behind the new one, so a blog that shows both by turns is read by both.

use std::sync::Arc;

use crate::extract::{CompiledRecipe, Reading, preset};
use crate::fetch::Fetched;
use crate::model::failure::Failure;
use crate::model::known::KnownQuery;
use crate::model::link::{PostKey, post_key};
use crate::model::page::{Page, Validators};
use crate::model::post::{Candidate, Candidates, KnownPost};
use crate::model::report::{Because, Profile};
use crate::model::source::{Backfill, HtmlRecipe, Layout, Recipe};
use crate::store::StoreError;
use crate::store::contract::Window;

use super::walk::Walk;

/// The share of posts that must be known below those that are new, and of the newest known ones that must be there.
const FOUND_AGAIN: f64 = 0.6;

/// The share of known posts that must bear the title that is stored.
const SAME_TITLE: f64 = 0.7;

/// Posts that must be found again, unless the blog has fewer.
const LEAST: usize = 3;

/// Stored posts that are looked at: few blogs list more on a page.
const FULL_PAGE: usize = 100;

/// Layouts that a recipe keeps.
const MOST_LAYOUTS: usize = 16;

/// A post of the page, and what is stored of it.
struct Met<'a> {
    candidate: &'a Candidate,
    known: Option<&'a KnownPost>,
}

impl Walk<'_> {
    /// Reads the index in another way, if that shows the blog; else the failure stays.
    pub(super) async fn repair(&mut self, failure: Failure) -> Result<Result<Candidates, Failure>, StoreError> {
        let url = self.due.source.url.clone();
        if !self.may_learn() || self.due.state.learnt.is_none() && self.due.state.last_success.is_none() {
            return Ok(Err(failure));
        }
        let Ok(Fetched::Page { page, .. }) = self.fetch(&url, &Validators::default(), true).await else {
            return Ok(Err(failure));
        };
        let page = Arc::new(page);
        let validators = Validators { read_at: Some(self.started), ..page.validators.clone() };
        if let Ok(reading) = self.read_in_use(Arc::clone(&page)).await
            && reading.detected.is_none()
            && self.complaint(&reading.candidates, &url).is_none()
            && self.doubt(&reading).await?.is_none()
        {
            self.validators = Some(validators);
            return Ok(Ok(reading.candidates));
        }
        let Ok(open) = self.compiled(&self.open_way()) else { return Ok(Err(failure)) };
        let Ok(reading) = self.read_with(Arc::clone(&page), Arc::clone(&open)).await else {
            return Ok(Err(failure));
        };
        if !self.is_the_blog(&reading, &open).await? || self.complaint(&reading.candidates, &url).is_some() {
            return Ok(Err(failure));
        }
        let recipe = self.repaired(page, &reading).await;
        let refused = self.poller.store.recipes(self.due.at).await?;
        if refused.iter().any(|kept| kept.undone_at.is_some() && begins_alike(&kept.learnt.recipe, &recipe)) {
            return Ok(Err(failure));
        }
        let because = if self.due.state.last_success.is_some() { Because::Broken } else { Because::Unread };
        self.take_recipe(recipe, because);
        self.validators = Some(validators);
        Ok(Ok(reading.candidates))
    }

    /// Whether what was read are the posts that are known.
    async fn is_the_blog(&self, reading: &Reading, recipe: &CompiledRecipe) -> Result<bool, StoreError> {
        let posts = &reading.candidates.posts;
        let known = self.known_of(reading, recipe).await?;
        let met: Vec<Met<'_>> =
            posts.iter().zip(&known).map(|(candidate, known)| Met { candidate, known: known.as_ref() }).collect();
        let window = Window { offset: 0, limit: u32::try_from(posts.len().max(FULL_PAGE)).ok() };
        let newest = self.poller.store.posts(Some(&self.due.source.id), window).await?;
        let newest: Vec<PostKey> = newest.into_iter().map(|post| post.key).collect();
        let profile = self.due.state.profile.filter(|_| self.has_habits());
        // Where all of the blog was read, what is not known stands above what is: else it is a box of something else.
        let whole = self.due.source.backfill == Backfill::All && self.due.state.gap.is_none() && self.has_habits();
        let first = met.iter().position(|met| met.known.is_some()).unwrap_or_default();
        let mixed = whole && met[first..].iter().any(|met| met.known.is_none());
        Ok(!mixed && is_found_again(&met, &newest, profile.as_ref()))
    }

    /// What is stored of each post that was read: by its address, else by a title that one stored post alone has.
    pub(super) async fn known_of(
        &self,
        reading: &Reading,
        recipe: &CompiledRecipe,
    ) -> Result<Vec<Option<KnownPost>>, StoreError> {
        let posts = &reading.candidates.posts;
        let links = recipe.links(&reading.candidates.how);
        let keys: Vec<PostKey> = posts.iter().map(|post| post_key(&post.url, links, &self.own_hosts)).collect();
        let titles = posts.iter().map(|post| post.title.clone()).filter(|title| !title.is_empty()).collect();
        let query = KnownQuery { keys: keys.clone(), titles, ..KnownQuery::default() };
        let known = self.poller.store.known(self.due.at, &query).await?;
        let stored = |(candidate, key): (&Candidate, &PostKey)| {
            let titled = || {
                let mut same = known.titled.iter().filter(|post| post.title == candidate.title);
                same.next().filter(|_| same.next().is_none())
            };
            known.posts.get(key).or_else(titled).cloned()
        };
        Ok(posts.iter().zip(&keys).map(stored).collect())
    }

    /// The recipe of what was read: the new layout, and behind it those that read the blog before.
    async fn repaired(&mut self, page: Arc<Page>, reading: &Reading) -> Recipe {
        let Some(new) = reading.detected.as_ref().and_then(|detected| detected.recipe.clone()) else {
            return self.open_way();
        };
        let Recipe::Html(old) = self.way() else { return self.open_way() };
        let family = || match &preset::named(new.preset.as_deref()?)?.recipe {
            Recipe::Html(recipe) => Some(recipe.layouts.clone()),
            Recipe::Json(_) => None,
        };
        let behind = if old.layouts.is_empty() { family().unwrap_or_default() } else { old.layouts.clone() };
        let mut layouts: Vec<Layout> = new.layouts.clone();
        for layout in behind {
            if layouts.len() < MOST_LAYOUTS && layouts.iter().all(|other| other.post != layout.post) {
                layouts.push(layout);
            }
        }
        let both = Recipe::Html(HtmlRecipe { layouts, ..new.clone() });
        // Where an old layout sees something else in the new page, the new one stands alone.
        let reads_same = match self.compiled(&both) {
            Ok(compiled) => {
                self.read_with(page, compiled).await.is_ok_and(|both| both.candidates.posts == reading.candidates.posts)
            }
            Err(_) => false,
        };
        if reads_same { both } else { Recipe::Html(new) }
    }
}

/// Whether two recipes read with the same first layout.
fn begins_alike(one: &Recipe, other: &Recipe) -> bool {
    let (Recipe::Html(one), Recipe::Html(other)) = (one, other) else { return false };
    one.layouts.first() == other.layouts.first()
}

/// Whether a page shows the blog: see the head of this file. `newest`: the newest stored posts, as many as the page
/// has and more.
fn is_found_again(met: &[Met<'_>], newest: &[PostKey], profile: Option<&Profile>) -> bool {
    let Some(first) = met.iter().position(|met| met.known.is_some()) else { return false };
    let below = &met[first..];
    let known: Vec<(&Candidate, &KnownPost)> =
        below.iter().filter_map(|met| Some((met.candidate, met.known?))).collect();
    let titled = known.iter().filter(|(candidate, known)| same_title(&candidate.title, &known.title)).count();
    let there = newest.iter().take(below.len()).filter(|key| known.iter().any(|(_, known)| known.key == **key)).count();
    let full = profile.map_or(0.0, |profile| profile.posts.min(number(newest.len())));
    known.len() >= LEAST.min(newest.len())
        && number(known.len()) >= FOUND_AGAIN * number(below.len())
        && number(titled) >= SAME_TITLE * number(known.len())
        && number(there) >= FOUND_AGAIN * number(below.len().min(newest.len()))
        && number(met.len()) >= FOUND_AGAIN * full
}

/// Whether a title is the stored one; either may be cut, and says so.
pub(super) fn same_title(shown: &str, stored: &str) -> bool {
    let cut = |text: &str| {
        let begin = ["…", "⋯", "..."].iter().find_map(|dots| text.trim_end().strip_suffix(dots))?;
        (begin.chars().count() >= 8).then(|| begin.trim_end().to_owned())
    };
    let begins = |short: &str, long: &str| cut(short).is_some_and(|begin| long.starts_with(&begin));
    shown == stored || begins(shown, stored) || begins(stored, shown)
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::post::KnownPost;
    use jiff::Timestamp;
    use url::Url;

    fn key(number: u32) -> PostKey {
        PostKey::from_stored(format!("/{number}"))
    }

    fn candidate(number: u32, title: &str) -> Candidate {
        Candidate {
            url: Url::parse(&format!("https://x.org/{number}")).unwrap(),
            title: title.to_owned(),
            excerpt: None,
            published: None,
            tags: Vec::new(),
            categories: Vec::new(),
            author: None,
            image: None,
            enclosures: Vec::new(),
            pinned: false,
            no_category: None,
        }
    }

    fn stored(number: u32) -> KnownPost {
        KnownPost {
            key: key(number),
            title: format!("post {number}"),
            excerpt: None,
            author: None,
            image: None,
            enclosures: Vec::new(),
            published: None,
            listed_at: Timestamp::UNIX_EPOCH,
            first_seen: Timestamp::UNIX_EPOCH,
            tags: Vec::new(),
            categories: Vec::new(),
        }
    }

    /// A page with these posts of a blog whose posts 1 to 40 are stored, ten a page; `title`: what it shows of each.
    fn check(page: &[u32], title: &dyn Fn(u32) -> String, found: bool) {
        let candidates: Vec<Candidate> = page.iter().map(|&number| candidate(number, &title(number))).collect();
        let known: Vec<Option<KnownPost>> = page.iter().map(|&number| (number <= 40).then(|| stored(number))).collect();
        let met: Vec<Met<'_>> =
            candidates.iter().zip(&known).map(|(candidate, known)| Met { candidate, known: known.as_ref() }).collect();
        let newest: Vec<PostKey> = (1..=40).rev().map(key).collect();
        let profile = Profile { pages: 3, posts: 10.0, ..Profile::default() };
        assert_eq!(is_found_again(&met, &newest, Some(&profile)), found, "{page:?}");
    }

    #[test]
    fn only_the_newest_known_posts_under_their_titles_are_the_blog() {
        let own = |number: u32| format!("post {number}");
        let newest: Vec<u32> = (31..=40).rev().collect();
        check(&newest, &own, true);
        check(&(33..=42).rev().collect::<Vec<_>>(), &own, true); // two are new
        check(&[7, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31], &own, true); // one is pinned
        check(&newest, &|number| format!("Read more about {number}"), false);
        check(&newest, &|_| String::new(), false);
        check(&newest[..5], &own, false); // five recent ones beside "coming soon"
        check(&[3, 9, 38, 12, 25, 1, 17, 30, 6, 21], &own, false); // popular ones
        check(&(90..100).collect::<Vec<_>>(), &own, false); // another blog
        check(&[], &own, false);
    }

    #[test]
    fn a_title_may_be_cut() {
        assert!(same_title("What a long title…", "What a long title that is cut"));
        assert!(same_title("What a long title that is cut", "What a long title ..."));
        assert!(!same_title("What a long title", "What a long title and the text below it"));
    }
}
