//! Whether a page yields what a healthy page of its source does.
//!
//! The profile is learnt from good pages. A page far off it is a broken layout, or another page than the blog's, and
//! not news: nothing of it is taken. Fewer posts alone are no sign, for a blog may remove its posts one by one.

use std::collections::HashSet;

use crate::model::failure::{Failure, Step};
use crate::model::post::Candidate;
use crate::model::report::Profile;

/// How fast a profile follows the blog: a page weighs at least so much.
const FOLLOWS: f64 = 0.2;

/// A field counts as usual when so many posts have it.
const USUAL: f64 = 0.6;

/// A usual field is gone when fewer than so many of those that should have it do.
const GONE: f64 = 0.5;

/// Posts on a page from which shares say anything.
const ENOUGH: usize = 3;

/// What this page yields, as a profile of one page.
pub fn yielded(posts: &[Candidate]) -> Profile {
    let count = |has: &dyn Fn(&Candidate) -> bool| number(posts.iter().filter(|post| has(post)).count());
    let share =
        |has: &dyn Fn(&Candidate) -> bool| if posts.is_empty() { 0.0 } else { count(has) / number(posts.len()) };
    // "Read more" under every post is nobody's title.
    let titles: HashSet<&str> =
        posts.iter().map(|post| post.title.as_str()).filter(|title| !title.is_empty()).collect();
    Profile {
        pages: 1,
        posts: number(posts.len()),
        titled: if posts.is_empty() { 0.0 } else { number(titles.len()) / number(posts.len()) },
        dated: share(&|post| post.published.is_some()),
        categorised: share(&|post| !post.categories.is_empty()),
        excerpted: share(&|post| post.excerpt.is_some()),
    }
}

/// The profile after one more good page.
pub fn learn(profile: Option<Profile>, page: Profile) -> Profile {
    let Some(profile) = profile else { return page };
    let weight = FOLLOWS.max(1.0 / f64::from(profile.pages + 1));
    let blend = |known: f64, seen: f64| known + (seen - known) * weight;
    Profile {
        pages: profile.pages.saturating_add(1),
        // The posts of a full page: one that is short for a while does not make the next full one look odd.
        posts: profile.posts.max(page.posts),
        titled: blend(profile.titled, page.titled),
        dated: blend(profile.dated, page.dated),
        categorised: blend(profile.categorised, page.categorised),
        excerpted: blend(profile.excerpted, page.excerpted),
    }
}

/// What is wrong with a page by its source's profile; `None` where nothing is.
///
/// Half of the usual fields gone, or every title, is a broken layout: one field alone may be a new habit.
pub fn complaint(profile: &Profile, posts: &[Candidate], url: &str) -> Option<Failure> {
    if posts.len() < ENOUGH {
        return None;
    }
    let seen = yielded(posts);
    let fields = [
        ("titles", profile.titled, seen.titled),
        ("dates", profile.dated, seen.dated),
        ("categories", profile.categorised, seen.categorised),
        ("excerpts", profile.excerpted, seen.excerpted),
    ];
    let usual: Vec<_> = fields.into_iter().filter(|(_, known, _)| *known >= USUAL).collect();
    let gone: Vec<&str> =
        usual.iter().filter(|(_, known, seen)| *seen < *known * GONE).map(|(name, ..)| *name).collect();
    if gone.is_empty() || (gone.len() * 2 < usual.len() && !gone.contains(&"titles")) {
        return None;
    }
    Some(Failure {
        step: Step::Extract,
        message: format!("the posts on {url} have lost their {}, which they always had", list(&gone)),
        help: format!(
            "the site may have a new layout: compare `sosik preview {url}` with the blog; feeds and posts stay as they are"
        ),
        transient: true,
        chain: Vec::new(),
        unreachable: false,
    })
}

/// The failure of a page on which no post is one of the blog's.
pub fn stranger(url: &str, posts: usize) -> Failure {
    Failure {
        step: Step::Extract,
        message: format!("none of the {posts} posts on {url} is known, though the blog was read before"),
        help: format!(
            "see whether {url} still is the blog; if it moved, set the source's `url` to its new address and refresh again"
        ),
        transient: true,
        chain: Vec::new(),
        unreachable: false,
    }
}

fn list(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::category::CategoryPath;
    use crate::model::date::{Precision, Published};
    use jiff::Timestamp;

    /// Posts of which each letter names a field: t title, T the same title, d date, c category, e excerpt.
    fn page(rows: &[&str]) -> Vec<Candidate> {
        let post = |(number, fields): (usize, &&str)| Candidate {
            url: url::Url::parse(&format!("https://x.org/{number}")).unwrap(),
            title: match fields.chars().find(|field| "tT".contains(*field)) {
                Some('t') => format!("글 {number}"),
                Some(_) => "더보기".to_owned(),
                None => String::new(),
            },
            excerpt: fields.contains('e').then(|| "처음".to_owned()),
            published: fields.contains('d').then_some(Published {
                at: Timestamp::UNIX_EPOCH,
                offset_seconds: 0,
                precision: Precision::Day,
            }),
            tags: Vec::new(),
            categories: if fields.contains('c') { CategoryPath::new(["a"]).into_iter().collect() } else { Vec::new() },
            author: None,
            image: None,
            enclosures: Vec::new(),
            pinned: false,
            no_category: None,
        };
        rows.iter().enumerate().map(post).collect()
    }

    fn complains(usual: &[&str], now: &[&str]) -> bool {
        complaint(&yielded(&page(usual)), &page(now), "https://x.org/").is_some()
    }

    #[test]
    fn half_the_usual_fields_gone_is_a_broken_layout() {
        let whole = ["tdce"; 10];
        for (now, broken) in [
            (vec!["tdce"; 10], false),
            (vec!["te"; 10], true),
            (vec!["tdc"; 10], false),
            (vec!["dce"; 10], true),
            (vec!["Tdce"; 10], true),
            (vec!["tdce", "Tdce", "Tdce", "tdce"], false),
            (vec!["tdce"; 3], false),
            (vec!["t"; 2], false),
            ([vec!["tdce"; 6], vec!["t"; 4]].concat(), false),
        ] {
            assert_eq!(complains(&whole, &now), broken, "{now:?}");
        }
        assert!(!complains(&["te"; 10], &["te"; 10]), "what never was there is not missed");
        assert!(!complains(&["te"; 10], &["tdce"; 10]), "more than usual is no fault");
        assert!(complains(&["t"; 10], &["e"; 10]));
    }

    #[test]
    fn a_profile_follows_slowly() {
        let mut profile = yielded(&page(&["tdce"; 10]));
        for _ in 0..3 {
            profile = learn(Some(profile), yielded(&page(&["tdc"; 4])));
        }
        assert_eq!((profile.pages, profile.posts, profile.titled), (4, 10.0, 1.0));
        assert!(profile.excerpted > 0.2 && profile.excerpted < 0.5, "{}", profile.excerpted);
    }
}
