//! When to look at a source again.
//!
//! Pure: the clock, the store and the network are the caller's. `look.rs` waits until a look is worth a request,
//! `retry.rs` after failures; `bounds.rs` keeps both within the cadence and the server's wishes (Retry-After, RFC 9110
//! §10.2.3; freshness, RFC 9111 §4.2.1), which may lengthen a wait, never shorten it below the cadence; `jitter.rs`
//! spreads what would come together. `times.rs` is the cron pattern of a person who wants it so: then looks come at its
//! moments and at no others, after failures and server's wishes too.

mod bounds;
mod jitter;
mod look;
mod retry;
mod times;

pub use bounds::{LONGEST_WAIT, Wait};
pub use look::{next_check, next_deep_walk};
pub use retry::backoff;
pub use times::{BadTimes, Times};

#[cfg(test)]
mod tests;
