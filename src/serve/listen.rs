//! Where the server listens: TCP, Unix sockets, and sockets that systemd opened.
//!
//! The caller binds, before it gives up privileges or says that it is ready. A socket file that nobody answers at
//! is replaced; one with a server behind it is left alone.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use listenfd::ListenFd;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

use super::options::Options;
use super::server::ServeError;

/// A place where clients knock.
#[derive(Debug)]
pub enum Listener {
    /// A TCP port.
    Tcp(TcpListener),
    /// A Unix socket.
    Unix(UnixListener),
}

/// A client that was let in.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Listener {
    /// Its address, where it has one: port 0 has become a real one.
    pub fn address(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(listener) => listener.local_addr().ok(),
            Self::Unix(_) => None,
        }
    }

    /// How it is shown: an address, or the path of a socket.
    pub fn name(&self) -> String {
        match self {
            Self::Tcp(listener) => listener.local_addr().map_or_else(|_| "tcp".to_owned(), |at| at.to_string()),
            Self::Unix(listener) => {
                let path = listener.local_addr().ok().and_then(|at| at.as_pathname().map(Path::to_owned));
                path.map_or_else(|| "unix".to_owned(), |path| path.display().to_string())
            }
        }
    }

    /// Whether only this machine reaches it.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Tcp(listener) => listener.local_addr().is_ok_and(|at| is_loopback(at.ip())),
            Self::Unix(_) => true,
        }
    }

    /// The next client, and its address where it has one.
    pub(super) async fn accept(&self) -> io::Result<(Stream, Option<IpAddr>)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                // Answers are written in one piece: waiting for more would only delay them.
                stream.set_nodelay(true)?;
                Ok((Stream::Tcp(stream), Some(peer.ip().to_canonical())))
            }
            Self::Unix(listener) => Ok((Stream::Unix(listener.accept().await?.0), None)),
        }
    }
}

/// Binds what the options name. Sockets that systemd opened stand in their place: its unit says where they are.
pub async fn bind(options: &Options) -> Result<Vec<Listener>, ServeError> {
    let given = from_systemd(ListenFd::from_env())?;
    if !given.is_empty() {
        return Ok(given);
    }
    let mut listeners = Vec::with_capacity(options.listen.len());
    for address in &options.listen {
        let failed = |source| ServeError::Bind { address: address.clone(), source };
        if is_path(address) {
            listeners.push(Listener::Unix(bind_unix(Path::new(address)).await.map_err(failed)?));
        } else {
            listeners.push(Listener::Tcp(TcpListener::bind(address.as_str()).await.map_err(failed)?));
        }
    }
    Ok(listeners)
}

/// Takes every socket that was passed.
fn from_systemd(mut passed: ListenFd) -> Result<Vec<Listener>, ServeError> {
    let failed = |source| ServeError::Bind { address: "a socket of systemd's".to_owned(), source };
    let mut listeners = Vec::with_capacity(passed.len());
    for index in 0..passed.len() {
        if let Ok(Some(socket)) = passed.take_tcp_listener(index) {
            socket.set_nonblocking(true).map_err(failed)?;
            listeners.push(Listener::Tcp(TcpListener::from_std(socket).map_err(failed)?));
        } else if let Some(socket) = passed.take_unix_listener(index).map_err(failed)? {
            socket.set_nonblocking(true).map_err(failed)?;
            listeners.push(Listener::Unix(UnixListener::from_std(socket).map_err(failed)?));
        }
    }
    Ok(listeners)
}

/// Binds a Unix socket, in the place of one that a dead process left.
async fn bind_unix(path: &Path) -> io::Result<UnixListener> {
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    if is_socket && UnixStream::connect(path).await.is_err() {
        std::fs::remove_file(path)?;
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    UnixListener::bind(path)
}

/// What the configuration writes with a `/` is a path.
pub(super) fn is_path(address: &str) -> bool {
    address.contains('/')
}

/// Whether what the configuration names is reached from this machine alone.
pub(super) fn is_local(address: &str) -> bool {
    let by_name = || address.rsplit_once(':').is_some_and(|(host, _)| host.eq_ignore_ascii_case("localhost"));
    is_path(address) || address.parse::<SocketAddr>().map_or_else(|_| by_name(), |at| is_loopback(at.ip()))
}

/// Whether an address is this machine's own, IPv4 within IPv6 included.
pub(super) fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_machine_alone_reaches_is_told_apart() {
        for (address, local) in [
            ("127.0.0.1:7878", true),
            ("127.9.9.9:1", true),
            ("[::1]:7878", true),
            ("[::ffff:127.0.0.1]:7878", true),
            ("localhost:7878", true),
            ("/run/sosik/http.sock", true),
            ("0.0.0.0:7878", false),
            ("[::]:7878", false),
            ("192.168.0.2:7878", false),
            ("feeds.example.org:7878", false),
        ] {
            assert_eq!(is_local(address), local, "{address}");
        }
    }

    #[tokio::test]
    async fn a_socket_that_nobody_answers_at_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/http.sock");
        let options = Options { listen: vec![path.display().to_string()], ..Options::default() };
        let first = bind(&options).await.unwrap();
        assert_eq!(first[0].name(), path.display().to_string());
        assert!(matches!(bind(&options).await, Err(ServeError::Bind { .. })), "somebody answers");
        drop(first);
        bind(&options).await.unwrap();
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "a file of somebody's").unwrap();
        assert!(matches!(bind(&options).await, Err(ServeError::Bind { .. })), "it is no socket");
    }
}
