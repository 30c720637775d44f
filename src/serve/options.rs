//! What a person can set about serving: the `[serve]` table.

use bytesize::ByteSize;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// The `[serve]` table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Addresses with a port, or paths of Unix sockets; none: nothing is served.
    pub listen: Vec<String>,
    /// Whether addresses beyond this machine may be listened on while there is no token. Where there are tokens, one
    /// is always asked for.
    pub public: bool,
    /// How long readers and caches may go without asking again.
    pub max_age: SignedDuration,
    /// Bytes of rendered documents that are kept in memory.
    pub cache: ByteSize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: vec!["127.0.0.1:7878".to_owned()],
            public: false,
            max_age: SignedDuration::from_mins(5),
            cache: ByteSize::mib(32),
        }
    }
}
