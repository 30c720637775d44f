//! Sitemaps (sitemaps.org 0.9): addresses alone, so the posts are told by the shape that most addresses share.
//!
//! `lastmod` says when a page changed and not when it appeared, so it orders the posts and dates none. Only the
//! extension for news tells a date and a title.

use std::collections::HashMap;

use url::Url;

use super::super::contract::ExtractError;
use super::super::detect::post_shape;
use super::channel::{Channel, Entry};
use super::tree::Element;

/// A shape that fewer addresses share is no list of posts beside one that more do.
const SHARE_OF_LARGEST: f64 = 0.2;

/// What the sitemap lists; an index of sitemaps lists no posts.
pub(super) fn read(root: &Element, page: &Url) -> Result<Channel, ExtractError> {
    if root.name == "sitemapindex" {
        let maps = root.all("sitemap").filter_map(|map| map.text_of("loc")).take(5).collect();
        return Err(ExtractError::SitemapIndex { url: page.clone(), maps });
    }
    let mut pages: Vec<(String, String, Entry)> = root
        .all("url")
        .filter_map(|url| {
            let address = url.text_of("loc")?;
            let shape = post_shape(&Url::parse(&address).ok()?, &page.join("/").ok()?)?;
            Some((shape, url.text_of("lastmod").unwrap_or_default(), entry(url, address)))
        })
        .collect();
    let mut shapes: HashMap<String, usize> = HashMap::new();
    for (shape, _, _) in &pages {
        *shapes.entry(shape.clone()).or_default() += 1;
    }
    let most = shapes.values().copied().max().unwrap_or(0);
    let enough = |shape: &String| number(shapes[shape]) >= number(most) * SHARE_OF_LARGEST;
    pages.retain(|(shape, _, _)| enough(shape));
    if pages.iter().all(|(_, changed, _)| !changed.is_empty()) {
        pages.sort_by(|(_, one, _), (_, other, _)| other.cmp(one));
    }
    let entries = pages.into_iter().map(|(_, _, entry)| entry).collect();
    Ok(Channel { how: "sitemap", entries, ..Channel::default() })
}

fn entry(url: &Element, address: String) -> Entry {
    let news = url.all("news:news").next();
    Entry {
        links: vec![address],
        title: news.and_then(|news| news.text_of("news:title")).unwrap_or_default(),
        dates: news.and_then(|news| news.text_of("news:publication_date")).into_iter().collect(),
        ..Entry::default()
    }
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
