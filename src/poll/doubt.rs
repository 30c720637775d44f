//! A page that could be read and still may not be what it was: the old way may mean something else by now.
//!
//! Where it suddenly shows far fewer posts, none that is known, the known ones under other titles, or new ones under
//! addresses of another kind, the page is read in the open way, too. What that shows is taken by the rules of a repair.
//! Where it shows nothing better, a page of other titles is a failure; the others are left to the walk, for blogs do
//! remove posts, and publish many at once.

use std::collections::HashSet;
use std::sync::Arc;

use super::repair::same_title;
use super::walk::Walk;
use crate::extract::{Reading, post_shape};
use crate::model::failure::{Failure, Step};
use crate::model::page::Page;
use crate::model::post::{Candidate, KnownPost};
use crate::store::StoreError;

/// A page with a smaller share of the posts of a full one is looked at twice.
const FEWER: f64 = 0.6;

/// Posts of a full page from which that says anything.
const FULL: f64 = 4.0;

/// Known posts under other titles, from so many on, are no edits; and so large a share of those that are known.
const RETITLED: (usize, f64) = (3, 0.5);

/// New posts under addresses of another kind, from so many on, may be those of a box that came along.
const STRANGERS: usize = 2;

/// Why a reading is doubted.
pub(super) enum Doubt {
    /// The page may be right: what comes of it is the walk's to judge.
    Soft {
        /// What is wrong if it is not.
        failure: Failure,
        /// Whether no post of it is known.
        met_none: bool,
    },
    /// It is not taken as it is.
    Hard(Failure),
}

impl Walk<'_> {
    /// What speaks against a reading that is no failure.
    pub(super) async fn doubt(&mut self, reading: &Reading) -> Result<Option<Doubt>, StoreError> {
        if !self.has_habits() || !self.may_learn() || reading.candidates.posts.is_empty() {
            return Ok(None);
        }
        let Ok(recipe) = self.in_use() else { return Ok(None) };
        let posts = &reading.candidates.posts;
        let stored = self.known_of(reading, &recipe).await?;
        let known: Vec<_> =
            posts.iter().zip(&stored).filter_map(|(post, known)| Some((post, known.as_ref()?))).collect();
        let other = known.iter().filter(|(post, known)| {
            !known.title.is_empty() && !post.title.is_empty() && !same_title(&post.title, &known.title)
        });
        let other = other.count();
        let url = &self.due.source.url;
        if other >= RETITLED.0 && number(other) >= RETITLED.1 * number(known.len()) {
            return Ok(Some(Doubt::Hard(failure(
                format!("{other} of the {} known posts on {url} bear other titles", known.len()),
                format!(
                    "the site may have a new layout: compare `sosik preview {url}` with the blog; posts stay as they are"
                ),
            ))));
        }
        let full = self.due.state.profile.map_or(0.0, |profile| profile.posts);
        let few = full >= FULL && number(posts.len()) < FEWER * full;
        if known.is_empty() || few || self.strangers(posts, &stored) >= STRANGERS {
            let (count, known) = (posts.len(), known.len());
            let failure = failure(
                format!("{url} shows {count} posts, {known} of them known, where it had {full}"),
                format!("compare `sosik preview {url}` with the blog; posts stay as they are"),
            );
            return Ok(Some(Doubt::Soft { failure, met_none: known == 0 }));
        }
        Ok(None)
    }

    /// How many posts are new under addresses that have nothing in common with those of the known ones.
    fn strangers(&self, posts: &[Candidate], stored: &[Option<KnownPost>]) -> usize {
        let home = self.due.source.link_base();
        let shape = |post: &Candidate| post_shape(&post.url, home);
        let known: HashSet<_> =
            posts.iter().zip(stored).filter(|(_, known)| known.is_some()).map(|(post, _)| shape(post)).collect();
        posts.iter().zip(stored).filter(|(post, stored)| stored.is_none() && !known.contains(&shape(post))).count()
    }

    /// Whether the open way sees something else on a page than the one in use.
    pub(super) async fn differs(&mut self, page: Arc<Page>, reading: &Reading) -> bool {
        let Ok(open) = self.compiled(&self.open_way()) else { return false };
        let Ok(seen) = self.read_with(page, Arc::clone(&open)).await else { return false };
        let keys = |reading: &Reading| reading.candidates.posts.iter().map(|post| post.url.clone()).collect::<Vec<_>>();
        keys(reading) != keys(&seen)
    }
}

fn failure(message: String, help: String) -> Failure {
    Failure { step: Step::Extract, message, help, transient: true, chain: Vec::new(), unreachable: false }
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
