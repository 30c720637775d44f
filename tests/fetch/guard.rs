//! Nothing private is asked: not by the URL, not by a redirect, not by a name, unless the source may.
//!
//! 127.0.0.1 plays the public internet here; every other loopback address is as private as it always is.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use crate::server::{Reply, Server, error, fetcher, get, get_as, options, page, plain_fetcher};
use sosik::fetch::{Access, FetchError, Options};
use url::Url;

/// Spellings of a private host, `PORT` being where a server listens.
const SPELLINGS: &[&str] = &[
    "http://127.0.0.2:PORT/",
    "http://127.2:PORT/",
    "http://2130706434:PORT/",
    "http://0x7f000002:PORT/",
    "http://0x7f.2:PORT/",
    "http://0177.0.0.2:PORT/",
    "http://①②⑦.0.0.②:PORT/",
    "http://127.0.0.2.:PORT/",
    "http://0.0.0.0:PORT/",
    "http://0:PORT/",
    "http://[::]:PORT/",
    "http://[::1]:PORT/",
    "http://[::ffff:127.0.0.2]:PORT/",
    "http://[::ffff:7f00:2]:PORT/",
    "http://[::127.0.0.2]:PORT/",
    "http://[64:ff9b::7f00:2]:PORT/",
    "http://localhost:PORT/",
    "http://LocalHost.:PORT/",
    "http://a.localhost:PORT/",
    "http://me:pw@127.0.0.2:PORT/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://10.0.0.1/",
];

#[tokio::test]
async fn no_spelling_of_a_private_host_is_asked() {
    let private = Server::start_on("0.0.0.0".parse().unwrap(), |_| Reply::page("<p>secret</p>")).await;
    let port = private.address.port().to_string();
    let location = Arc::new(Mutex::new(String::new()));
    let public = Server::start({
        let location = Arc::clone(&location);
        move |_| Reply::redirect(location.lock().unwrap().clone())
    })
    .await;
    let fetcher = plain_fetcher();
    for spelling in SPELLINGS {
        let url = spelling.replace("PORT", &port);
        let direct = error(get(&fetcher, &Url::parse(&url).unwrap()).await);
        assert!(matches!(direct, FetchError::Address { .. }), "{url}: {direct:?}");
        let is_metadata = url.contains("/latest/meta-data/");
        let said = if is_metadata { "never asked" } else { "allow_private_addresses = true" };
        assert!(direct.help().contains(said), "{url}: {}", direct.help());
        location.lock().unwrap().clone_from(&url);
        let redirected = error(get(&fetcher, &public.url("/")).await);
        assert!(matches!(redirected, FetchError::Address { .. }), "{url}: {redirected:?}");
    }
    assert_eq!(private.connections(), 0);
}

#[tokio::test]
async fn a_redirect_does_not_leave_the_web() {
    let access = Access { allow_files: true, allow_private_addresses: true, ..Access::default() };
    for location in ["file:///etc/passwd", "ftp://127.0.0.1/", "javascript:alert(1)", "data:text/html,x", "gopher://x/"]
    {
        let server = Server::start(move |_| Reply::redirect(location)).await;
        let error = error(get_as(&plain_fetcher(), &server.url("/"), &access).await);
        assert!(matches!(error, FetchError::BadRedirect { .. }), "{location}: {error:?}");
    }
}

#[tokio::test]
async fn a_name_that_turns_private_after_it_was_looked_at_is_refused() {
    let private = Server::start_on("127.0.0.2".parse().unwrap(), |_| Reply::page("<p>secret</p>")).await;
    let port = private.address.port();
    // The connection is closed, so that the second request has to look the name up anew.
    let public = Server::start(move |_| {
        let head = format!("HTTP/1.1 302 X\r\nlocation: http://rebind.example:{port}/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        Reply::Raw(head.into_bytes())
    })
    .await;
    let lookups = Arc::new(AtomicUsize::new(0));
    let fetcher = fetcher(&options(), {
        let lookups = Arc::clone(&lookups);
        move |_| Some(if lookups.fetch_add(1, Ordering::SeqCst) == 0 { "127.0.0.1" } else { "127.0.0.2" })
    });
    let refused = error(get(&fetcher, &public.named("rebind.example", "/")).await);
    assert!(
        matches!(&refused, FetchError::Address { host, address }
            if *host == format!("rebind.example:{port}") && address == "127.0.0.2"),
        "{refused:?}"
    );
    assert_eq!(public.requests().len(), 1, "the first address was public and was asked");
    assert_eq!(private.connections(), 0);
    assert_eq!(lookups.load(Ordering::SeqCst), 2, "one look at the name for each connection, which goes where it says");
}

#[tokio::test]
async fn who_may_ask_private_addresses_may() {
    let server = Server::start_on("127.0.0.2".parse().unwrap(), |_| Reply::page("<p>nas</p>")).await;
    let access = Access { allow_private_addresses: true, ..Access::default() };
    let guarded = fetcher(&options(), |_| Some("127.0.0.2"));
    for url in [server.url("/"), server.named("nas.lan", "/"), server.named("localhost", "/")] {
        assert_eq!(page(get_as(&guarded, &url, &access).await).text, "<p>nas</p>", "{url}");
        let refused = error(get(&guarded, &url).await);
        assert!(matches!(refused, FetchError::Address { .. }), "a kept connection is no way round: {refused:?}");
    }
    let everyone = fetcher(&Options { allow_private_addresses: true, ..options() }, |_| None);
    page(get(&everyone, &server.url("/")).await);
}

#[tokio::test]
async fn other_schemes_are_refused() {
    for url in ["file:///etc/passwd", "ftp://127.0.0.1/", "data:text/html,x", "mailto:me@x.org"] {
        let error = error(get(&plain_fetcher(), &Url::parse(url).unwrap()).await);
        assert!(matches!(error, FetchError::Scheme { .. }), "{url}: {error:?}");
    }
}
