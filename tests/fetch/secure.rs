//! https, with an authority of our own: `tls/` holds it (without its key) and what it signed for blog.example.
//!
//! The server runs in a thread of its own, since its TLS is the blocking kind.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::server::{Reply, Server, error, fetcher, get, options, page};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use sosik::fetch::{FetchError, Fetcher, Options};
use url::Url;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fetch/tls").join(name)
}

fn serve(certificate: &str) -> SocketAddr {
    let chain = vec![CertificateDer::from_pem_file(file(certificate)).unwrap()];
    let key = PrivateKeyDer::from_pem_file(file("key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(chain, key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = BufReader::new(StreamOwned::new(connection, stream.unwrap()));
            let mut line = String::new();
            // An error here is a client that did not trust us.
            while stream.read_line(&mut line).is_ok_and(|read| read > 2) {
                line.clear();
            }
            let _ = stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n<p>safe\r\n");
        }
    });
    address
}

fn trusting(authority: Option<&str>) -> Fetcher {
    let options = Options { ca_file: authority.map(file), ..options() };
    fetcher(&options, |_| Some("127.0.0.1"))
}

fn named(name: &str, address: SocketAddr) -> Url {
    Url::parse(&format!("https://{name}:{}/", address.port())).unwrap()
}

#[tokio::test]
async fn a_host_of_ones_own_is_trusted_through_its_authority() {
    let secure = serve("good.pem");
    let fetcher = trusting(Some("authority.pem"));
    assert_eq!(page(get(&fetcher, &named("blog.example", secure)).await).text, "<p>safe\r\n");
    let http = Server::start(move |_| Reply::redirect(named("blog.example", secure))).await;
    assert_eq!(page(get(&fetcher, &http.url("/")).await).url, named("blog.example", secure));
}

#[tokio::test]
async fn what_cannot_be_trusted_is_told() {
    let (good, expired) = (serve("good.pem"), serve("expired.pem"));
    let fetcher = trusting(Some("authority.pem"));
    let out_of_date = error(get(&fetcher, &named("blog.example", expired)).await);
    assert!(matches!(out_of_date, FetchError::Tls { expired: true, .. }), "{out_of_date:?}");
    assert!(out_of_date.is_transient());
    let other_name = error(get(&fetcher, &named("other.example", good)).await);
    assert!(matches!(other_name, FetchError::Tls { expired: false, .. }), "{other_name:?}");
    // On a machine without authorities there is no client at all.
    let stranger = error(get(&trusting(None), &named("blog.example", good)).await);
    assert!(matches!(stranger, FetchError::Tls { expired: false, .. } | FetchError::Client { .. }), "{stranger:?}");
    assert!(!stranger.is_transient());
    let plain = Server::start(|_| Reply::page("<p>ok</p>")).await;
    let no_tls = error(get(&fetcher, &named("blog.example", plain.address)).await);
    assert!(matches!(no_tls, FetchError::Tls { .. } | FetchError::Connect { .. }), "{no_tls:?}");
}
