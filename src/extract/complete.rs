//! What a theme's layout leaves out, filled in from what the page's structure shows.
//!
//! Who runs a blog of their own changes its theme: the list keeps its classes while the date moves, or one kind of
//! post gets another element. A layout's own fields come first; only a field that it found on no post is taken over,
//! for a post without a category may have none. Where nothing was added the next reading may do without.

use std::collections::{HashMap, HashSet};

use url::Url;

use super::detect::Asked;
use super::quick::Guarded;
use crate::model::link::{LinkRules, canonical};
use crate::model::post::{Candidate, Candidates};

/// What the name of a way of reading ends with where the structure added something.
const ADDED: &str = "+structure";

/// What [`complete`] asks of posts that were seen at these addresses: what `read` lacks.
pub(super) fn lacking<'a>(read: &'a Candidates, rules: &'a LinkRules) -> impl Fn(&[&Url]) -> Asked + 'a {
    move |seen| {
        let knows_all = || {
            let seen: HashSet<String, Guarded> = seen.iter().map(|url| canonical(url, rules)).collect();
            read.posts.iter().all(|post| seen.contains(&canonical(&post.url, rules)))
        };
        // Posts that are added are taken with all that is known of them.
        let all = seen.len() > read.posts.len() && knows_all();
        Asked {
            texts: all,
            days: all || !is_dated(read),
            categories: all || !is_categorised(read),
            next: read.next.is_none(),
        }
    }
}

fn is_dated(read: &Candidates) -> bool {
    read.posts.iter().any(|post| post.published.is_some())
}

fn is_categorised(read: &Candidates) -> bool {
    read.posts.iter().any(|post| !post.categories.is_empty())
}

/// `read` by a layout, completed by what was `seen` in the structure of the same page.
pub(super) fn complete(read: Candidates, seen: Candidates, rules: &LinkRules) -> Candidates {
    let key = |post: &Candidate| canonical(&post.url, rules);
    let (dated, categorised) = (is_dated(&read), is_categorised(&read));
    if dated && categorised && seen.posts.len() <= read.posts.len() {
        let adds = read.next.is_none() && seen.next.is_some();
        let how = if adds { format!("{}{ADDED}", read.how) } else { read.how };
        return Candidates { next: read.next.or(seen.next), how, ..read };
    }
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
    use crate::model::date::Published;
    use crate::model::post::SiteFacts;

    /// Posts from `path:title:category`.
    fn page(posts: &[&str]) -> Candidates {
        let post = |spec: &&str| {
            let mut parts = spec.split(':');
            Candidate {
                url: Url::parse(&format!("https://x.org/{}", parts.next().unwrap())).unwrap(),
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

    /// What is left of posts where no more was asked of them.
    fn asked(seen: &Candidates, asked: Asked) -> Candidates {
        let post = |post: &Candidate| Candidate {
            title: if asked.texts { post.title.clone() } else { String::new() },
            published: post.published.filter(|_| asked.days),
            categories: if asked.categories { post.categories.clone() } else { Vec::new() },
            ..post.clone()
        };
        let next = seen.next.clone().filter(|_| asked.next);
        Candidates { posts: seen.posts.iter().map(post).collect(), next, ..seen.clone() }
    }

    proptest::proptest! {
        #[test]
        fn no_more_is_asked_than_is_taken(
            read in proptest::collection::vec(("[a-d]", "[xy]?", "[kl]?", proptest::bool::ANY), 1..5),
            seen in proptest::collection::vec(("[a-e]", "[XY]?", "[KL]?", proptest::bool::ANY), 1..6),
            nexts in proptest::array::uniform2(proptest::bool::ANY),
        ) {
            let list = |posts: &[(String, String, String, bool)], next: bool| {
                let specs: Vec<String> = posts.iter().map(|(path, title, label, _)| format!("{path}:{title}:{label}")).collect();
                let mut list = page(&specs.iter().map(String::as_str).collect::<Vec<_>>());
                for (post, (.., dated)) in list.posts.iter_mut().zip(posts) {
                    let day = jiff::civil::date(2020, 7, 10);
                    post.published = dated.then(|| Published::day(day, &jiff::tz::TimeZone::UTC)).flatten();
                }
                list.next = next.then(|| Url::parse("https://x.org/page/2").unwrap());
                list
            };
            let (read, seen) = (list(&read, nexts[0]), list(&seen, nexts[1]));
            let rules = LinkRules::default();
            let urls: Vec<&Url> = seen.posts.iter().map(|post| &post.url).collect();
            let part = asked(&seen, lacking(&read, &rules)(&urls));
            proptest::prop_assert_eq!(complete(read.clone(), part, &rules), complete(read, seen, &rules));
        }
    }
}
