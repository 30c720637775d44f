//! What a person can set about the agent: the `[agent]` table, and what comes of it and the command line.

use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::model::secret::Secret;
use crate::notify::contract::Notifier;
use crate::notify::desktop::Desktop;
use crate::notify::notice::Words;
use crate::rules::cap::Cap;

/// The `[agent]` table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// The sosik to follow.
    pub server: Option<Url>,
    /// The file that holds the token.
    pub token_file: Option<PathBuf>,
}

/// Whom an agent follows, and where it keeps how far it is.
#[derive(Debug, Clone)]
pub struct Whom {
    /// The server, as its feeds call it.
    pub server: Url,
    /// What lets the agent in.
    pub token: Option<Secret>,
    /// The folder of its state.
    pub folder: PathBuf,
}

/// How a person wants to be told.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Posts of a source that are told apart; more come together.
    pub apart: usize,
    /// Notifications about posts at once; where it would be more, all are one.
    pub at_once: usize,
    /// Notifications in a while.
    pub cap: Option<Cap>,
}

/// What an agent is made of.
pub struct Setting {
    /// Whom it follows.
    pub whom: Whom,
    /// How it tells.
    pub manner: Manner,
    /// The language of what it puts together.
    pub words: Words,
    /// What stands on the desktop and can be clicked.
    pub desktop: Arc<Desktop>,
    /// The way to it.
    pub notifier: Arc<dyn Notifier>,
}

/// What [`Whom::server`] is asked for.
pub(super) fn events_of(server: &Url) -> Url {
    let mut url = server.clone();
    let path = format!("{}/events", server.path().trim_end_matches('/'));
    url.set_path(&path);
    url.set_query(None);
    url.set_fragment(None);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_stand_below_the_server() {
        let check = |server: &str, expected: &str| {
            assert_eq!(events_of(&server.parse().unwrap()).as_str(), expected);
        };
        check("https://feeds.example.org", "https://feeds.example.org/events");
        check("https://example.org/sosik/", "https://example.org/sosik/events");
        check("https://example.org/sosik?x=1#y", "https://example.org/sosik/events");
        check("http://me:pw@127.0.0.1:7878/", "http://me:pw@127.0.0.1:7878/events");
    }
}
