//! Answers the commands that come through the control socket: JSON over HTTP.
//!
//! Whoever may connect may make the daemon work, so only its own user and root are heard. What the loops must know is
//! handed on as an order; what is read from the state, and tokens, are answered here, whatever the loops do.

use std::convert::Infallible;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures_util::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;
use tokio::sync::{mpsc, oneshot};
use tracing::{debug, warn};

use super::hosts::standings;
use super::order::{Done, Identity, MintedToken, Named, News, Order, Quiet, Reason, Refusal, Undone};
use super::rename::Rename;
use super::shape::Status;
use super::shown::{busiest, shown};
use super::socket::{Socket, euid};
use crate::clock::Clock;
use crate::fetch::Budgets;
use crate::model::delivery::Chosen;
use crate::model::failure::with_causes;
use crate::model::source::SourceId;
use crate::model::token::Token;
use crate::store::stored::Offered;
use crate::store::{Store, StoreError};

/// Longest request body: the names of ten thousand sources fit, and some hundred sources with recipes.
const MAX_REQUEST: usize = 16 * 1024 * 1024;

/// Pages of which a slow listener may not have heard yet; then some are left out.
const UNHEARD: usize = 64;

/// What is asked for that nobody knows.
const ROUTES: &str = "there is GET /daemon, GET /status, POST /refresh, /reload, /rename, /prune, /tokens, \
                      /tokens/revoke, /sources, /sources/remove, /sources/rename, /recipes/forget, /recipes/undo, /notify/replay, /notify/quiet and /notify/seen";

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// What is answered without asking the loops.
pub struct Desk {
    /// Who we are.
    pub identity: Identity,
    /// The state.
    pub store: Arc<dyn Store>,
    /// What hosts may be asked, by the configuration in force.
    pub budgets: Arc<RwLock<Budgets>>,
    /// Tells what is due.
    pub clock: Clock,
    /// Where orders go.
    pub orders: mpsc::Sender<Order>,
}

/// Lets callers in for ever.
pub async fn serve(socket: Socket, desk: Desk) {
    let desk = Arc::new(desk);
    loop {
        let stream = match socket.listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of files, mostly: it passes, and asking at once would only keep us busy.
                warn!(%error, "a command cannot be let in for now");
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            }
        };
        if is_stranger(&stream) {
            warn!("a stranger at the control socket is not heard");
            continue;
        }
        let desk = Arc::clone(&desk);
        tokio::spawn(attend(stream, desk));
    }
}

/// Answers one caller until he goes.
#[doc(hidden)]
pub async fn attend(stream: UnixStream, desk: Arc<Desk>) {
    let answer = service_fn(move |request| {
        let desk = Arc::clone(&desk);
        async move { Ok::<_, Infallible>(respond(request, &desk).await.unwrap_or_else(|refusal| refused(&refusal))) }
    });
    let served = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
    if let Err(error) = served.await {
        debug!(%error, "a control connection broke off");
    }
}

/// Whether the other side is neither we nor root; the socket's permissions should have kept him out.
fn is_stranger(stream: &UnixStream) -> bool {
    stream.peer_cred().is_ok_and(|peer| ![0, euid()].contains(&peer.uid()))
}

