//! The posts of a page in its order, each once, and which of them are pinned.
//!
//! A pinned post stands above the list out of its order. Some blogs show it a second time in its own place; there
//! it is kept. It is told by its date, or by standing again lower down; never when that would be the whole list.

use std::collections::HashMap;

use super::quick::Guarded;
use crate::model::date::Published;
use crate::model::link::{LinkRules, canonical};
use crate::model::post::Candidate;

/// More posts above the list are no pins but a list in another order.
const MOST_PINNED: usize = 5;

struct Place {
    post: Candidate,
    /// Where it stands.
    at: usize,
    /// Where it stands again, with another post between.
    again: Option<usize>,
}

/// Joins posts that lead to one place and marks the pinned.
pub(super) fn merge(posts: Vec<Candidate>, rules: &LinkRules) -> Vec<Candidate> {
    let mut places: Vec<Place> = Vec::with_capacity(posts.len());
    let mut known: HashMap<String, usize, Guarded> = HashMap::default();
    let mut before = None;
    for (at, post) in posts.into_iter().enumerate() {
        let key = canonical(&post.url, rules);
        if let Some(&index) = known.get(&key) {
            let place = &mut places[index];
            fill(&mut place.post, post);
            if before != Some(index) {
                place.again.get_or_insert(at);
            }
            before = Some(index);
        } else {
            before = Some(places.len());
            known.insert(key, places.len());
            places.push(Place { post, at, again: None });
        }
    }
    move_to_own_places(&mut places);
    places.sort_by_key(|place| place.at);
    let mut posts: Vec<Candidate> = places.into_iter().map(|place| place.post).collect();
    mark_older_than_the_list(&mut posts);
    posts
}

/// Leading posts that stand again lower down are pinned, unless their date belongs where they lead.
fn move_to_own_places(places: &mut [Place]) {
    let leading = places.iter().take_while(|place| place.again.is_some()).count();
    if leading == places.len() {
        return;
    }
    let newest = places[leading..].iter().filter_map(|place| place.post.published).map(|date| date.date()).max();
    for place in &mut places[..leading] {
        let in_order = place.post.published.is_some_and(|date| newest.is_none_or(|newest| date.date() >= newest));
        if !in_order {
            place.post.pinned = true;
            place.at = place.again.unwrap_or(place.at);
        }
    }
}

/// Leading posts older than the newest of the rest are pinned, where the rest falls.
fn mark_older_than_the_list(posts: &mut [Candidate]) {
    let dates: Vec<Option<Published>> = posts.iter().map(|post| post.published).collect();
    for pins in 0..=MOST_PINNED.min(dates.len()) {
        let rest: Vec<_> = dates[pins..].iter().flatten().map(Published::date).collect();
        if rest.len() < 2 {
            return;
        }
        if rest.windows(2).any(|pair| pair[0] < pair[1]) {
            continue;
        }
        if dates[..pins].iter().all(|date| date.is_some_and(|date| date.date() < rest[0])) {
            for post in &mut posts[..pins] {
                post.pinned = true;
            }
        }
        return;
    }
}

/// Gives `post` what it lacks and `other` has.
fn fill(post: &mut Candidate, other: Candidate) {
    if post.title.is_empty() {
        post.title = other.title;
    }
    if post.categories.is_empty() {
        post.categories = other.categories;
    }
    if post.tags.is_empty() {
        post.tags = other.tags;
    }
    post.no_category = post.no_category.take().or(other.no_category).filter(|_| post.categories.is_empty());
    let finer = |ours: Published, theirs: Published| theirs.date() == ours.date() && theirs.precision > ours.precision;
    post.published = match (post.published, other.published) {
        (Some(ours), Some(theirs)) if finer(ours, theirs) => Some(theirs),
        (ours, theirs) => ours.or(theirs),
    };
    post.excerpt = post.excerpt.take().or(other.excerpt);
    post.author = post.author.take().or(other.author);
    post.image = post.image.take().or(other.image);
    if post.enclosures.is_empty() {
        post.enclosures = other.enclosures;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    /// Posts from `path@day-of-July`; the day may be missing.
    fn check(page: &[&str], expected: &[&str]) {
        let posts = page.iter().map(|spec| {
            let (path, day) = spec.split_once('@').map_or((*spec, None), |(path, day)| (path, day.parse::<i8>().ok()));
            Candidate {
                url: url::Url::parse(&format!("https://x.org/{path}")).unwrap(),
                title: String::new(),
                excerpt: None,
                published: day.and_then(|day| Published::day(date(2020, 7, day), &TimeZone::UTC)),
                tags: Vec::new(),
                categories: Vec::new(),
                author: None,
                image: None,
                enclosures: Vec::new(),
                pinned: false,
                no_category: None,
            }
        });
        let merged: Vec<String> = merge(posts.collect(), &LinkRules::default())
            .iter()
            .map(|post| format!("{}{}", if post.pinned { "!" } else { "" }, post.url.path().trim_start_matches('/')))
            .collect();
        assert_eq!(merged, expected, "{page:?}");
    }

    #[test]
    fn a_post_stands_once() {
        check(&["a", "b", "a"], &["b", "!a"]);
        check(&["a", "a", "b", "b"], &["a", "b"]);
        check(&["a", "b", "b"], &["a", "b"]);
        check(&["a@9", "b@8", "c@7", "a@9"], &["a", "b", "c"]);
        check(&["a", "b", "c", "a", "b", "c"], &["a", "b", "c"]);
        check(&["a", "http", "b", "http?utm_source=x"], &["a", "http", "b"]);
    }

    #[test]
    fn pins_are_marked() {
        check(&["p@1", "a@9", "b@8", "c@8"], &["!p", "a", "b", "c"]);
        check(&["p@1", "q@2", "a@9", "b@8"], &["!p", "!q", "a", "b"]);
        check(&["p@5", "a@9", "b@8", "p@5", "c@4"], &["a", "b", "!p", "c"]);
        check(&["p", "a@9", "b@8", "p", "c@4"], &["a", "b", "!p", "c"]);
        check(&["a@9", "b@8", "a@9", "b@8", "c@7"], &["a", "b", "c"]);
    }

    #[test]
    fn lists_in_other_orders_have_no_pins() {
        check(&["a@9", "b@8", "c@7"], &["a", "b", "c"]);
        check(&["a@1", "b@2", "c@3"], &["a", "b", "c"]);
        check(&["a", "b@8", "c@7"], &["a", "b", "c"]);
        check(&["a@1"], &["a"]);
        check(&["a@1", "b@9"], &["a", "b"]);
        check(&[], &[]);
    }
}
