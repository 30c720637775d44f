//! The sockets that this process holds, for as long as it runs.
//!
//! Sockets that systemd opened (`sd_listen_fds(3)`) can be taken once, and a new configuration must not turn readers
//! away: so each is held here, and a server gets its listeners as duplicates. A socket file that nobody answers at is
//! replaced; one with a server behind it is left alone.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use listenfd::ListenFd;
use tokio::net::{TcpListener, UnixListener, UnixStream};

use super::listen::{Listener, Place, is_path};
use super::options::Options;
use super::server::ServeError;

/// Where clients may knock, whichever server answers.
#[derive(Debug, Default)]
pub struct Sockets {
    given: Vec<Place>,
    /// What we bound ourselves, by the name in the configuration.
    own: BTreeMap<String, Place>,
}

impl Place {
    /// A listener of its own over the same socket.
    fn listener(&self) -> io::Result<Listener> {
        let again = match self {
            Self::Tcp(socket) => Self::Tcp(socket.try_clone()?),
            Self::Unix(socket) => Self::Unix(socket.try_clone()?),
        };
        again.into_listener()
    }

    async fn bind(address: &str) -> io::Result<Self> {
        if is_path(address) {
            Ok(Self::Unix(bind_unix(Path::new(address)).await?.into_std()?))
        } else {
            Ok(Self::Tcp(TcpListener::bind(address).await?.into_std()?))
        }
    }
}

impl Sockets {
    /// Takes every socket that systemd passed to this process. To be called once: a descriptor has one owner.
    pub fn from_systemd() -> Result<Self, ServeError> {
        let mut passed = ListenFd::from_env();
        let failed = |source| ServeError::Bind { address: "a socket of systemd's".to_owned(), source };
        let mut given = Vec::with_capacity(passed.len());
        for index in 0..passed.len() {
            if let Ok(Some(socket)) = passed.take_tcp_listener(index) {
                socket.set_nonblocking(true).map_err(failed)?;
                given.push(Place::Tcp(socket));
            } else if let Some(socket) = passed.take_unix_listener(index).map_err(failed)? {
                socket.set_nonblocking(true).map_err(failed)?;
                given.push(Place::Unix(socket));
            }
        }
        Ok(Self { given, own: BTreeMap::new() })
    }

    /// Whether systemd's unit says where to listen, and not the configuration.
    pub fn are_given(&self) -> bool {
        !self.given.is_empty()
    }

    /// Listeners where the options want them, or on what systemd gave in their place. What is held already is not
    /// bound again.
    pub async fn listeners(&mut self, options: &Options) -> Result<Vec<Listener>, ServeError> {
        let failed = |address: &str, source| ServeError::Bind { address: address.to_owned(), source };
        if self.are_given() {
            let listeners = self.given.iter().map(Place::listener).collect::<io::Result<_>>();
            return listeners.map_err(|source| failed("a socket of systemd's", source));
        }
        let mut listeners = Vec::with_capacity(options.listen.len());
        for address in &options.listen {
            if !self.own.contains_key(address) {
                let held = Place::bind(address).await.map_err(|source| failed(address, source))?;
                self.own.insert(address.clone(), held);
            }
            listeners.push(self.own[address].listener().map_err(|source| failed(address, source))?);
        }
        Ok(listeners)
    }

    /// Lets go of what these options no longer name.
    pub fn keep(&mut self, options: &Options) {
        self.own.retain(|address, _| options.listen.contains(address));
    }
}

/// Binds a Unix socket, in the place of one that a dead process left.
async fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    let is_refused = |error: io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
    if is_socket && UnixStream::connect(path).await.is_err_and(is_refused) {
        std::fs::remove_file(path)?;
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    UnixListener::bind(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listening_on(address: &str) -> Options {
        Options { listen: vec![address.to_owned()], ..Options::default() }
    }

    #[tokio::test]
    async fn a_socket_that_nobody_answers_at_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/http.sock");
        let options = listening_on(path.to_str().unwrap());
        let mut sockets = Sockets::default();
        let first = sockets.listeners(&options).await.unwrap();
        assert_eq!(first[0].name(), path.display().to_string());
        let second = Sockets::default().listeners(&options).await;
        assert!(matches!(second, Err(ServeError::Bind { .. })), "somebody answers");
        drop((first, sockets));
        Sockets::default().listeners(&options).await.unwrap();
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "a file of somebody's").unwrap();
        let in_the_way = Sockets::default().listeners(&options).await;
        assert!(matches!(in_the_way, Err(ServeError::Bind { .. })), "it is no socket");
    }

    #[tokio::test]
    async fn who_knocks_between_two_servers_is_let_in_by_the_second() {
        let options = listening_on("127.0.0.1:0");
        let mut sockets = Sockets::default();
        let first = sockets.listeners(&options).await.unwrap();
        let address = first[0].address().unwrap();
        drop(first);
        let knocking = tokio::net::TcpStream::connect(address).await.unwrap();
        let second = sockets.listeners(&options).await.unwrap();
        let (_, peer) = second[0].accept().await.unwrap();
        assert_eq!(peer, knocking.local_addr().ok().map(|at| at.ip()));
        drop(second);
        sockets.keep(&listening_on("127.0.0.2:0"));
        assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nobody holds it any more");
    }
}
