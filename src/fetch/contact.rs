//! Whether a server takes connections at all: asked where nobody else could be reached, to tell a network that is down
//! from a server that is. It gets no request.

use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use url::{Host, Url};

use super::resolver::{GuardedResolver, Reach, Surroundings};

/// Longest wait for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whether the server of `url` takes a connection at an address that may be asked.
pub(super) async fn takes_connections(url: &Url, reach: Reach, surroundings: &Surroundings) -> bool {
    let Some(port) = url.port_or_known_default() else { return false };
    let connected = async {
        match url.host()? {
            Host::Ipv4(address) => TcpStream::connect((address, port)).await.ok(),
            Host::Ipv6(address) => TcpStream::connect((address, port)).await.ok(),
            Host::Domain(name) => {
                let resolver = GuardedResolver { surroundings: surroundings.clone(), reach, proxy_host: None };
                let mut addresses = resolver.addresses(name).await.ok()?;
                for address in &mut addresses {
                    address.set_port(port);
                }
                TcpStream::connect(&*addresses).await.ok()
            }
        }
    };
    timeout(PATIENCE, connected).await.is_ok_and(|connected| connected.is_some())
}