async fn respond(request: Request<Incoming>, desk: &Desk) -> Result<Response<Body>, Refusal> {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    match (&method, path.as_str()) {
        (&Method::GET, "/daemon") => Ok(response(StatusCode::OK, &desk.identity)),
        (&Method::GET, "/status") => {
            Ok(response(StatusCode::OK, &desk.status().await.map_err(|error| of_store(&error))?))
        }
        (&Method::POST, "/refresh") => {
            let named: Named = read(request).await?;
            let (news, heard) = mpsc::channel(UNHEARD);
            desk.order(Order::Refresh(named.sources, news)).await?;
            Ok(lines(heard))
        }
        (&Method::POST, "/reload") => desk.ask(Order::Reload).await,
        (&Method::POST, "/rename") => {
            let rename: Rename = read(request).await?;
            desk.ask(|reply| Order::Rename(rename, reply)).await
        }
        (&Method::POST, "/prune") => {
            let named: Named = read(request).await?;
            let ids = named.sources.into_iter().map(SourceId::try_from).collect::<Result<_, _>>();
            let ids = ids.map_err(|error| Refusal::usage(error.to_string(), "see `sosik source prune`"))?;
            desk.ask(|reply| Order::Prune(ids, reply)).await
        }
        (&Method::POST, "/tokens") => {
            let token = Token::from(read::<MintedToken>(request).await?);
            let done = desk.store.put_token(&token).await.map_err(|error| of_store(&error))?;
            Ok(response(StatusCode::OK, &Done { done }))
        }
        (&Method::POST, "/tokens/revoke") => {
            let mut named: Named = read(request).await?;
            let name = named.sources.pop().unwrap_or_default();
            let done = desk.store.revoke_token(&name).await.map_err(|error| of_store(&error))?;
            Ok(response(StatusCode::OK, &Done { done }))
        }
        (&Method::POST, "/sources") => {
            let offered: Vec<Offered> = read(request).await?;
            let put = desk.store.put_sources(&offered, desk.clock.now()).await.map_err(|error| of_store(&error))?;
            desk.order(Order::Look).await?;
            Ok(response(StatusCode::OK, &put))
        }
        (&Method::POST, "/sources/remove") => {
            let id = desk.known(read(request).await?).await?;
            let done = desk.store.remove_stored(&id, desk.clock.now()).await.map_err(|error| of_store(&error))?;
            desk.order(Order::Look).await?;
            Ok(response(StatusCode::OK, &Done { done }))
        }
        (&Method::POST, "/sources/rename") => {
            let rename: Rename = read(request).await?;
            desk.ask(|reply| Order::RenameStored(rename, reply)).await
        }
        (&Method::POST, "/notify/replay") => {
            let chosen: Chosen = read(request).await?;
            let again = desk.store.replay(&chosen, desk.clock.now()).await.map_err(|error| of_store(&error))?;
            desk.order(Order::Deliver).await?;
            Ok(response(StatusCode::OK, &again))
        }
        (&Method::POST, "/notify/quiet") => {
            let Quiet { channel, until } = read(request).await?;
            desk.store.quiet(&channel, until).await.map_err(|error| of_store(&error))?;
            desk.store.release_held().await.map_err(|error| of_store(&error))?;
            desk.order(Order::Deliver).await?;
            Ok(response(StatusCode::OK, &()))
        }
        (&Method::POST, "/notify/test") => {
            let channel: String = read(request).await?;
            desk.ask(|reply| Order::Test(channel, reply)).await
        }
        (&Method::POST, "/notify/seen") => {
            let messages: Vec<String> = read(request).await?;
            for message in messages {
                desk.store.mark_seen(&message, desk.clock.now()).await.map_err(|error| of_store(&error))?;
            }
            Ok(response(StatusCode::OK, &()))
        }
        (&Method::POST, "/recipes/forget") => {
            let id = desk.known(read(request).await?).await?;
            let done = desk.store.forget_recipes(&id).await.map_err(|error| of_store(&error))?;
            Ok(response(StatusCode::OK, &Done { done }))
        }
        (&Method::POST, "/recipes/undo") => {
            let id = desk.known(read(request).await?).await?;
            let learnt = desk.store.undo_recipe(&id, desk.clock.now()).await.map_err(|error| of_store(&error))?;
            Ok(response(StatusCode::OK, &Undone { learnt_at: learnt.map(|learnt| learnt.at) }))
        }
        _ => {
            let refusal = Refusal::usage(format!("the daemon knows no {method} {path}"), ROUTES);
            Ok(response(StatusCode::NOT_FOUND, &refusal))
        }
    }
}

