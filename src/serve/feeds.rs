//! `/feeds/…`: the documents, and what is said where there is none.
//!
//! A path is a key of the store and never a file's name. Nothing here redirects: some readers follow nothing.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;
use xxhash_rust::xxh3::xxh3_128;

use crate::catalog;
use crate::feed::opml;
use crate::model::feed::{FeedPath, Format};

use super::answer::{self, Document};
use super::coding::Coding;
use super::conditional;
use super::house::{House, facts_of};
use super::pages::missing::{self, Missing};
use super::routes::Trouble;

/// The media type of a list of feeds.
const OPML: &str = "text/x-opml; charset=utf-8";

/// What the paths of feeds begin with.
pub(super) const FEEDS: &str = "/feeds/";

/// A feed in one format.
pub(super) async fn feed(house: &House, path: &str, headers: &HeaderMap) -> Result<Response, Trouble> {
    let asked = below(path, FEEDS);
    let named = asked.as_deref().and_then(|asked| asked.rsplit_once('.'));
    let named = named.and_then(|(path, extension)| Some((path, Format::from_extension(extension)?)));
    let format = named.map(|(_, format)| format);
    let answer = match named {
        None => missing::answer(house, headers, Missing::Unknown, asked.as_deref()).await?,
        Some((path, format)) => named_feed(house, headers, path, format).await?,
    };
    house.metrics.feed_asked(format, answer.status().as_u16());
    Ok(answer)
}

async fn named_feed(house: &House, headers: &HeaderMap, path: &str, format: Format) -> Result<Response, Trouble> {
    let asked = FeedPath::from_text(path);
    let (feed, page) = asked.as_archive().map_or((asked, None), |(feed, page)| (feed, Some(page)));
    let Some(found) = house.shelf.find(&*house.store, &feed).await? else {
        return missing::answer(house, headers, Missing::Unknown, Some(path)).await;
    };
    if let Some(why) = found.missing() {
        return missing::answer(house, headers, why, Some(path)).await;
    }
    let rendered = house.shelf.rendered(&*house.store, &found, page, format, Coding::wanted(headers)).await?;
    let Some(rendered) = rendered else {
        return missing::answer(house, headers, Missing::Unknown, Some(path)).await;
    };
    let document = Document {
        media_type: format.media_type(),
        bytes: rendered.bytes.clone(),
        coding: rendered.coding,
        tag: &rendered.tag,
        // A clock that goes ahead of ours would keep readers from ever seeing the next change (RFC 9110 §8.8.2.1).
        modified: Some(rendered.modified.min(house.clock.now())),
        cache_control: &house.cache_control,
    };
    let mut answer = document.answer(headers);
    if let Some(hub) = house.hub.as_ref().filter(|_| page.is_none()) {
        // WebSub §4: readers look here first.
        let own = catalog::feed_url(&house.base_url, &found.feed.path, format);
        answer::set(&mut answer, header::LINK, &format!("<{hub}>; rel=\"hub\", <{own}>; rel=\"self\""));
    }
    Ok(answer)
}

/// `/opml`: every feed, for readers that import a list.
pub(super) async fn opml(State(house): State<Arc<House>>, headers: HeaderMap) -> Result<Response, Trouble> {
    if house.crowd().await?.is_some() {
        let text = "there are too many feeds to be listed here: `sosik feeds --opml` lists them on the server";
        return Ok(answer::line(StatusCode::NOT_FOUND, text));
    }
    let sources = house.store.sources().await?;
    let facts: Vec<_> = sources.iter().filter(|overview| !overview.removed).map(facts_of).collect();
    let listed =
        catalog::list(&house.store.feeds(None).await?, &facts, &house.store.merged_feeds().await?, &house.base_url);
    Ok(whole(&house, &headers, OPML, opml::render("sosik", &listed).into()))
}

/// `/style.css`.
pub(super) async fn style(State(house): State<Arc<House>>, headers: HeaderMap) -> Response {
    let style = Bytes::from_static(include_bytes!("pages/style.css"));
    whole(&house, &headers, "text/css; charset=utf-8", style)
}

/// `/icon.svg`, which is the program's everywhere.
pub(super) async fn icon(State(house): State<Arc<House>>, headers: HeaderMap) -> Response {
    let icon = Bytes::from_static(include_bytes!("../../assets/sosik.svg"));
    whole(&house, &headers, "image/svg+xml", icon)
}

/// A document that is made for each request, with a tag of its own.
fn whole(house: &House, headers: &HeaderMap, media_type: &'static str, bytes: Bytes) -> Response {
    let coding = Coding::wanted(headers).for_size(bytes.len());
    let tag = conditional::tag(&bytes, media_type);
    let bytes = if coding == Coding::Identity { bytes } else { coding.encode(&bytes).into() };
    let cache_control = &house.cache_control;
    Document { media_type, bytes, coding, tag: &tag, modified: None, cache_control }.answer(headers)
}

/// What stands below a prefix, decoded and in the normal form of slugs. `None`: it is no text.
pub(super) fn below(path: &str, prefix: &str) -> Option<String> {
    let asked = percent_decode_str(path.strip_prefix(prefix)?).decode_utf8().ok()?;
    Some(if asked.is_ascii() { asked.into_owned() } else { asked.nfc().collect() })
}

/// Names the style in pages, so that a new one is fetched at once.
pub(super) fn style_version() -> String {
    format!("{:08x}", xxh3_128(include_bytes!("pages/style.css")) >> 96)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded_once() {
        for (path, expected) in [
            ("/feeds/slow.atom", Some("slow.atom")),
            ("/feeds/slow/%EC%97%AC%ED%96%89.rss", Some("slow/여행.rss")),
            ("/feeds/slow/%E1%84%92%E1%85%A1%E1%86%AB.rss", Some("slow/한.rss")),
            ("/feeds/%252e%252e/x", Some("%2e%2e/x")),
            ("/feeds/%c0%ae", None),
            ("/other", None),
        ] {
            assert_eq!(below(path, "/feeds/").as_deref(), expected, "{path}");
        }
    }
}
