//! `/events`: what agents on other machines are told, as it is told (server-sent events, HTML Living Standard §9.2).
//!
//! A reader gives back the last id that it got and goes on from there; without one it begins with what comes next, and
//! an id alone, without data, tells it where that is. Beside messages, which have no `event` field, there are `gap`
//! (what followed the reader's place is not here any more) and `current` (all that was kept is told, the rest comes
//! live). Comments keep the connection alive. Nothing here may be kept or held back by a proxy.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::Response;
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, sleep_until};
use tracing::{debug, error};

use super::answer;
use super::doors::Admission;
use super::house::House;
use super::routes::{Trouble, busy};
use crate::model::event::{EventLog, Start};
use crate::model::failure::with_causes;
use crate::store::StoreError;

/// Where events are followed.
pub(super) const EVENTS: &str = "/events";

/// The media type of the stream.
const MEDIA_TYPE: &str = "text/event-stream";

/// Milliseconds after which a reader whose connection was cut comes back.
const RETRY_MS: u32 = 500;

/// Events read from the store at a time.
const PAGE: usize = 50;

/// How often the log is looked at where others write into it.
const AMONG_OTHERS: Duration = Duration::from_secs(2);

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Marks an answer that does not end by itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Endless;

impl Endless {
    pub(super) fn is(answer: &Response) -> bool {
        answer.extensions().get::<Self>().is_some()
    }
}

/// A reader of the log.
struct Follower {
    house: Arc<House>,
    log: EventLog,
    /// The number of the last event that was sent.
    after: i64,
    /// What is sent before any event.
    greeting: Option<String>,
    /// Whether all that was kept was sent.
    is_current: bool,
    bell: watch::Receiver<i64>,
    stopping: watch::Receiver<bool>,
    /// When the connection is to be kept alive next.
    beat: Instant,
    /// What the reader showed to be let in.
    headers: HeaderMap,
    query: Option<String>,
    _room: OwnedSemaphorePermit,
}

pub(super) async fn follow(State(house): State<Arc<House>>, request: Request) -> Result<Response, Trouble> {
    let Some(bell) = house.events.clone() else {
        let text = "no events are told here: set `[notify.agents] enabled = true` in the configuration of this server";
        return Ok(no_store(answer::line(StatusCode::NOT_FOUND, text)));
    };
    let Ok(room) = Arc::clone(&house.followers).try_acquire_owned() else {
        return Ok(busy("too many follow the events already"));
    };
    let log = house.store.event_log().await?;
    let (asked, _) = request.into_parts();
    let last = asked.headers.get(LAST_EVENT_ID).and_then(|value| value.to_str().ok());
    let (after, greeting) = greeting(&log, last);
    let follower = Follower {
        after,
        greeting: Some(greeting),
        is_current: false,
        bell,
        stopping: house.stopping.clone(),
        beat: Instant::now() + house.limits.heartbeat,
        query: asked.uri.query().map(str::to_owned),
        headers: asked.headers,
        house,
        log,
        _room: room,
    };
    let events = stream::unfold(follower, |mut follower| async {
        let text = follower.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(text)), follower))
    });
    let mut answer = no_store(answer::of(StatusCode::OK, MEDIA_TYPE, Body::from_stream(events)));
    answer::set(&mut answer, ACCEL_BUFFERING, "no");
    // The seat is the follower's to the end.
    answer::set(&mut answer, header::CONNECTION, "close");
    answer.extensions_mut().insert(Endless);
    Ok(answer)
}

fn no_store(mut answer: Response) -> Response {
    answer::set(&mut answer, header::CACHE_CONTROL, "no-store");
    answer
}

/// Where a reader with this place begins, and what it is told first.
fn greeting(log: &EventLog, last: Option<&str>) -> (i64, String) {
    let (after, gap) = match log.start(last) {
        Start::After(number) => (number, None),
        Start::Lost => (log.oldest - 1, Some("lost")),
        Start::Elsewhere => (log.oldest - 1, Some("elsewhere")),
    };
    let mut text = format!("retry: {RETRY_MS}\n\n");
    let id = log.place(after);
    let said = match gap {
        Some(why) => write!(text, "event: gap\nid: {id}\ndata: {{\"why\":\"{why}\"}}\n\n"),
        None => write!(text, "id: {id}\n\n"),
    };
    said.expect("a String takes every letter");
    (after, text)
}

impl Follower {
    /// What is sent next; `None` ends the stream, and the reader comes back for the rest.
    async fn next(&mut self) -> Option<String> {
        if let Some(greeting) = self.greeting.take() {
            return Some(greeting);
        }
        loop {
            if *self.stopping.borrow() {
                return None;
            }
            self.bell.borrow_and_update();
            match self.page().await {
                Err(error) => {
                    error!(error = with_causes(&error), "events cannot be read");
                    return None;
                }
                Ok(Some(page)) => return Some(page),
                Ok(None) if !self.is_current => {
                    self.is_current = true;
                    return Some(format!("event: current\nid: {}\ndata: {{}}\n\n", self.log.place(self.after)));
                }
                Ok(None) => {}
            }
            let next_look = self.next_look();
            tokio::select! {
                _ = self.stopping.wait_for(|stops| *stops) => return None,
                rung = self.bell.changed() => if rung.is_err() { return None },
                () = sleep_until(next_look) => {}
            }
            if Instant::now() >= self.beat {
                self.beat = Instant::now() + self.house.limits.heartbeat;
                return if self.may_stay().await { Some(":\n\n".to_owned()) } else { None };
            }
        }
    }

    /// When to look again though nobody rings: what another process tells rings no bell here.
    fn next_look(&self) -> Instant {
        if self.house.store.is_shared() { self.beat.min(Instant::now() + AMONG_OTHERS) } else { self.beat }
    }

    /// The next events of the log, if there are any.
    async fn page(&mut self) -> Result<Option<String>, StoreError> {
        let events = self.house.store.events(self.after, PAGE).await?;
        let Some(last) = events.last() else { return Ok(None) };
        self.after = last.number;
        let mut text = String::new();
        for event in &events {
            // JSON has no line ends.
            write!(text, "id: {}\ndata: {}\n\n", self.log.place(event.number), event.data)
                .expect("a String takes every letter");
        }
        Ok(Some(text))
    }

    /// Whether the reader's token is still one.
    async fn may_stay(&self) -> bool {
        let doors = &self.house.doors;
        match doors.admit(&*self.house.store, &self.headers, self.query.as_deref()).await {
            Ok(Admission::Refused) => {
                debug!("who follows events is not let in any more");
                false
            }
            // Nobody is sent away because the state is busy.
            Ok(Admission::Open | Admission::Shown) | Err(_) => true,
        }
    }
}
