//! Asking an endpoint by POST: the same guard, and what was posted stays with its own origin.

use crate::server::{Reply, Request, Server, error, fetcher, options, page, plain_fetcher};
use sosik::fetch::{Access, Ask, FetchError, Fetched, Fetcher};
use sosik::model::page::Validators;
use url::Url;

const BODY: &str = r#"{"query":"{ posts }"}"#;

async fn post(fetcher: &Fetcher, url: &Url, validators: &Validators) -> Result<Fetched, FetchError> {
    let access = Access { headers: [("X-Key".to_owned(), "secret".to_owned())].into(), ..Access::default() };
    fetcher.post(&Ask { url, validators, access: &access, unconditional: false }, BODY).await
}

fn seen(request: &Request) -> (&str, &str, &str, Option<&str>) {
    (&request.method, &request.target, &request.body, request.header("x-key"))
}

#[tokio::test]
async fn json_is_posted_without_conditions_and_the_same_answer_is_no_news() {
    let server = Server::start(|_| Reply::page("{}").with("etag", "\"a\"")).await;
    let fetcher = plain_fetcher();
    let url = server.url("/graphql");
    let first = page(post(&fetcher, &url, &Validators::default()).await);
    let again = post(&fetcher, &url, &first.validators).await.unwrap();
    assert!(matches!(again, Fetched::Same { .. }), "{again:?}");
    let requests = server.requests();
    for request in &requests {
        assert_eq!(seen(request), ("POST", "/graphql", BODY, Some("secret")));
        assert_eq!(request.header("content-type"), Some("application/json"));
        assert_eq!(request.header("if-none-match"), None);
    }
    assert_eq!(requests.len(), 2);
}

#[tokio::test]
async fn a_redirect_repeats_the_post_only_where_it_says_so_and_never_elsewhere() {
    let elsewhere = Server::start_on("127.0.0.2".parse().unwrap(), |_| Reply::page("{}")).await;
    let there = format!("http://127.0.0.2:{}/other", elsewhere.address.port());
    let server = Server::start(move |request| match request.target.as_str() {
        "/302" => Reply::redirect("/end"),
        "/307" => Reply::Answer(307, vec![("location", "/end".to_owned())], Vec::new()),
        "/308" => Reply::Answer(308, vec![("location", there.clone())], Vec::new()),
        _ => Reply::page("{}"),
    })
    .await;
    let open = fetcher(&sosik::fetch::Options { allow_private_addresses: true, ..options() }, |_| None);
    for path in ["/302", "/307", "/308"] {
        page(post(&open, &server.url(path), &Validators::default()).await);
    }
    let requests = server.requests();
    let ends: Vec<_> = requests.iter().filter(|request| request.target == "/end").map(seen).collect();
    assert_eq!(ends, [("GET", "/end", "", Some("secret")), ("POST", "/end", BODY, Some("secret"))]);
    assert_eq!(elsewhere.requests().iter().map(seen).collect::<Vec<_>>(), [("GET", "/other", "", None)]);
}

#[tokio::test]
async fn a_private_address_is_not_posted_to() {
    let server = Server::start_on("127.0.0.2".parse().unwrap(), |_| Reply::page("{}")).await;
    let url = Url::parse(&format!("http://127.0.0.2:{}/", server.address.port())).unwrap();
    let refused = error(post(&plain_fetcher(), &url, &Validators::default()).await);
    assert!(matches!(refused, FetchError::Address { .. }), "{refused:?}");
    assert_eq!(server.requests().len(), 0);
}
