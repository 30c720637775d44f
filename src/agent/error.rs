//! Why an agent does not begin or does not go on.

use std::io;
use std::path::Path;

use crate::fetch::FetchError;

/// What stops an agent.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// Another agent follows the same server for this person.
    #[error("another agent follows that server already: it holds {path}")]
    Held {
        /// What it holds.
        path: String,
    },
    /// Its state cannot be read or written.
    #[error("cannot {action} {path}")]
    State {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The server does not let it in, or is none.
    #[error("the server cannot be followed")]
    Refused(#[source] FetchError),
    /// Nobody can be asked now, and that was to be done once.
    #[error("the server was not reached")]
    Unreached(#[source] FetchError),
    /// The desktop did not take what was to be shown once.
    #[error("{0}")]
    Unshown(String, String),
}

impl AgentError {
    pub(super) fn state(action: &'static str, path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::State { action, path: path.display().to_string(), source }
    }

    /// What to do.
    pub fn help(&self) -> String {
        match self {
            Self::Held { .. } => {
                "stop the other one (`systemctl --user stop sosik-agent`), or leave it to it".to_owned()
            }
            Self::State { .. } => "make its folder writable for this user, or name another with --state".to_owned(),
            Self::Refused(error) | Self::Unreached(error) => help(error),
            Self::Unshown(_, help) => help.clone(),
        }
    }
}

/// What to do where a server cannot be followed.
pub(super) fn help(error: &FetchError) -> String {
    match error {
        FetchError::Status { code: 401, .. } => {
            "make a token on the server (`sosik token add NAME`) and give it with --token-file or `[agent] token_file`"
        }
        FetchError::Status { code: 403, .. } => "what stands before the server refuses it: see that proxy's rules",
        FetchError::Status { code: 404, .. } => {
            "set `[notify.agents] enabled = true` on the server; --server is what its feeds call themselves \
             (`[publish] base_url`)"
        }
        FetchError::Status { code: 421, .. } => {
            "the server does not know that name: say there `[publish] base_url`, or use the one that it says"
        }
        FetchError::BadRedirect { .. } => "name that address with --server: the token is shown to no other",
        FetchError::BadHeader { .. } => "the token has letters that no token has: see its file",
        FetchError::Connect { .. } | FetchError::Dns { .. } => "see whether it runs and can be reached from here",
        FetchError::Tls { .. } => "if it is your own server, name its authority with `ca_file` in `[fetch]`",
        other => return other.help(),
    }
    .to_owned()
}

/// Whether a person has to change something before the server can be followed.
pub(super) fn is_lasting(error: &FetchError) -> bool {
    match error {
        FetchError::Status { code, .. } => matches!(code, 400 | 401 | 403 | 404 | 405 | 410 | 421),
        FetchError::Scheme { .. }
        | FetchError::Address { .. }
        | FetchError::BadRedirect { .. }
        | FetchError::NoStream { .. }
        | FetchError::BadHeader { .. }
        | FetchError::Client { .. } => true,
        FetchError::Tls { expired, .. } => !expired,
        _ => false,
    }
}
