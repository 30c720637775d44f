//! Tokens: what a reader shows to be let in, where feeds are not public.
//!
//! The secret itself is shown once, to the person who made it; only its digest is kept.

use jiff::Timestamp;

/// Longest name in bytes.
const MAX_NAME_BYTES: usize = 80;

/// A token as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What a person calls it: whom or what it lets in.
    pub name: String,
    /// SHA-256 of the secret.
    pub digest: [u8; 32],
    /// When it was made.
    pub made_at: Timestamp,
}

/// Whether a token may be called so: letters and digits of any script, `-`, `_`, `.` and `@`.
pub fn is_token_name(name: &str) -> bool {
    let plain = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | '@');
    !name.is_empty() && name.len() <= MAX_NAME_BYTES && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_plain_word() {
        for good in ["phone", "me@laptop", "휴대폰", "a-b_c.1"] {
            assert!(is_token_name(good), "{good:?}");
        }
        for bad in ["", "a b", "a\n", "<b>", &"a".repeat(81)] {
            assert!(!is_token_name(bad), "{bad:?}");
        }
    }
}
