//! The session bus, and who shows notifications on it.
//!
//! Every call is bounded: none of the bus has a time limit of its own, and one whose daemon hangs would hold us for ever.

use std::future::Future;
use std::time::Duration;

use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;

use super::body::Abilities;

/// Longest wait for one answer: a daemon that starts on demand comes within a second.
const CALL_LIMIT: Duration = Duration::from_secs(5);

const NAME: &str = "org.freedesktop.Notifications";

/// Why the desktop could not be told.
#[derive(Debug, thiserror::Error)]
pub(super) enum BusError {
    /// No session bus, or nobody on it who shows notifications.
    #[error("no notification daemon can be reached")]
    Unreached(#[source] Box<zbus::Error>),
    /// The daemon says no.
    #[error("no notification daemon took the message")]
    Refused(#[source] Box<notify_rust::error::Error>),
    /// The daemon did not answer.
    #[error("the notification daemon did not answer within {} s", CALL_LIMIT.as_secs())]
    Silent,
}

impl BusError {
    /// What a person can do.
    pub(super) fn help(&self) -> &'static str {
        match self {
            Self::Unreached(_) | Self::Refused(_) => {
                "run sosik inside a desktop session (as a user unit, not as root), or set `[notify.desktop] enabled = false`"
            }
            Self::Silent => "restart the notification daemon (dunst, mako, gnome-shell); what is owed waits meanwhile",
        }
    }
}

/// A notification daemon that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Server {
    /// Its name on the bus, which no other daemon gets: the numbers of notifications are its own.
    owner: Option<String>,
    /// What it can.
    pub(super) abilities: Abilities,
}

/// A way to the session bus, and the daemon that was last met there.
#[derive(Debug, Default)]
pub(super) struct Bus {
    connection: Option<Connection>,
    met: Option<Server>,
}

impl Bus {
    /// The daemon that shows notifications now, and whether it is the one that was met before.
    pub(super) async fn server(&mut self) -> Result<(Server, bool), BusError> {
        // A connection may have gone with an earlier session; a new one says whether there is a bus.
        let met = match self.ask().await {
            Err(BusError::Unreached(_)) if self.connection.take().is_some() => self.ask().await,
            other => other,
        };
        match met {
            Ok(server) => {
                let is_same = self.met.as_ref() == Some(&server) && server.owner.is_some();
                self.met = Some(server.clone());
                Ok((server, is_same))
            }
            Err(error) => {
                self.met = None;
                Err(error)
            }
        }
    }

    async fn ask(&mut self) -> Result<Server, BusError> {
        let connection = match &self.connection {
            Some(connection) => connection.clone(),
            None => reached(bounded(Connection::session()).await?)?,
        };
        let owner = owner_on(&connection).await?;
        if let Some(met) = self.met.as_ref().filter(|met| owner.is_some() && met.owner == owner) {
            return Ok(met.clone());
        }
        // Starts a daemon that comes on demand.
        let call =
            connection.call_method(Some(NAME), "/org/freedesktop/Notifications", Some(NAME), "GetCapabilities", &());
        let names: Vec<String> =
            reached(bounded(call).await?.and_then(|answer| answer.body().deserialize::<Vec<String>>()))?;
        let owner = owner_on(&connection).await?;
        self.connection = Some(connection);
        Ok(Server { owner, abilities: Abilities::of(&names) })
    }
}

async fn owner_on(connection: &Connection) -> Result<Option<String>, BusError> {
    let asked = async {
        let proxy = DBusProxy::new(connection).await?;
        let name = BusName::try_from(NAME)?;
        match proxy.get_name_owner(name).await {
            Ok(owner) => Ok(Some(owner.to_string())),
            Err(zbus::fdo::Error::NameHasNoOwner(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    };
    reached(bounded(asked).await?)
}

/// Waits for an answer, but not for long.
pub(super) async fn bounded<T>(call: impl Future<Output = T>) -> Result<T, BusError> {
    tokio::time::timeout(CALL_LIMIT, call).await.map_err(|_| BusError::Silent)
}

fn reached<T>(answer: Result<T, zbus::Error>) -> Result<T, BusError> {
    answer.map_err(|error| BusError::Unreached(Box::new(error)))
}
