//! The server: opened over a store, run on listeners until it is told to stop.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};
use url::Url;

use crate::clock::Clock;
use crate::store::{Store, StoreError};

use super::connection;
use super::house::House;
use super::limits::Limits;
use super::listen::{Listener, Place};
use super::metrics::Metrics;
use super::options::Options;
use super::routes::Routes;
use super::seats::Seats;
use super::words::Language;

/// The rest after the system refused to hand a client over: there are no more descriptors until one closes.
const BREATH: Duration = Duration::from_millis(100);

/// Why nothing can be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A place to listen cannot be had.
    #[error("cannot listen on {address}")]
    Bind {
        /// The place.
        address: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The system gives no thread to serve on, or no more descriptors.
    #[error("cannot begin to serve")]
    Thread(#[source] io::Error),
    /// Other machines would read everything.
    #[error("{address} is reached by other machines, and no token guards it")]
    Unguarded {
        /// The address.
        address: String,
    },
    /// The state.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ServeError {
    /// What to do.
    pub fn help(&self) -> String {
        match self {
            Self::Bind { source, .. } if source.kind() == io::ErrorKind::AddrInUse => {
                "another program (or another sosik) listens there: stop it, or name another place in `[serve] listen`"
                    .to_owned()
            }
            Self::Bind { .. } => {
                "name an address of this machine and a port above 1023 in `[serve] listen`, such as \"127.0.0.1:7878\""
                    .to_owned()
            }
            Self::Thread(_) => "raise the limits of threads and open files for sosik, see `ulimit -a`".to_owned(),
            Self::Unguarded { .. } => {
                "make a token with `sosik token add NAME`, listen on 127.0.0.1, or set `[serve] public = true`"
                    .to_owned()
            }
            Self::Store(_) => "see `sosik status`: the state must be readable".to_owned(),
        }
    }
}

/// What a server is made of.
pub struct Setup {
    /// What is served.
    pub store: Arc<dyn Store>,
    /// Tells the time that pages show.
    pub clock: Clock,
    /// The `[serve]` table.
    pub options: Options,
    /// What feeds call themselves.
    pub base_url: Url,
    /// The `WebSub` hub that the feeds name.
    pub hub: Option<Url>,
    /// Posts in a document; 0: all.
    pub entries: u32,
    /// The language of pages where a reader asks for none of ours.
    pub language: Language,
    /// What clients may take.
    pub limits: Limits,
    /// What is counted, here and elsewhere.
    pub metrics: Arc<Metrics>,
    /// Rings with the number of each event; `None`: nobody follows them here.
    pub events: Option<watch::Receiver<i64>>,
}

/// A server that is ready to run.
pub struct Server {
    setup: Setup,
    listeners: Vec<Listener>,
}

impl Server {
    /// A server at these places. That one of them is reached by other machines while there is no token is an error:
    /// what is listened on counts, whoever opened it, and not what the configuration names.
    pub async fn open(setup: Setup, listeners: Vec<Listener>) -> Result<Self, ServeError> {
        let is_guarded = setup.options.public || !setup.store.tokens().await?.is_empty();
        match listeners.iter().find(|listener| !is_guarded && !listener.is_local()) {
            Some(listener) => Err(ServeError::Unguarded { address: listener.name() }),
            None => Ok(Self { setup, listeners }),
        }
    }

    /// Serves until `shutdown`; then nobody new is let in, and who is there gets the time to finish.
    pub async fn serve(self, shutdown: impl Future<Output = ()> + Send) -> Result<(), ServeError> {
        let Self { setup, listeners } = self;
        for listener in &listeners {
            info!(address = listener.name(), "serving feeds at {}", listener.name());
        }
        if listeners.is_empty() {
            shutdown.await;
            return Ok(());
        }
        let (stop, stopping) = watch::channel(false);
        let house = Arc::new(House::new(setup, &listeners, stopping.clone()));
        let places = listeners.into_iter().map(Listener::into_place).collect::<io::Result<Vec<_>>>();
        let places = places.map_err(ServeError::Thread)?;
        let (ended, end) = oneshot::channel();
        let serving = move || {
            // Nobody waits for the answer where the caller has gone, and then `stop` has ended us.
            let _ = ended.send(attend(places, &house, &stopping));
        };
        std::thread::Builder::new().name("serve".to_owned()).spawn(serving).map_err(ServeError::Thread)?;
        let mut end = pin!(end);
        tokio::select! {
            () = shutdown => {
                // Every door looks at it; none can be gone.
                let _ = stop.send(true);
                (&mut end).await
            }
            ended = &mut end => ended,
        }
        .expect("the server's thread does not panic")
        .map_err(ServeError::Thread)
    }
}

/// Serves at these places until the server stops, on the thread that calls.
///
/// Answers are short and need no other thread: handing them from one to another costs as much as they do, and polls
/// that go on beside us hold none of them up.
fn attend(places: Vec<Place>, house: &Arc<House>, stopping: &watch::Receiver<bool>) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let routes = Routes::of(house);
        let seats = Seats::new(&house.limits);
        let listeners = places.into_iter().map(Place::into_listener).collect::<io::Result<Vec<_>>>()?;
        let doors = listeners
            .into_iter()
            .map(|listener| welcome(listener, Arc::clone(house), routes.clone(), Arc::clone(&seats), stopping.clone()));
        join_all(doors).await;
        Ok(())
    })
}

/// Lets clients in at one door until the server stops, then waits for those who came in by it.
async fn welcome(
    listener: Listener,
    house: Arc<House>,
    routes: Routes,
    seats: Arc<Seats>,
    mut stopping: watch::Receiver<bool>,
) {
    let mut clients = JoinSet::new();
    let told = stopping.clone();
    loop {
        tokio::select! {
            biased;
            () = connection::stopped(&mut stopping) => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => match seats.take(address) {
                    Some(seat) => {
                        clients.spawn(connection::serve(stream, seat, Arc::clone(&house), routes.clone(), told.clone()));
                    }
                    None => connection::turn_away(&stream),
                },
                Err(error) if is_of_client(&error) => {}
                Err(error) => {
                    warn!(%error, "no client can be let in for now");
                    sleep(BREATH).await;
                }
            },
            Some(_) = clients.join_next() => {}
        }
    }
    drop(listener);
    let all_left = async { while clients.join_next().await.is_some() {} };
    if timeout(house.limits.drain, all_left).await.is_err() {
        clients.shutdown().await;
    }
}

/// Whether a client gave up before it was let in.
fn is_of_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, InvalidInput, NotConnected};
    // InvalidInput: a socket that is no longer connected refuses its options.
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | InvalidInput | NotConnected)
}
