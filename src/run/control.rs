//! The socket through which commands reach a running daemon: JSON over HTTP on a Unix socket.
//!
//! It belongs to its owner alone (mode 0600): whoever may connect may make the daemon work. `Control` answers, `Client`
//! asks. What the answers hold is `shape.rs`.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tracing::debug;

/// Longest request body.
const MAX_REQUEST: usize = 64 * 1024;

/// What a command asks of the daemon.
#[derive(Debug)]
pub enum Order {
    /// Look at these sources now (none named: all that are not paused) and say what came of it.
    Refresh(Vec<String>, oneshot::Sender<Answer>),
    /// Say how everything stands.
    Status(oneshot::Sender<Answer>),
    /// Read the configuration again.
    Reload(oneshot::Sender<Answer>),
}

/// A JSON value, or what went wrong.
pub type Answer = Result<serde_json::Value, Refusal>;

/// Why an order was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// The body of a refresh.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Named {
    #[serde(default)]
    sources: Vec<String>,
}

/// An open control socket; its file goes with it.
#[derive(Debug)]
pub struct Control {
    path: PathBuf,
    listener: UnixListener,
}

impl Control {
    /// Listens at `path`. Whoever held it before is gone, since the state's lock is ours.
    pub fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(path)?;
        std::fs::set_permissions(path, Permissions::from_mode(0o600))?;
        Ok(Self { path: path.to_owned(), listener })
    }

    /// Hands every order on, for as long as somebody takes them.
    pub async fn serve(&self, orders: mpsc::Sender<Order>) {
        loop {
            let Ok((stream, _)) = self.listener.accept().await else { continue };
            let orders = orders.clone();
            tokio::spawn(async move {
                let answer = service_fn(move |request| respond(request, orders.clone()));
                let served = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
                if let Err(error) = served.await {
                    debug!(%error, "a control connection broke off");
                }
            });
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

async fn respond(
    request: Request<Incoming>,
    orders: mpsc::Sender<Order>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (reply, answer) = oneshot::channel();
    let route = (request.method().clone(), request.uri().path().to_owned());
    let order = match (&route.0, route.1.as_str()) {
        (&Method::POST, "/refresh") => match Limited::new(request.into_body(), MAX_REQUEST).collect().await {
            Ok(body) => match serde_json::from_slice::<Named>(&body.to_bytes()) {
                Ok(named) => Order::Refresh(named.sources, reply),
                Err(error) => return Ok(refused(StatusCode::BAD_REQUEST, &format!("the request is no JSON: {error}"))),
            },
            Err(error) => return Ok(refused(StatusCode::PAYLOAD_TOO_LARGE, &error.to_string())),
        },
        (&Method::GET, "/status") => Order::Status(reply),
        (&Method::POST, "/reload") => Order::Reload(reply),
        _ => return Ok(refused(StatusCode::NOT_FOUND, "there is GET /status, POST /refresh and POST /reload")),
    };
    if orders.send(order).await.is_err() {
        return Ok(refused(StatusCode::SERVICE_UNAVAILABLE, "the daemon is stopping"));
    }
    Ok(match answer.await {
        Ok(Ok(value)) => response(StatusCode::OK, &value),
        Ok(Err(refusal)) => response(StatusCode::CONFLICT, &refusal),
        Err(_) => refused(StatusCode::SERVICE_UNAVAILABLE, "the daemon is stopping"),
    })
}

fn refused(status: StatusCode, message: &str) -> Response<Full<Bytes>> {
    response(status, &Refusal { message: message.to_owned(), help: "see `sosik --help`".to_owned() })
}

fn response(status: StatusCode, value: &impl Serialize) -> Response<Full<Bytes>> {
    let body = serde_json::to_vec(value).expect("our own values are JSON");
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response
}

/// A connection to a running daemon.
#[derive(Debug)]
pub struct Client {
    path: PathBuf,
}

/// Why a daemon could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Nobody answers at the socket.
    #[error("no daemon answers at {path}")]
    Silent {
        /// The socket.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The daemon says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl Client {
    /// A client of the socket at `path`.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Looks at these sources now, or with none at all that are not paused.
    pub async fn refresh(&self, sources: &[String]) -> Result<serde_json::Value, AskError> {
        let body = serde_json::to_vec(&Named { sources: sources.to_vec() }).expect("names are JSON");
        self.ask(Method::POST, "/refresh", body).await
    }

    /// How everything stands.
    pub async fn status(&self) -> Result<serde_json::Value, AskError> {
        self.ask(Method::GET, "/status", Vec::new()).await
    }

    /// Makes the daemon read its configuration again.
    pub async fn reload(&self) -> Result<serde_json::Value, AskError> {
        self.ask(Method::POST, "/reload", Vec::new()).await
    }

    async fn ask(&self, method: Method, path: &str, body: Vec<u8>) -> Result<serde_json::Value, AskError> {
        let answer = self.exchange(method, path, body).await;
        let (status, body) = answer.map_err(|source| AskError::Silent { path: self.path.clone(), source })?;
        let silent = |error: serde_json::Error| AskError::Silent { path: self.path.clone(), source: error.into() };
        if status == StatusCode::OK {
            return serde_json::from_slice(&body).map_err(silent);
        }
        Err(AskError::Refused(serde_json::from_slice(&body).map_err(silent)?))
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<(StatusCode, Bytes), Box<dyn std::error::Error + Send + Sync>> {
        let stream = UnixStream::connect(&self.path).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(connection);
        let request =
            Request::builder().method(method).uri(path).header("host", "sosik").body(Full::new(Bytes::from(body)))?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        connection.abort();
        Ok((status, body))
    }
}
