//! Workers: the processes that work on a state, and what each of them does.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

/// How often a worker says that it lives.
pub const SAYS_EVERY: SignedDuration = SignedDuration::from_secs(10);

/// One of which nothing was heard for so long is gone.
pub const GONE_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// One that is gone is shown for so long.
pub const SHOWN_FOR: SignedDuration = SignedDuration::from_hours(24);

/// What a worker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Roles {
    /// It looks at blogs.
    pub poll: bool,
    /// It answers readers, and writes files of feeds.
    pub serve: bool,
    /// It tells people.
    pub deliver: bool,
}

impl Roles {
    /// All of them.
    pub const ALL: Self = Self { poll: true, serve: true, deliver: true };

    /// None of them.
    pub const NONE: Self = Self { poll: false, serve: false, deliver: false };

    /// Their words, in order.
    pub fn words(self) -> Vec<&'static str> {
        let all = [(self.poll, "poll"), (self.serve, "serve"), (self.deliver, "deliver")];
        all.into_iter().filter_map(|(has, word)| has.then_some(word)).collect()
    }
}

/// Why a text names no roles.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRoles {
    /// A word that is none.
    #[error("there is no role {0:?}: write some of poll, serve, deliver, with commas")]
    Unknown(String),
    /// No word at all.
    #[error("no role is named: write some of poll, serve, deliver, with commas")]
    None,
}

impl FromStr for Roles {
    type Err = BadRoles;

    fn from_str(text: &str) -> Result<Self, BadRoles> {
        let mut roles = Self::NONE;
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match word {
                "poll" => roles.poll = true,
                "serve" => roles.serve = true,
                "deliver" => roles.deliver = true,
                other => return Err(BadRoles::Unknown(other.to_owned())),
            }
        }
        if roles == Self::NONE { Err(BadRoles::None) } else { Ok(roles) }
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().join(","))
    }
}

/// A process that works on a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// What it is called; no other one ever is.
    pub name: String,
    /// Its machine.
    pub host: String,
    /// Its number there.
    pub pid: u32,
    /// What it does.
    pub roles: Roles,
    /// Whether it writes files of feeds.
    pub files: bool,
    /// Its version.
    pub version: String,
    /// When it began.
    pub started_at: Timestamp,
    /// When it last said that it lives.
    pub seen_at: Timestamp,
}

impl Worker {
    /// Whether nothing was heard of it for too long.
    pub fn is_gone(&self, now: Timestamp) -> bool {
        now.duration_since(self.seen_at) > GONE_AFTER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_words_with_commas() {
        let check = |text: &str, expected: Result<&str, &str>| {
            let read = text.parse::<Roles>().map(|roles| roles.to_string()).map_err(|bad| bad.to_string());
            assert_eq!(read.as_deref().map_err(|bad| bad.split(':').next().unwrap()), expected, "{text:?}");
        };
        check("poll", Ok("poll"));
        check("deliver, poll", Ok("poll,deliver"));
        check("poll,serve,deliver,poll", Ok("poll,serve,deliver"));
        check("polls", Err("there is no role \"polls\""));
        check(",", Err("no role is named"));
        assert_eq!(Roles::ALL.to_string().parse(), Ok(Roles::ALL));
    }
}
