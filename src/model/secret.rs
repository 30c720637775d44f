//! What must not be shown: a token, a password, a URL that lets whoever knows it write to somebody.
//!
//! Every way to print it hides it, so it cannot slip into a log, an error or JSON; only [`Secret::expose`] gives it
//! away, at the moment of use. It is no promise about memory: the text is not wiped.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// What stands where a secret would.
const HIDDEN: &str = "…";

/// A text that nobody is shown.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// A secret with this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `text` without the secret, should somebody else have put it there: a server may repeat what it was told.
    pub fn cover(&self, text: &str) -> String {
        let secret = self.0.trim();
        if secret.is_empty() { text.to_owned() } else { text.replace(secret, HIDDEN) }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_hidden_however_it_is_printed() {
        let secret: Secret = serde_json::from_str("\"s3cret\"").unwrap();
        assert_eq!(secret.expose(), "s3cret");
        let printed = format!("{secret} {secret:?} {:?} {}", Some(&secret), serde_json::to_string(&secret).unwrap());
        assert_eq!(printed, "… … Some(…) \"…\"");
        assert_eq!(secret.cover("no bot s3cret, says s3cret"), "no bot …, says …");
        assert_eq!(Secret::new("").cover("as it was"), "as it was");
    }
}