impl Desk {
    /// How everything stands.
    async fn status(&self) -> Result<Status, StoreError> {
        let now = self.clock.now();
        let ((sources, tally), channels) = tokio::try_join!(shown(&*self.store, now), self.store.channels())?;
        let budgets = self.budgets.read().unwrap_or_else(PoisonError::into_inner).clone();
        let hosts = busiest(standings(&*self.store, &sources, &budgets, now).await?, tally.as_ref());
        let status = Status::of(Some(self.identity.daemon.clone()), &sources, &hosts, &channels, now).of_many(tally);
        // Ten thousand sources need not be here twice while they are written.
        drop(sources);
        status.with_rescue(&*self.store, now).await?.with_workers(&*self.store, now).await
    }

    async fn order(&self, order: Order) -> Result<(), Refusal> {
        self.orders.send(order).await.map_err(|_| Refusal::stopping())
    }

    /// The one source that is named, which the state must hold.
    async fn known(&self, named: Named) -> Result<SourceId, Refusal> {
        let name = named.sources.into_iter().next().unwrap_or_default();
        let unknown = || Refusal::usage(format!("there is no source {name:?}"), "`sosik source list` shows them");
        let id = SourceId::try_from(name.clone()).map_err(|_| unknown())?;
        let stored = self.store.source(&id).await.map_err(|error| of_store(&error))?;
        stored.map(|_| id).ok_or_else(unknown)
    }

    /// Hands an order on and waits for its answer.
    async fn ask<T: Serialize>(
        &self,
        order: impl FnOnce(oneshot::Sender<Result<T, Refusal>>) -> Order,
    ) -> Result<Response<Body>, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.order(order(reply)).await?;
        let answer = answer.await.map_err(|_| Refusal::stopping())??;
        Ok(response(StatusCode::OK, &answer))
    }
}

async fn read<T: DeserializeOwned>(request: Request<Incoming>) -> Result<T, Refusal> {
    let help = "the daemon and the command may be of two versions: restart the daemon";
    let body = Limited::new(request.into_body(), MAX_REQUEST).collect().await;
    let body = body.map_err(|error| Refusal::usage(format!("the request cannot be read: {error}"), help))?;
    serde_json::from_slice(&body.to_bytes())
        .map_err(|error| Refusal::usage(format!("the request is not understood: {error}"), help))
}

/// A line of JSON for each piece of news, the last of which says how it ended.
fn lines(news: mpsc::Receiver<News>) -> Response<Body> {
    let told = stream::unfold((news, false, false), |(mut news, refreshed, ended)| async move {
        let next = match news.recv().await {
            Some(next) => next,
            None if refreshed || ended => return None,
            // Whoever tells is gone before the end only where the daemon stops.
            None => News::Refused(Refusal::stopping()),
        };
        let refreshed = refreshed || matches!(next, News::Refreshed(_));
        let ended = matches!(next, News::Refused(_));
        let mut line = serde_json::to_vec(&next).expect("our own values are JSON");
        line.push(b'\n');
        Some((Ok(Frame::data(Bytes::from(line))), (news, refreshed, ended)))
    });
    Response::new(StreamBody::new(told).boxed_unsync())
}

fn of_store(error: &StoreError) -> Refusal {
    Refusal::state(with_causes(error), "check that the disk is neither full nor failing")
}

fn refused(refusal: &Refusal) -> Response<Body> {
    let status = match refusal.reason {
        Reason::Usage | Reason::Configuration => StatusCode::CONFLICT,
        Reason::State => StatusCode::INTERNAL_SERVER_ERROR,
        Reason::Stopping => StatusCode::SERVICE_UNAVAILABLE,
    };
    response(status, refusal)
}

fn response(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    let body = serde_json::to_vec(value).expect("our own values are JSON");
    let mut response = Response::new(Full::new(Bytes::from(body)).boxed_unsync());
    *response.status_mut() = status;
    response
}
