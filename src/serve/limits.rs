//! How much one client, and all of them together, may take.

use std::time::Duration;

/// The bounds of the server. The defaults suit a small machine; tests shorten them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest time until a request's head is complete, and that a kept connection may be silent.
    pub head: Duration,
    /// Longest time that a client may take nothing of an answer.
    pub stall: Duration,
    /// Longest time that an answer may take to come about.
    pub answer: Duration,
    /// Longest time that open connections get to finish once the server stops.
    pub drain: Duration,
    /// Connections in all.
    pub connections: usize,
    /// Connections of one address; of an IPv6 network of 64 bits. Not of this machine, where a proxy may stand.
    pub connections_per_address: usize,
    /// Of those connections the ones that may follow events: others must find a seat, too.
    pub followers: usize,
    /// How often who follows events is told that the connection lives, and whether it may still stay.
    pub heartbeat: Duration,
    /// Bytes of rendered documents that are kept.
    pub kept_bytes: usize,
    /// How long what the store said is taken for true.
    pub trusted: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(5),
            stall: Duration::from_secs(10),
            answer: Duration::from_secs(15),
            drain: Duration::from_secs(5),
            connections: 256,
            connections_per_address: 64,
            followers: 64,
            heartbeat: Duration::from_secs(15),
            kept_bytes: 32 << 20,
            trusted: Duration::from_secs(1),
        }
    }
}

/// Longest request target in bytes (RFC 9110 §4.1 asks for at least 8000).
pub(super) const LONGEST_TARGET: usize = 8 * 1024;

/// Most bytes of a request's headers.
pub(super) const MOST_HEADER_BYTES: usize = 32 * 1024;

/// What is read of a head before it is given up. Above the two bounds, so that a long target gets its own answer.
pub(super) const HEAD_BUFFER: usize = 128 * 1024;
