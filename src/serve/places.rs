//! The places where we listen, from one configuration to the next.
//!
//! They are opened before the program gives up privileges or says that it is ready, and stay open while a new
//! configuration names them: who knocks in between waits and is not refused. Sockets that systemd passed are passed
//! once, so they stay for good. A socket file that nobody answers at is replaced; one with a server behind it is left
//! alone.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use listenfd::ListenFd;
use tokio::net::{TcpListener, UnixListener, UnixStream};

use super::listen::{Listener, Place, is_path};
use super::options::Options;
use super::server::ServeError;

/// What systemd passed stands in for what the configuration names.
const GIVEN: &str = "a socket of systemd's";

/// All places that are open.
#[derive(Debug, Default)]
pub struct Places {
    /// What systemd passed; `None` before anybody looked.
    given: Option<Vec<Place>>,
    /// What configurations named, by the name that they gave it.
    named: BTreeMap<String, Place>,
}

impl Places {
    /// Listens where the options say, at places that were open before and at new ones; closes what they no longer
    /// name. Sockets that systemd opened stand in their place: its unit says where they are.
    pub async fn open(&mut self, options: &Options) -> Result<Vec<Listener>, ServeError> {
        let given = match self.given.take() {
            Some(given) => given,
            None => passed(ListenFd::from_env()).map_err(failed(GIVEN))?,
        };
        let given = self.given.insert(given);
        if !given.is_empty() {
            return given.iter().map(Place::listen).collect::<io::Result<_>>().map_err(failed(GIVEN));
        }
        self.named.retain(|name, place| options.listen.contains(name) && place.is_there(name));
        let mut listeners = Vec::with_capacity(options.listen.len());
        for name in &options.listen {
            if !self.named.contains_key(name) {
                let place = Place::bind(name).await.map_err(failed(name))?;
                self.named.insert(name.clone(), place);
            }
            listeners.push(self.named[name].listen().map_err(failed(name))?);
        }
        Ok(listeners)
    }
}

impl Place {
    /// Binds an address, or a Unix socket in the place of one that a dead process left.
    async fn bind(name: &str) -> io::Result<Self> {
        if !is_path(name) {
            return Ok(Self::Tcp(TcpListener::bind(name).await?.into_std()?));
        }
        let path = Path::new(name);
        if is_socket(path) && UnixStream::connect(path).await.is_err() {
            std::fs::remove_file(path)?;
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        Ok(Self::Unix(UnixListener::bind(path)?.into_std()?))
    }

    /// Whether clients still find it: a socket's file may be gone.
    fn is_there(&self, name: &str) -> bool {
        match self {
            Self::Tcp(_) => true,
            Self::Unix(_) => is_socket(Path::new(name)),
        }
    }

    /// The same socket once more, for a server to accept at.
    fn listen(&self) -> io::Result<Listener> {
        let again = match self {
            Self::Tcp(socket) => Self::Tcp(socket.try_clone()?),
            Self::Unix(socket) => Self::Unix(socket.try_clone()?),
        };
        again.into_listener()
    }
}

/// Every socket that systemd passed.
fn passed(mut passed: ListenFd) -> io::Result<Vec<Place>> {
    let mut places = Vec::with_capacity(passed.len());
    for index in 0..passed.len() {
        if let Ok(Some(socket)) = passed.take_tcp_listener(index) {
            socket.set_nonblocking(true)?;
            places.push(Place::Tcp(socket));
        } else if let Some(socket) = passed.take_unix_listener(index)? {
            socket.set_nonblocking(true)?;
            places.push(Place::Unix(socket));
        }
    }
    Ok(places)
}

fn is_socket(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket())
}

fn failed(address: &str) -> impl FnOnce(io::Error) -> ServeError {
    move |source| ServeError::Bind { address: address.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn open(options: &Options) -> Result<Vec<Listener>, ServeError> {
        Places::default().open(options).await
    }

    #[tokio::test]
    async fn a_socket_that_nobody_answers_at_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/http.sock");
        let options = Options { listen: vec![path.display().to_string()], ..Options::default() };
        let first = open(&options).await.unwrap();
        assert_eq!(first[0].name(), path.display().to_string());
        assert!(matches!(open(&options).await, Err(ServeError::Bind { .. })), "somebody answers");
        drop(first);
        open(&options).await.unwrap();
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "a file of somebody's").unwrap();
        assert!(matches!(open(&options).await, Err(ServeError::Bind { .. })), "it is no socket");
    }

    #[tokio::test]
    async fn a_place_stays_open_while_configurations_name_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("http.sock");
        let both = Options { listen: vec!["127.0.0.1:0".to_owned(), path.display().to_string()], ..Options::default() };
        let mut places = Places::default();
        let address = places.open(&both).await.unwrap()[0].address().unwrap();
        let knocks = tokio::net::TcpStream::connect(address).await;
        assert!(knocks.is_ok(), "nobody accepts, and nobody is refused");
        UnixStream::connect(&path).await.unwrap();
        std::fs::remove_file(&path).unwrap();
        let again = places.open(&both).await.unwrap();
        assert_eq!(again[0].address(), Some(address));
        UnixStream::connect(&path).await.expect("a file that was taken away is made anew");
        drop(again);
        places.open(&Options { listen: Vec::new(), ..Options::default() }).await.unwrap();
        assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nobody names it any more");
    }
}
