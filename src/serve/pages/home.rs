//! `/`: the sources, how they are, and what is wrong.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::catalog::Listed;
use crate::model::feed::{Feed, FeedKind, FeedPath};
use crate::serve::answer;
use crate::serve::house::House;
use crate::serve::routes::Trouble;
use crate::serve::words::Words;

use super::frame::{FeedRow, Frame, SourceRow, by_path, list};

/// Sources whose feeds the page's head names; a reader that looks for feeds shows them all in one list.
const NAMED: usize = 50;

/// Of very many sources those are shown that fail, at most this number of them.
const FAILING: usize = 100;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    summary: String,
    sources: Vec<SourceRow>,
    merged: Vec<FeedRow>,
}

pub(in crate::serve) async fn page(State(house): State<Arc<House>>, headers: HeaderMap) -> Result<Response, Trouble> {
    let words = Words::wanted(&headers, house.language);
    let crowd = house.crowd().await?;
    let (mut sources, feeds) = if crowd.is_some() {
        let failing = house.store.failing_sources(FAILING).await?;
        let mut feeds = Vec::with_capacity(failing.len());
        for overview in &failing {
            feeds.extend(house.store.feed(&FeedPath::new(&overview.source.id, None)).await?);
        }
        (failing, feeds)
    } else {
        (house.store.sources().await?, house.store.feeds(None).await?)
    };
    sources.retain(|overview| !overview.removed);
    let merged = house.store.merged_feeds().await?;
    let whole = |feed: &Feed| matches!(feed.kind, FeedKind::All | FeedKind::Merged(_));
    let whole: Vec<_> = feeds.into_iter().filter(whole).collect();
    let listed = list(&house, &sources, &merged, &whole);
    let by_path = by_path(&listed);
    let over_several: Vec<Listed> = listed.iter().filter(|feed| feed.source.is_none()).cloned().collect();
    let mut sources: Vec<SourceRow> =
        sources.iter().map(|overview| SourceRow::new(&house, words, overview, &by_path)).collect();
    // What needs somebody is seen first; the order is stable otherwise.
    sources.sort_by_key(|source| !source.needs_care());
    let page = Home {
        frame: Frame::new(&house, words, words.sources.to_owned()).naming(listed.iter().take(NAMED)),
        summary: match crowd {
            Some(tally) => words.summary(count(tally.sources), count(tally.failing)),
            None => words.summary(sources.len(), sources.iter().filter(|source| source.needs_care()).count()),
        },
        sources,
        merged: FeedRow::all(&house, words, &over_several, &whole, None),
    };
    Ok(answer::page(StatusCode::OK, &headers, words.tag, &page.render()?))
}

fn count(sources: u64) -> usize {
    usize::try_from(sources).unwrap_or(usize::MAX)
}
