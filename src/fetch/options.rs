//! What a person can set about fetching: the `[fetch]` table.

use std::path::PathBuf;

use bytesize::ByteSize;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// The `[fetch]` table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// What we call ourselves to servers.
    pub user_agent: String,
    /// Longest time that one request may take, redirects and body included.
    pub timeout: SignedDuration,
    /// Longest silence within a request.
    pub idle_timeout: SignedDuration,
    /// Largest body after decompression.
    pub max_body: ByteSize,
    /// Shortest time between two requests to one host (a registrable domain).
    pub host_gap: SignedDuration,
    /// Posts' own pages that one look at a blog reads at most, for what its list does not show; 0: none.
    pub permalinks: u32,
    /// Whether robots.txt is heeded (RFC 9309).
    pub robots: bool,
    /// Proxy for every request, such as `socks5://127.0.0.1:9050`; none by default, whatever the environment says.
    pub proxy: Option<String>,
    /// PEM file of certificate authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Whether private, loopback and link-local addresses may be asked.
    pub allow_private_addresses: bool,
    /// Hosts with a pace of their own: `[[fetch.host]]`.
    pub host: Vec<HostOptions>,
}

/// A host of one's own: `[[fetch.host]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostOptions {
    /// The registrable domain, host name or address; with a port, only that port.
    pub name: String,
    /// Shortest time between two requests; default: `fetch.host_gap`.
    pub gap: Option<SignedDuration>,
    /// Requests at a time; default 1.
    pub width: Option<u16>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            user_agent: concat!("sosik/", env!("CARGO_PKG_VERSION"), " (feed generator; polls politely)").to_owned(),
            timeout: SignedDuration::from_secs(20),
            idle_timeout: SignedDuration::from_secs(10),
            max_body: ByteSize::mib(5),
            host_gap: SignedDuration::from_secs(1),
            permalinks: 20,
            robots: true,
            proxy: None,
            ca_file: None,
            allow_private_addresses: false,
            host: Vec::new(),
        }
    }
}
