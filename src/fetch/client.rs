//! The HTTP clients, built when first needed.
//!
//! There are four: for the public internet and for everywhere, each with and without TLS. Reading the machine's
//! certificate authorities costs more than many a poll, so who only asks `http` does not pay for them. Each client
//! keeps its connections for the next request to the same host.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use reqwest::{Client, ClientBuilder, redirect};
use rustls::CipherSuite;
use rustls::crypto::{CryptoProvider, ring};

use super::error::FetchError;
use super::resolver::{GuardedResolver, Reach, Surroundings};
use super::settings::Settings;

/// What we can read, pages first.
const ACCEPTED: &str = "text/html, application/xhtml+xml, application/atom+xml, application/rss+xml, \
                        application/feed+json, application/xml;q=0.9, application/json;q=0.9, */*;q=0.5";

/// How long a connection is kept for the next page of a walk. Between two polls it would only be in the way.
const KEEP_IDLE: Duration = Duration::from_secs(15);

/// What all of a process speaks TLS by. Of the suites of TLS 1.3 that with AES-128 and SHA-256 comes first, as browsers have
/// it: most servers take what the client names first, and a handshake hashes a dozen times, for which most machines have
/// instructions, but not with SHA-384.
fn provider() -> CryptoProvider {
    let mut provider = ring::default_provider();
    provider.cipher_suites.sort_by_key(|suite| suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256);
    provider
}

/// All clients of a process.
#[derive(Debug)]
pub(super) struct Clients {
    settings: Arc<Settings>,
    surroundings: Surroundings,
    built: [OnceLock<Client>; 4],
}

impl Clients {
    /// No client yet.
    pub(super) fn new(settings: Arc<Settings>, surroundings: Surroundings) -> Self {
        Self { settings, surroundings, built: Default::default() }
    }

    /// The client that goes as far as `reach`; `secure` if the URL is https.
    pub(super) fn get(&self, reach: Reach, secure: bool) -> Result<&Client, FetchError> {
        // A proxy may itself be spoken to over TLS.
        let secure = secure || self.settings.proxy.is_some();
        let place = &self.built[usize::from(secure) + 2 * usize::from(reach == Reach::Everywhere)];
        if let Some(client) = place.get() {
            return Ok(client);
        }
        let client = self.build(reach, secure)?;
        Ok(place.get_or_init(|| client))
    }

    /// A client that unpacks nothing, says nothing of itself and keeps no connection: for who looks at a server.
    pub(super) fn bare(&self, reach: Reach, secure: bool) -> Result<Client, FetchError> {
        let builder = self.builder(reach, secure || self.settings.proxy.is_some());
        let bare = builder.no_gzip().no_brotli().no_zstd().pool_max_idle_per_host(0);
        bare.build().map_err(|source| FetchError::Client { source: source.into() })
    }

    fn build(&self, reach: Reach, secure: bool) -> Result<Client, FetchError> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
        let builder = self.builder(reach, secure).user_agent(self.settings.user_agent.clone()).default_headers(headers);
        builder.build().map_err(|source| FetchError::Client { source: source.into() })
    }

    fn builder(&self, reach: Reach, secure: bool) -> ClientBuilder {
        // Whoever was first has chosen; it is the same provider.
        let _ = provider().install_default();
        let resolver = GuardedResolver {
            surroundings: self.surroundings.clone(),
            reach,
            proxy_host: self.settings.proxy_host.clone(),
        };
        let mut builder = Client::builder()
            .dns_resolver(resolver)
            .redirect(redirect::Policy::none())
            .referer(false)
            .connect_timeout(self.settings.connect)
            .pool_idle_timeout(KEEP_IDLE)
            .no_proxy();
        if let Some(proxy) = &self.settings.proxy {
            builder = builder.proxy(proxy.clone());
        }
        if secure {
            builder.tls_certs_merge(self.settings.authorities.iter().cloned())
        } else {
            // An empty set: nothing is read from the disk, and no https URL comes this way.
            builder.tls_certs_only([])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quicker_suite_comes_first_and_none_is_lost() {
        let (ours, rings) = (provider().cipher_suites, ring::default_provider().cipher_suites);
        assert_eq!(ours[0].suite(), CipherSuite::TLS13_AES_128_GCM_SHA256);
        assert_eq!(ours.len(), rings.len());
        assert!(rings.iter().all(|suite| ours.contains(suite)));
    }
}
