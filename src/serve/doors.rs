//! Who may come in: whoever shows a token, where there are tokens.
//!
//! A token is given as a bearer (RFC 6750), as the password of Basic (RFC 7617; any user), or as `?token=` for
//! readers that know neither. Once there was no way round a token, there stays none, though the last be revoked.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::time::Instant;

use crate::model::token::Token;
use crate::store::{Store, StoreError};

use super::tokens::is_among;

/// The tokens as they were read last.
#[derive(Debug)]
pub(super) struct Doors {
    trusted: Duration,
    /// Whether all may come in while there are no tokens.
    open_without: bool,
    read: RwLock<Option<(Instant, Arc<[Token]>)>>,
}

/// Whether somebody may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// Nobody is asked.
    Open,
    /// He has shown a token.
    Shown,
    /// He has shown none, or a wrong one.
    Refused,
}

impl Doors {
    pub(super) fn new(trusted: Duration, open_without: bool) -> Self {
        Self { trusted, open_without, read: RwLock::default() }
    }

    /// Whether a request with these headers and this query may come in.
    pub(super) async fn admit(
        &self,
        store: &dyn Store,
        headers: &HeaderMap,
        query: Option<&str>,
    ) -> Result<Admission, StoreError> {
        let tokens = self.tokens(store).await?;
        if tokens.is_empty() && self.open_without {
            return Ok(Admission::Open);
        }
        let shows = shown(headers, query).iter().any(|secret| is_among(secret, &tokens));
        Ok(if shows { Admission::Shown } else { Admission::Refused })
    }

    async fn tokens(&self, store: &dyn Store) -> Result<Arc<[Token]>, StoreError> {
        let now = Instant::now();
        if let Some((at, tokens)) = &*self.read.read().unwrap_or_else(PoisonError::into_inner)
            && now.duration_since(*at) < self.trusted
        {
            return Ok(Arc::clone(tokens));
        }
        let tokens: Arc<[Token]> = store.tokens().await?.into();
        *self.read.write().unwrap_or_else(PoisonError::into_inner) = Some((now, Arc::clone(&tokens)));
        Ok(tokens)
    }
}

/// Every secret that a request shows.
fn shown(headers: &HeaderMap, query: Option<&str>) -> Vec<String> {
    let mut secrets: Vec<String> = query
        .map(|query| url::form_urlencoded::parse(query.as_bytes()))
        .into_iter()
        .flatten()
        .filter(|(name, _)| name == "token")
        .map(|(_, value)| value.into_owned())
        .collect();
    for value in headers.get_all(header::AUTHORIZATION).iter().filter_map(|value| value.to_str().ok()) {
        let Some((scheme, rest)) = value.split_once(' ') else { continue };
        if scheme.eq_ignore_ascii_case("bearer") {
            secrets.push(rest.trim().to_owned());
        } else if scheme.eq_ignore_ascii_case("basic") {
            let decoded = STANDARD.decode(rest.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            secrets.extend(decoded.and_then(|pair| pair.split_once(':').map(|(_, password)| password.to_owned())));
        }
    }
    secrets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_shown_in_three_ways() {
        let check = |authorization: &str, query: Option<&str>, expected: &[&str]| {
            let headers = HeaderMap::from_iter([(header::AUTHORIZATION, authorization.parse().unwrap())]);
            assert_eq!(shown(&headers, query), expected, "{authorization:?} {query:?}");
        };
        check("Bearer abc", None, &["abc"]);
        check("bearer  abc", Some("x=1&token=a%2Bb"), &["a+b", "abc"]);
        check("Basic cmVhZGVyOmE6Yg==", None, &["a:b"]);
        check("Basic !!", Some("tokens=1"), &[]);
        check("Digest abc", None, &[]);
    }
}
