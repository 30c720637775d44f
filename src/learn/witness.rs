//! What the site's own feed or sitemap says of a list: whether the posts in it are the blog's.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;

use crate::extract::{CompiledRecipe, Context, read};
use crate::model::link::{LinkRules, canonical};
use crate::model::page::Page;
use crate::model::post::Candidates;
use crate::model::source::{HtmlRecipe, Recipe};

/// Fewer posts than these witness nothing.
const FEWEST: usize = 3;

/// How much of the doubt a witness that agrees takes away, and of the trust one that knows none of the posts.
const WEIGHT: f64 = 0.6;

/// What agreement is worth beside what a list shows (`quality::value`): less than being the whole blog's.
const WORTH: f64 = 4.0;

/// How far a list and what the site says of itself name the same posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Agreement {
    /// Posts that both name.
    shared: usize,
    /// Posts that the site names.
    told: usize,
    /// Posts that both could name: as many as the shorter one has.
    possible: usize,
}

impl Agreement {
    /// From -`WORTH`, where no post is shared, to `WORTH`, where all are.
    pub(super) fn worth(&self) -> f64 {
        if self.shared == 0 { -WORTH } else { WORTH * self.share() }
    }

    /// What `confidence` (0 to 1) becomes.
    pub(super) fn weigh(&self, confidence: f64) -> f64 {
        let weighed = if self.shared == 0 {
            confidence * (1.0 - WEIGHT)
        } else {
            confidence + (1.0 - confidence) * WEIGHT * self.share()
        };
        (weighed * 100.0).round() / 100.0
    }

    fn share(&self) -> f64 {
        let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        number(self.shared) / number(self.possible.max(1))
    }
}

impl fmt::Display for Agreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the site itself names {} posts, {} of them in the list", self.told, self.shared)
    }
}

/// The posts of a feed or a sitemap; `None` where the page is neither.
pub(super) fn told(page: &Page, now: Timestamp) -> Option<Candidates> {
    let open = CompiledRecipe::compile(&Recipe::Html(HtmlRecipe::default())).ok()?;
    let context = Context::at(now);
    let told = read(page, &open, &context).ok()?.candidates;
    (told.how.starts_with("feed:") || told.how == "sitemap").then_some(told)
}

/// How far both agree; `None` where either names too few posts to tell.
pub(super) fn agreement(list: &Candidates, told: &Candidates) -> Option<Agreement> {
    let keys = |posts: &Candidates| -> BTreeSet<String> {
        posts.posts.iter().map(|post| canonical(&post.url, &LinkRules::default())).collect()
    };
    let (list, told) = (keys(list), keys(told));
    let possible = list.len().min(told.len());
    let shared = list.intersection(&told).count();
    (possible >= FEWEST).then_some(Agreement { shared, told: told.len(), possible })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::page::Validators;

    fn feed(paths: &[&str]) -> Candidates {
        let item = |path: &&str| format!("<item><title>t{path}</title><link>https://a.example{path}</link></item>");
        let items = paths.iter().map(item).collect::<Vec<_>>().concat();
        let text = format!("<rss version='2.0'><channel><title>A</title>{items}</channel></rss>");
        let url = "https://a.example/rss".parse().unwrap();
        let page = Page { url, text, media_type: None, validators: Validators::default() };
        told(&page, Timestamp::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn a_sitemap_names_posts_too() {
        let url = "https://a.example/sitemap.xml".parse().unwrap();
        let text = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://a.example/</loc></url>\
                    <url><loc>https://a.example/1</loc></url><url><loc>https://a.example/2</loc></url>\
                    <url><loc>https://a.example/3</loc></url></urlset>";
        let page = Page { url, text: text.to_owned(), media_type: None, validators: Validators::default() };
        let told = told(&page, Timestamp::UNIX_EPOCH).unwrap();
        let agreed = agreement(&feed(&["/1", "/2", "/3"]), &told).unwrap();
        assert!(agreed.worth() > 3.9, "{agreed:?}");
    }

    #[test]
    fn a_page_that_is_no_feed_tells_nothing() {
        let url = "https://a.example/".parse().unwrap();
        let text = "<ul><li><a href='/1'>One post</a><li><a href='/2'>Another post</a></ul>".to_owned();
        let page = Page { url, text, media_type: None, validators: Validators::default() };
        assert_eq!(told(&page, Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn a_list_is_believed_as_far_as_the_site_names_its_posts() {
        let told = feed(&["/1", "/2", "/3", "/4"]);
        for (list, worth, weighed) in [
            (&["/1", "/2", "/3", "/4", "/5"][..], 4.0, 0.88),
            (&["/1", "/2", "/8", "/9"], 2.0, 0.79),
            (&["/6", "/7", "/8", "/9"], -4.0, 0.28),
        ] {
            let agreed = agreement(&feed(list), &told).unwrap();
            let near = |one: f64, other: f64| (one - other).abs() < 1e-9;
            assert!(near(agreed.worth(), worth), "{list:?}: {agreed:?}");
            assert!(near(agreed.weigh(0.7), weighed), "{list:?}: {}", agreed.weigh(0.7));
        }
    }

    #[test]
    fn a_few_posts_prove_nothing() {
        assert_eq!(agreement(&feed(&["/1", "/2"]), &feed(&["/8", "/9", "/10"])), None);
    }
}
