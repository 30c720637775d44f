//! `/sources/ID`: one source with its categories, where to subscribe, and its newest posts.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::model::feed::FeedKind;
use crate::model::source::SourceId;
use crate::serve::answer;
use crate::serve::feeds::below;
use crate::serve::house::{House, facts_of};
use crate::serve::routes::Trouble;
use crate::serve::words::Words;
use crate::store::contract::Window;

use super::chart::{Chart, MONTHS};
use super::frame::{FeedRow, Frame, PostRow, SourceRow, by_path, list, web};
use super::missing::{self, Missing};

/// Posts that are listed.
const NEWEST: usize = 20;

/// Posts that are read for the chart.
const CHARTED: u32 = 1000;

#[derive(Template)]
#[template(path = "source.html")]
struct SourcePage {
    frame: Frame,
    source: SourceRow,
    website: Option<String>,
    feeds: Vec<FeedRow>,
    posts: Vec<PostRow>,
    chart: Option<Chart>,
    chart_text: String,
}

pub(in crate::serve) async fn page(State(house): State<Arc<House>>, request: Request) -> Result<Response, Trouble> {
    let headers = request.headers();
    let words = Words::wanted(headers, house.language);
    let name = below(request.uri().path(), "/sources/").unwrap_or_default();
    let found = match SourceId::try_from(name) {
        Ok(id) => house.store.source(&id).await?,
        Err(_) => None,
    };
    let Some(overview) = found else {
        return missing::answer(&house, headers, Missing::Unknown, None).await;
    };
    let id = overview.source.id.clone();
    if overview.removed {
        return missing::answer(&house, headers, Missing::Removed, Some(id.as_str())).await;
    }
    let feeds = house.store.feeds(Some(&id)).await?;
    // Those that stand in feeds, whether or not the feed of them all is offered.
    let posts = match feeds.iter().find(|feed| feed.kind == FeedKind::All) {
        Some(all) => house.store.feed_posts(all, Window { offset: 0, limit: Some(CHARTED) }).await?,
        None => Vec::new(),
    };
    let chart = Chart::of(&posts, posts.len() < CHARTED as usize, house.clock.now());
    let facts = facts_of(&overview);
    let listed = list(&house, std::slice::from_ref(&overview), &[], &feeds);
    let page = SourcePage {
        frame: Frame::new(&house, words, facts.shown_title()).below_home().naming(&listed),
        source: SourceRow::new(&house, words, &overview, &by_path(&listed)),
        website: web(&facts.home_url),
        feeds: FeedRow::all(&house, words, &listed, &feeds, facts.language.as_deref()),
        posts: posts.iter().take(NEWEST).map(|post| PostRow::new(words, post)).collect(),
        chart_text: chart
            .as_ref()
            .map(|chart| words.chart(MONTHS.min(chart.bars.len()), chart.posts))
            .unwrap_or_default(),
        chart,
    };
    Ok(answer::page(StatusCode::OK, headers, words.tag, &page.render()?))
}
