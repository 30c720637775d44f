//! What the integration tests share: a live blog, the program itself, and a desktop to be notified on.
//!
//! Everything talks to loopback or to a bus of its own, so tests run side by side. What can be waited for as an
//! event is; [`until`] is for what happens in another process and tells nobody.
#![allow(dead_code, unused_imports, unreachable_pub, reason = "a test uses a part, and a test program exports nothing")]

pub mod background;
pub mod blog;
pub mod cutting;
pub mod desktop;
pub mod hub;
pub mod mail;
pub mod node;
pub mod python;
pub mod receiver;
pub mod served;
pub mod sosik;

use std::time::Duration;

/// The longest that a test waits for anything before it says that it never came.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Asks again and again, until another process has done what `what` names.
///
/// # Panics
/// When [`PATIENCE`] is over.
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    const PAUSE: Duration = Duration::from_millis(20);
    let tries = PATIENCE.as_millis() / PAUSE.as_millis();
    for _ in 0..tries {
        if let Some(answer) = ask() {
            return answer;
        }
        #[expect(clippy::disallowed_methods, reason = "another process gives no event to wait for")]
        std::thread::sleep(PAUSE);
    }
    panic!("waited {PATIENCE:?} and it never came: {what}");
}
