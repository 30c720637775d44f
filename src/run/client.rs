//! Asks a running daemon through its control socket.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::order::{Done, Identity, MintedToken, Named, News, Pruned, Quiet, Refusal, Undone, Walking};
use super::rename::Rename;
use super::shape::{Refreshed, Status};
use crate::model::delivery::Chosen;
use crate::model::source::SourceId;
use crate::model::token::Token;
use crate::store::stored::{Offered, Put};

/// How long a daemon that is well takes at most to say who it is.
const INTRODUCTION: Duration = Duration::from_secs(5);

type Fault = Box<dyn std::error::Error + Send + Sync>;

/// A way to a running daemon.
#[derive(Debug, Clone)]
pub struct Client {
    path: PathBuf,
}

/// Why a daemon could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// Nobody answers at the socket, or not in words that we know.
    #[error("no daemon answers at {path}")]
    Silent {
        /// The socket.
        path: PathBuf,
        /// Why.
        #[source]
        source: Fault,
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

    /// Where it asks.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Who answers there.
    pub async fn identity(&self) -> Result<Identity, AskError> {
        let nobody = || Fault::from(io::Error::from(io::ErrorKind::TimedOut));
        timeout(INTRODUCTION, self.ask(Method::GET, "/daemon", &())).await.unwrap_or_else(|_| self.silent(nobody()))
    }

    /// How everything stands.
    pub async fn status(&self) -> Result<Status, AskError> {
        self.ask(Method::GET, "/status", &()).await
    }

    /// Makes the daemon read its configuration again, and waits until it is in force.
    pub async fn reload(&self) -> Result<(), AskError> {
        self.ask(Method::POST, "/reload", &()).await
    }

    /// Tells it that the configuration is about to name a source otherwise.
    pub async fn rename(&self, rename: &Rename) -> Result<(), AskError> {
        self.ask(Method::POST, "/rename", rename).await
    }

    /// Puts sources into the state.
    pub async fn put_sources(&self, sources: &[Offered]) -> Result<Vec<Put>, AskError> {
        self.ask(Method::POST, "/sources", &sources).await
    }

    /// Takes a source out that the state alone has. `false`: there is none.
    pub async fn remove_stored(&self, source: &SourceId) -> Result<bool, AskError> {
        let named = Named { sources: vec![source.to_string()] };
        let Done { done } = self.ask(Method::POST, "/sources/remove", &named).await?;
        Ok(done)
    }

    /// Gives a source another id that the state alone has.
    pub async fn rename_stored(&self, rename: &Rename) -> Result<(), AskError> {
        self.ask(Method::POST, "/sources/rename", rename).await
    }

    /// Deletes what is left of these sources.
    pub async fn prune(&self, sources: &[SourceId]) -> Result<Pruned, AskError> {
        self.ask(Method::POST, "/prune", &Named { sources: sources.iter().map(ToString::to_string).collect() }).await
    }

    /// Forgets all that was learnt of how a source is read.
    pub async fn forget_recipes(&self, source: &SourceId) -> Result<(), AskError> {
        let named = Named { sources: vec![source.to_string()] };
        self.ask(Method::POST, "/recipes/forget", &named).await.map(|Done { .. }| ())
    }

    /// Takes the recipe back that was learnt last, and tells when that was; `None`: there is none.
    pub async fn undo_recipe(&self, source: &SourceId) -> Result<Option<Timestamp>, AskError> {
        let named = Named { sources: vec![source.to_string()] };
        let Undone { learnt_at } = self.ask(Method::POST, "/recipes/undo", &named).await?;
        Ok(learnt_at)
    }

    /// Keeps a token. `false`: its name is taken.
    pub async fn put_token(&self, token: &Token) -> Result<bool, AskError> {
        let Done { done } = self.ask(Method::POST, "/tokens", &MintedToken::from(token)).await?;
        Ok(done)
    }

    /// Takes a token away. `false`: none has that name.
    pub async fn revoke_token(&self, name: &str) -> Result<bool, AskError> {
        let named = Named { sources: vec![name.to_owned()] };
        let Done { done } = self.ask(Method::POST, "/tokens/revoke", &named).await?;
        Ok(done)
    }

    /// Owes again what was given up. Gives how many deliveries that were.
    pub async fn replay(&self, chosen: &Chosen) -> Result<u32, AskError> {
        self.ask(Method::POST, "/notify/replay", chosen).await
    }

    /// Tells nothing over a channel until then; `None`: tells again.
    pub async fn quiet(&self, channel: &str, until: Option<Timestamp>) -> Result<(), AskError> {
        self.ask(Method::POST, "/notify/quiet", &Quiet { channel: channel.to_owned(), until }).await
    }

    /// Sends a test over a channel that writes into the state.
    pub async fn test(&self, channel: &str) -> Result<(), AskError> {
        self.ask(Method::POST, "/notify/test", &channel).await
    }

    /// Notes that these messages were seen.
    pub async fn seen(&self, messages: &[String]) -> Result<(), AskError> {
        self.ask(Method::POST, "/notify/seen", &messages).await
    }

    /// Looks at these sources now, or with none at all that are not paused. Tells of every page; what went wrong after
    /// the sources were looked at comes beside what came of it.
    pub async fn refresh(
        &self,
        sources: &[SourceId],
        mut on_page: impl FnMut(Walking),
    ) -> Result<(Refreshed, Option<Refusal>), AskError> {
        let named = Named { sources: sources.iter().map(ToString::to_string).collect() };
        let response = match self.send(Method::POST, "/refresh", &named).await {
            Ok(response) => response,
            Err(fault) => return self.silent(fault),
        };
        if response.status() != StatusCode::OK {
            return self.read(response).await;
        }
        let (mut body, mut rest, mut refreshed) = (response.into_body(), Vec::new(), None);
        while let Some(frame) = body.frame().await {
            match frame {
                Ok(frame) => rest.extend_from_slice(&frame.into_data().unwrap_or_default()),
                Err(error) => return self.silent(error.into()),
            }
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = rest.drain(..=end).collect();
                match (serde_json::from_slice(&line), refreshed.take()) {
                    (Ok(News::Walking(walking)), before) => {
                        refreshed = before;
                        on_page(walking);
                    }
                    (Ok(News::Refreshed(now)), _) => refreshed = Some(now),
                    (Ok(News::Refused(refusal)), Some(refreshed)) => return Ok((refreshed, Some(refusal))),
                    (Ok(News::Refused(refusal)), None) => return Err(AskError::Refused(refusal)),
                    (Err(error), _) => return self.silent(error.into()),
                }
            }
        }
        match refreshed {
            Some(refreshed) => Ok((refreshed, None)),
            None => self.silent(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
        }
    }

    async fn ask<T: DeserializeOwned>(&self, method: Method, path: &str, body: &impl Serialize) -> Result<T, AskError> {
        match self.send(method, path, body).await {
            Ok(response) => self.read(response).await,
            Err(fault) => self.silent(fault),
        }
    }

    async fn read<T: DeserializeOwned>(&self, response: Response<Incoming>) -> Result<T, AskError> {
        let is_good = response.status() == StatusCode::OK;
        let body = match response.into_body().collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => return self.silent(error.into()),
        };
        if is_good {
            return serde_json::from_slice(&body).or_else(|error| self.silent(error.into()));
        }
        match serde_json::from_slice(&body) {
            Ok(refusal) => Err(AskError::Refused(refusal)),
            Err(error) => self.silent(error.into()),
        }
    }

    async fn send(&self, method: Method, path: &str, body: &impl Serialize) -> Result<Response<Incoming>, Fault> {
        let stream = UnixStream::connect(&self.path).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        // It ends with the last byte of the answer.
        tokio::spawn(connection);
        let body = Full::new(Bytes::from(serde_json::to_vec(body)?));
        let request = Request::builder().method(method).uri(path).header("host", "sosik").body(body)?;
        Ok(sender.send_request(request).await?)
    }

    fn silent<T>(&self, source: Fault) -> Result<T, AskError> {
        Err(AskError::Silent { path: self.path.clone(), source })
    }
}
