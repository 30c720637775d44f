//! robots.txt and values of the whole installation.

use sosik::store::Store;
use sosik::store::contract::RobotsFile;

use super::given::*;

pub(crate) async fn robots_are_kept_by_origin(store: &dyn Store) {
    let origin = "https://a.example:443";
    assert_eq!(store.robots(origin).await.unwrap(), None);
    let first = RobotsFile { status: 0, body: String::new(), fetched_at: minute(1) };
    store.put_robots(origin, &first).await.unwrap();
    assert_eq!(store.robots(origin).await.unwrap(), Some(first));
    let second = RobotsFile { status: 200, body: "User-agent: *\n".into(), fetched_at: minute(2) };
    store.put_robots(origin, &second).await.unwrap();
    assert_eq!(store.robots(origin).await.unwrap(), Some(second));
    assert_eq!(store.robots("http://a.example:80").await.unwrap(), None);
}

pub(crate) async fn notes_are_kept_by_name(store: &dyn Store) {
    assert_eq!(store.note("published").await.unwrap(), None);
    store.put_note("published", "one").await.unwrap();
    store.put_note("other", "").await.unwrap();
    store.put_note("published", "two").await.unwrap();
    assert_eq!(store.note("published").await.unwrap().as_deref(), Some("two"));
    assert_eq!(store.note("other").await.unwrap().as_deref(), Some(""));
}
