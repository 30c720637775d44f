//! `/`: the sources, how they are, and what is wrong.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::model::feed::FeedKind;
use crate::serve::answer;
use crate::serve::house::House;
use crate::serve::routes::Trouble;
use crate::serve::words::Words;

use super::frame::{Frame, SourceRow, by_path, list};

/// Sources whose feeds the page's head names; a reader that looks for feeds shows them all in one list.
const NAMED: usize = 50;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    summary: String,
    sources: Vec<SourceRow>,
}

pub(in crate::serve) async fn page(State(house): State<Arc<House>>, headers: HeaderMap) -> Result<Response, Trouble> {
    let words = Words::wanted(&headers, house.language);
    let (mut sources, feeds) = (house.store.sources().await?, house.store.feeds(None).await?);
    sources.retain(|overview| !overview.removed);
    let whole: Vec<_> = feeds.into_iter().filter(|feed| feed.kind == FeedKind::All).collect();
    let listed = list(&house, &sources, &whole);
    let by_path = by_path(&listed);
    let mut sources: Vec<SourceRow> =
        sources.iter().map(|overview| SourceRow::new(&house, words, overview, &by_path)).collect();
    // What needs somebody is seen first; the order is stable otherwise.
    sources.sort_by_key(|source| !source.needs_care());
    let page = Home {
        frame: Frame::new(&house, words, words.sources.to_owned()).naming(listed.iter().take(NAMED)),
        summary: words.summary(sources.len(), sources.iter().filter(|source| source.needs_care()).count()),
        sources,
    };
    Ok(answer::page(StatusCode::OK, &headers, words.tag, &page.render()?))
}
