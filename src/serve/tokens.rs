//! Tokens: made here, kept as digests, compared in constant time.
//!
//! A secret has 192 random bits, so a plain SHA-256 of it cannot be guessed back; slow hashes are for passwords.

use std::fmt::Write;

use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use subtle::{Choice, ConstantTimeEq};

use crate::model::token::Token;

/// What every secret begins with, so that a scanner for leaked secrets knows it.
const PREFIX: &str = "sosik_";

/// The system has no random bytes to give.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct NoRandomness;

/// A new secret, which is shown once, and the token that is kept of it.
pub fn mint(name: &str, now: Timestamp) -> Result<(String, Token), NoRandomness> {
    let mut bytes = [0; 24];
    SystemRandom::new().fill(&mut bytes).map_err(|_| NoRandomness)?;
    let mut secret = PREFIX.to_owned();
    for byte in bytes {
        write!(secret, "{byte:02x}").expect("a String takes every letter");
    }
    let token = Token { name: name.to_owned(), digest: digest_of(&secret), made_at: now };
    Ok((secret, token))
}

/// Whether a secret is one of the tokens'. Takes the same time whichever it is.
pub(super) fn is_among(secret: &str, tokens: &[Token]) -> bool {
    let shown = digest_of(secret);
    tokens.iter().fold(Choice::from(0), |found, token| found | token.digest.ct_eq(&shown)).into()
}

fn digest_of(secret: &str) -> [u8; 32] {
    digest(&SHA256, secret.as_bytes()).as_ref().try_into().expect("SHA-256 has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_with_its_own_token_alone() {
        let (first, token) = mint("phone", Timestamp::UNIX_EPOCH).unwrap();
        let (second, other) = mint("desk", Timestamp::UNIX_EPOCH).unwrap();
        assert!(first.starts_with(PREFIX) && first.len() == 54 && first != second, "{first}");
        assert!(is_among(&first, &[other.clone(), token.clone()]));
        assert!(
            !is_among(&first, &[other])
                && !is_among(&first[..53], std::slice::from_ref(&token))
                && !is_among("", &[token])
        );
        assert!(!is_among(&first, &[]));
    }
}
