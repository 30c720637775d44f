//! How good a list of posts is as that of the whole blog.

use url::Url;

use crate::extract::Reading;
use crate::extract::about::Kind;
use crate::model::post::{Candidate, Candidates};

/// Platforms whose whole list is at `/category`.
const ALL_AT_CATEGORY: &[&str] = &["preset:tistory"];

/// Whether it is a list at all: two posts with titles, or a blog that has only one.
pub(super) fn is_list(candidates: &Candidates) -> bool {
    let titled = candidates.posts.iter().filter(|post| !post.title.is_empty()).count();
    titled >= 2 || (titled == 1 && candidates.site.declared == Some(1))
}

/// How much a page shows of its blog: more posts, more fields, a way on to older ones.
pub(super) fn value(reading: &Reading, kind: &Kind) -> f64 {
    let found = &reading.candidates;
    let share = |has: &dyn Fn(&Candidate) -> bool| {
        number(found.posts.iter().filter(|post| has(post)).count()) / number(found.posts.len().max(1))
    };
    let whole = match kind {
        Kind::Page => 6.0,
        Kind::Part | Kind::Post | Kind::Feed { .. } => 0.0,
    };
    let sure = reading.detected.as_ref().map_or(1.0, |detected| detected.confidence);
    let many = number(found.posts.len()).min(30.0) / 10.0;
    let on =
        if found.next.is_some() || found.site.declared == u32::try_from(found.posts.len()).ok() { 1.5 } else { 0.0 };
    whole
        + many
        + on
        + 2.0 * sure
        + 2.0 * share(&|post| !post.title.is_empty())
        + 1.5 * share(&|post| post.published.is_some())
        + share(&|post| !post.categories.is_empty())
        + if found.site.declared.is_some() { 0.5 } else { 0.0 }
}

/// The share of posts that have a title: what a preset reads is sure, unless the fields stay empty.
pub fn of_preset(read: &Candidates) -> f64 {
    let titled = read.posts.iter().filter(|post| !post.title.is_empty()).count();
    if read.posts.is_empty() { 0.0 } else { (number(titled) / number(read.posts.len()) * 100.0).round() / 100.0 }
}

/// Whether the platform lists everything at `/category`.
pub(super) fn lists_all_at_category(reading: Option<&Reading>) -> bool {
    reading.is_some_and(|reading| ALL_AT_CATEGORY.iter().any(|how| reading.candidates.how.starts_with(how)))
}

/// Whether `list` lies on the way from the root to `url`.
pub(super) fn above(list: &Url, url: &Url) -> bool {
    url.path().starts_with(list.path().trim_end_matches('/'))
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
