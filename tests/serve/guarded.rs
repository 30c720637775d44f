//! Tokens: who may read, and where one must be asked for.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sosik::serve::tokens::mint;
use sosik::serve::{Listener, Options, ServeError, Server, Sockets};
use sosik::store::Store;
use sosik::store::sqlite::SqliteStore;
use tokio::net::TcpListener;

use crate::given::*;

fn listening(address: &str, public: bool) -> Wishes {
    let options = Options { listen: vec![address.to_owned()], public, ..Options::default() };
    Wishes { options, ..Wishes::default() }
}

#[tokio::test]
async fn a_token_is_asked_for_where_there_is_one() {
    let store = blog().await;
    let (secret, token) = mint("phone", now()).unwrap();
    store.put_token(&token).await.unwrap();
    let served = served_over(store, &Wishes::default()).await;
    let basic = |pair: String| format!("Basic {}", STANDARD.encode(pair));
    for path in ["/feeds/slow.rss", "/", "/opml", "/style.css", "/metrics", "/readyz", "/nothing", "/feeds/none.rss"] {
        let refused = served.get(path).await;
        assert_eq!(refused.status, 401, "{path}");
        assert!(refused.header("www-authenticate").starts_with("Basic realm="), "{path}");
        assert_eq!(refused.header("cache-control"), "no-store");
        for authorization in
            [format!("Bearer {secret}x"), "Bearer ".to_owned(), basic("a:b".to_owned()), secret.clone()]
        {
            assert_eq!(
                served.get_with(path, &[("Authorization", &authorization)]).await.status,
                401,
                "{authorization}"
            );
        }
        assert_eq!(served.get(&format!("{path}?token={}", &secret[1..])).await.status, 401);
        let bearer = served.get_with(path, &[("Authorization", &format!("Bearer {secret}"))]).await;
        assert_ne!(bearer.status, 401, "{path}");
        assert!(bearer.header("cache-control").starts_with("private"), "{path}: {bearer:?}");
        let with_basic = served.get_with(path, &[("Authorization", &basic(format!("anybody:{secret}")))]).await;
        assert_eq!(with_basic.status, bearer.status, "{path}");
        assert_eq!(served.get(&format!("{path}?token={secret}")).await.status, bearer.status, "{path}");
    }
    assert_eq!(served.get("/healthz").await.status, 200);
    assert!(!served.get("/healthz").await.header("cache-control").contains("private"));
    served.store.revoke_token("phone").await.unwrap();
    assert_eq!(served.get("/feeds/slow.rss").await.status, 200, "this machine alone reaches it, as before");
}

/// Whether a server opens on what these options come to.
async fn opened(store: &Arc<SqliteStore>, wishes: &Wishes) -> Result<Server, ServeError> {
    let listeners = Sockets::default().listeners(&wishes.options).await?;
    Server::open(setup(store, wishes), listeners).await
}

#[tokio::test]
async fn what_others_reach_must_be_guarded() {
    let store = blog().await;
    for address in ["0.0.0.0:0", "[::]:0"] {
        let error = opened(&store, &listening(address, false)).await.err().unwrap();
        assert!(matches!(&error, ServeError::Unguarded { .. }), "{error}");
        assert!(error.help().contains("sosik token add"), "{}", error.help());
        assert!(opened(&store, &listening(address, true)).await.is_ok(), "{address}");
    }
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("http.sock").display().to_string();
    for address in ["127.0.0.1:0", "[::1]:0", "localhost:0", &socket] {
        assert!(opened(&store, &listening(address, false)).await.is_ok(), "{address}");
    }
}

#[tokio::test]
async fn what_is_listened_on_counts_and_not_what_the_configuration_names() {
    let store = blog().await;
    let handed = async |address: &str| vec![Listener::Tcp(TcpListener::bind(address).await.unwrap())];
    let error = Server::open(setup(&store, &listening("127.0.0.1:0", false)), handed("0.0.0.0:0").await).await;
    let error = error.err().unwrap();
    assert!(matches!(error, ServeError::Unguarded { .. }), "{error}");
    let local = Server::open(setup(&store, &listening("0.0.0.0:0", false)), handed("127.0.0.1:0").await).await;
    assert!(local.is_ok(), "nobody else reaches it");
}

#[tokio::test]
async fn revoking_the_last_token_opens_nothing_to_others() {
    let store = blog().await;
    let (secret, token) = mint("phone", now()).unwrap();
    store.put_token(&token).await.unwrap();
    let wishes = listening("0.0.0.0:0", false);
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let address = ([127, 0, 0, 1], listener.local_addr().unwrap().port()).into();
    let opened = Server::open(setup(&store, &wishes), vec![Listener::Tcp(listener)]).await.unwrap();
    let running = tokio::spawn(async move { opened.serve(std::future::pending()).await.unwrap() });
    let served =
        Served { store: Arc::clone(&store), address, metrics: Arc::default(), stop: None, running: Some(running) };
    let path = format!("/feeds/slow.rss?token={secret}");
    assert_eq!(served.get(&path).await.status, 200);
    store.revoke_token("phone").await.unwrap();
    assert_eq!(served.get(&path).await.status, 401);
    assert_eq!(served.get("/feeds/slow.rss").await.status, 401);
}
