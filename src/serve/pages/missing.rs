//! What is said where there is nothing, or nothing any more: what there is instead.

use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use crate::catalog::Listed;
use crate::model::feed::FeedPath;
use crate::model::source::SourceId;
use crate::serve::answer;
use crate::serve::house::House;
use crate::serve::routes::Trouble;
use crate::serve::words::Words;

use super::frame::{Frame, list, view};

/// Lines that are shown of what there is.
const SHOWN: usize = 50;

/// Why there is nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::serve) enum Missing {
    /// There never was.
    Unknown,
    /// Its source is no longer watched.
    Removed,
    /// It is no longer offered.
    Unchosen,
}

/// Something that people can read instead.
struct There {
    name: String,
    page: String,
}

#[derive(Template)]
#[template(path = "missing.html")]
struct MissingPage {
    frame: Frame,
    text: &'static str,
    there: Vec<There>,
}

/// 404 or 410, as a page for people and as lines for everybody else. `asked` is the path of a feed, if one was asked
/// for: then the feeds of its source are shown.
pub(in crate::serve) async fn answer(
    house: &House,
    headers: &HeaderMap,
    why: Missing,
    asked: Option<&str>,
) -> Result<Response, Trouble> {
    let words = Words::wanted(headers, house.language);
    let (status, text) = match why {
        Missing::Unknown => (StatusCode::NOT_FOUND, words.not_found_text),
        Missing::Removed => (StatusCode::GONE, words.removed_text),
        Missing::Unchosen => (StatusCode::GONE, words.unchosen_text),
    };
    let there = there(house, why, asked).await?;
    if answer::wants_html(headers) {
        let frame = Frame::new(house, words, words.not_found.to_owned()).below_home().naming(&there);
        let there = there.into_iter().map(|feed| There { page: view(house, &feed.path), name: feed.title }).collect();
        let page = MissingPage { frame, text, there };
        return Ok(answer::page(status, headers, words.tag, &page.render()?));
    }
    let mut lines = text.to_owned();
    if !there.is_empty() {
        lines.extend(["\n", words.exists]);
    }
    for feed in there {
        // A title is the blog's: it must not break out of its line.
        let name: String = feed.title.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
        let url = feed.urls.first().map_or("", |(_, url)| url.as_str());
        lines.extend(["\n  ", url, "  ", name.as_str()]);
    }
    let mut plain = answer::line(status, &lines);
    answer::set(&mut plain, header::VARY, "accept, accept-language");
    answer::set(&mut plain, header::CACHE_CONTROL, "no-cache");
    Ok(plain)
}

/// The feeds of the source that was asked for, else the feed of each source.
async fn there(house: &House, why: Missing, asked: Option<&str>) -> Result<Vec<Listed>, Trouble> {
    let source = asked.and_then(|asked| asked.split(['/', '.']).next());
    let source = source.and_then(|name| SourceId::try_from(name.to_owned()).ok()).filter(|_| why != Missing::Removed);
    let source = match source {
        Some(id) => house.store.source(&id).await?.filter(|overview| !overview.removed),
        None => None,
    };
    let (sources, feeds) = if let Some(overview) = source {
        let feeds = house.store.feeds(Some(&overview.source.id)).await?;
        (vec![overview], feeds)
    } else {
        let sources = house.store.sources_after(None, SHOWN).await?;
        let mut whole = Vec::with_capacity(sources.len());
        for overview in &sources {
            whole.extend(house.store.feed(&FeedPath::new(&overview.source.id, None)).await?);
        }
        (sources, whole)
    };
    let mut there = list(house, &sources, &[], &feeds);
    there.truncate(SHOWN);
    Ok(there)
}
