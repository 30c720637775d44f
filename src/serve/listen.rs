//! A place where the server listens, and whom it reaches. Binding is `sockets.rs`.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;

use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

/// A place where clients knock.
#[derive(Debug)]
pub enum Listener {
    /// A TCP port.
    Tcp(TcpListener),
    /// A Unix socket.
    Unix(UnixListener),
}

/// A socket at which nobody accepts for the moment: it stays open, and who knocks waits.
#[derive(Debug)]
pub(super) enum Place {
    Tcp(std::net::TcpListener),
    Unix(std::os::unix::net::UnixListener),
}

impl Place {
    /// Accepts at it on the runtime that asks.
    pub(super) fn into_listener(self) -> io::Result<Listener> {
        match self {
            Self::Tcp(socket) => TcpListener::from_std(socket).map(Listener::Tcp),
            Self::Unix(socket) => UnixListener::from_std(socket).map(Listener::Unix),
        }
    }
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

    /// Takes it from its runtime.
    pub(super) fn into_place(self) -> io::Result<Place> {
        match self {
            Self::Tcp(listener) => listener.into_std().map(Place::Tcp),
            Self::Unix(listener) => listener.into_std().map(Place::Unix),
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

/// What the configuration writes with a `/` is a path.
pub(super) fn is_path(address: &str) -> bool {
    address.contains('/')
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
            ("127.0.0.1", true),
            ("127.9.9.9", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("0.0.0.0", false),
            ("::", false),
            ("192.168.0.2", false),
        ] {
            assert_eq!(is_loopback(address.parse().unwrap()), local, "{address}");
        }
    }
}
