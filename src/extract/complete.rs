//! What a theme's layout leaves out, filled in from what the page's structure shows.
//!
//! Who runs a blog of their own changes its theme: the list keeps its classes while the date moves, or one kind of
//! post gets another element. A layout's own fields come first; only a field that it found on no post is taken over,
//! for a post without a category may have none. Where nothing was added the next reading may do without.

use std::collections::HashMap;

use crate::model::link::{LinkRules, canonical};
use crate::model::post::{Candidate, Candidates};

/// What the name of a way of reading ends with where the structure added something.
const ADDED: &str = "+structure";

/// `read` by a layout, completed by what was `seen` in the structure of the same page.
pub(super) fn complete(read: Candidates, seen: Candidates, rules: &LinkRules) -> Candidates {
    let key = |post: &Candidate| canonical(&post.url, rules);
    let dated = read.posts.iter().any(|post| post.published.is_some());
    let categorised = read.posts.iter().any(|post| !post.categories.is_empty());
    let by_key: HashMap<String, usize> = seen.posts.iter().enumerate().map(|(at, post)| (key(post), at)).collect();
    let met = read.posts.iter().filter(|post| by_key.contains_key(&key(post))).count();
    let fill = |mut post: Candidate, other: &Candidate| {
        if !dated {
            post.published = other.published;
        }
        if !categorised {
            post.categories.clone_from(&other.categories);
        }
        post
    };
    let before = (read.posts.clone(), read.next.clone());
    let next = read.next.or(seen.next);
    let all_met = met == read.posts.len();
    let posts = if all_met && seen.posts.len() > met {
        // The same list, and posts in it that the layout does not know.
        let mut own: HashMap<String, Candidate> = read.posts.into_iter().map(|post| (key(&post), post)).collect();
        let one = |post: &Candidate| own.remove(&key(post)).map_or_else(|| post.clone(), |own| fill(own, post));
        seen.posts.iter().map(one).collect()
    } else {
        let one = |post: Candidate| match by_key.get(&key(&post)) {
            Some(&at) => fill(post, &seen.posts[at]),
            None => post,
        };
        read.posts.into_iter().map(one).collect()
    };
    let how = if (&posts, &next) == (&before.0, &before.1) { read.how } else { format!("{}{ADDED}", read.how) };
    Candidates { posts, next, how, ..read }
}

/// Whether a layout read what posts have, so that its page need not be compared with its structure each time.
pub(super) fn is_whole(read: &Candidates) -> bool {
    read.posts.iter().all(|post| !post.title.is_empty()) && read.posts.iter().any(|post| post.published.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::category::CategoryPath;
    use crate::model::post::SiteFacts;

    /// Posts from `path:title:category`.
    fn page(posts: &[&str]) -> Candidates {
        let post = |spec: &&str| {
            let mut parts = spec.split(':');
            Candidate {
                url: url::Url::parse(&format!("https://x.org/{}", parts.next().unwrap())).unwrap(),
                title: parts.next().unwrap().to_owned(),
                tags: Vec::new(),
                categories: parts.next().and_then(|label| CategoryPath::new([label])).into_iter().collect(),
                excerpt: None,
                published: None,
                author: None,
                image: None,
                enclosures: Vec::new(),
                pinned: false,
                no_category: None,
            }
        };
        Candidates {
            posts: posts.iter().map(post).collect(),
            next: None,
            site: SiteFacts::default(),
            how: String::new(),
            ttl: None,
        }
    }

    fn check(read: &[&str], seen: &[&str], expected: &[&str]) {
        let whole = complete(page(read), page(seen), &LinkRules::default());
        assert_eq!(whole.posts, page(expected).posts, "{read:?} {seen:?}");
        assert_eq!(whole.how.ends_with(ADDED), read != expected, "{read:?} {seen:?}");
    }

    #[test]
    fn fields_and_posts_that_a_layout_does_not_know_are_filled_in() {
        check(&["a:A", "b:B"], &["a:x:c", "b:y"], &["a:A:c", "b:B"]);
        check(&["a:A:c", "b:B"], &["a:x:d", "b:y:d"], &["a:A:c", "b:B"]);
        check(&["a:A", "c:C"], &["a:x:k", "b:B:l", "c:z:m"], &["a:A:k", "b:B:l", "c:C:m"]);
        check(&["a:A", "b:B"], &["b:y:k", "c:Z:l", "d:D"], &["a:A", "b:B:k"]);
        check(&["a:A", "b:B"], &[], &["a:A", "b:B"]);
    }
}
