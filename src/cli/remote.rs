//! A running daemon, asked through its control socket.
//!
//! There may be a daemon of this person and one of the machine; the one that holds our state is asked.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::common::env;
use super::report::CliError;
use crate::model::source::SourceId;
use crate::run::control::{AskError, Client};
use crate::run::shape::Holder;

/// The system service's socket.
const SYSTEM_SOCKET: &str = "/run/sosik/sosik.sock";

/// Where a daemon that we start listens: systemd's folder for the service, else this person's.
pub(crate) fn own_socket() -> Option<PathBuf> {
    let folder = |name: &str| env(name).and_then(|dirs| dirs.split(':').next().map(PathBuf::from));
    let dir = folder("RUNTIME_DIRECTORY").or_else(|| folder("XDG_RUNTIME_DIR"))?;
    dir.is_absolute().then(|| dir.join("sosik.sock"))
}

/// Makes the daemon that holds `state` look at these sources. `None`: none answers.
pub(crate) async fn refresh(state: &Path, only: &[SourceId]) -> Result<Option<Value>, CliError> {
    let Some((client, _)) = daemon_of(state).await else { return Ok(None) };
    let names: Vec<String> = only.iter().map(ToString::to_string).collect();
    match client.refresh(&names).await {
        Ok(answer) => Ok(Some(answer)),
        Err(AskError::Refused(refusal)) => {
            Err(CliError::Failed { message: refusal.message, help: refusal.help, chain: Vec::new() })
        }
        Err(silent @ AskError::Silent { .. }) => Err(CliError::Failed {
            message: silent.to_string(),
            help: "it may be stopping: try again in a moment".to_owned(),
            chain: crate::model::failure::causes(&silent),
        }),
    }
}

/// The daemon that holds `state`, where one answers.
pub(crate) async fn holder(state: &Path) -> Option<Holder> {
    let (_, status) = daemon_of(state).await?;
    serde_json::from_value(status.get("daemon")?.clone()).ok()
}

async fn daemon_of(state: &Path) -> Option<(Client, Value)> {
    let wanted = state.canonicalize().ok()?;
    for socket in own_socket().into_iter().chain([PathBuf::from(SYSTEM_SOCKET)]) {
        let client = Client::new(&socket);
        let Ok(status) = client.status().await else { continue };
        if status.get("state").and_then(Value::as_str).is_some_and(|held| Path::new(held) == wanted) {
            return Some((client, status));
        }
    }
    None
}
