//! `/healthz`: we answer. `/readyz`: the store does, too. `/metrics`: all that is counted.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use tokio::time::timeout;

use super::answer;
use super::house::House;
use super::metrics::MEDIA_TYPE;
use super::routes::Trouble;

/// Longer than this, a store that answers is no better than one that does not.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) async fn alive() -> Response {
    answer::line(StatusCode::OK, "ok")
}

pub(super) async fn ready(State(house): State<Arc<House>>) -> Response {
    match timeout(PATIENCE, house.store.outbox()).await {
        Ok(Ok(_)) => answer::line(StatusCode::OK, "ready"),
        Ok(Err(error)) => {
            // The cause may name paths; whoever may read the log finds it there.
            tracing::warn!(%error, "not ready: the state cannot be read");
            answer::line(StatusCode::SERVICE_UNAVAILABLE, "the state cannot be read")
        }
        Err(_) => answer::line(StatusCode::SERVICE_UNAVAILABLE, "the state does not answer within 2 seconds"),
    }
}

pub(super) async fn metrics(State(house): State<Arc<House>>) -> Result<Response, Trouble> {
    let now = house.clock.now();
    let (sources, outbox) = (house.store.tally(now).await?, house.store.outbox().await?);
    let text = house.metrics.text(sources, outbox);
    Ok(answer::of(StatusCode::OK, MEDIA_TYPE, text))
}
