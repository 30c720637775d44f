//! `/view/PATH`: a feed as people read it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::model::feed::FeedPath;
use crate::serve::answer;
use crate::serve::feeds::below;
use crate::serve::house::House;
use crate::serve::routes::Trouble;
use crate::serve::words::Words;

use super::frame::{FeedLink, Frame, PostRow, links, list, tag};
use super::missing::{self, Missing};

#[derive(Template)]
#[template(path = "view.html")]
struct View {
    frame: Frame,
    language: Option<String>,
    count: String,
    links: Vec<FeedLink>,
    posts: Vec<PostRow>,
}

pub(in crate::serve) async fn page(State(house): State<Arc<House>>, request: Request) -> Result<Response, Trouble> {
    let headers = request.headers();
    let words = Words::wanted(headers, house.language);
    let path = below(request.uri().path(), "/view/").unwrap_or_default();
    let Some(found) = house.shelf.find(&*house.store, &FeedPath::from_text(path.as_str())).await? else {
        return missing::answer(&house, headers, Missing::Unknown, Some(&path)).await;
    };
    if let Some(why) = found.missing() {
        return missing::answer(&house, headers, why, Some(&path)).await;
    }
    let document = house.shelf.document(&*house.store, &found).await?;
    let merged = if found.source.is_none() { house.store.merged_feeds().await? } else { Vec::new() };
    let listed = list(&house, found.source.as_slice(), &merged, std::slice::from_ref(&found.feed));
    let frame = Frame::new(&house, words, document.head.title);
    let frame = match &found.source {
        Some(source) => frame.below_source(source),
        None => frame.below_home(),
    };
    let page = View {
        frame: frame.naming(&listed),
        language: tag(document.head.language.as_deref()),
        count: words.count(found.feed.posts),
        links: listed.first().map(links).unwrap_or_default(),
        posts: document.posts.iter().map(|post| PostRow::new(words, post)).collect(),
    };
    Ok(answer::page(StatusCode::OK, headers, words.tag, &page.render()?))
}
