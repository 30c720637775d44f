//! A `WebSub` hub is told of what changed, once it is published, and again when it did not listen.

use crate::support::blog::Blog;
use crate::support::hub::Hub;
use crate::support::sosik::Sosik;

#[test]
fn a_hub_is_told_of_each_change_once_and_again_until_it_listens() {
    let blog = Blog::with_posts(5);
    let hub = Hub::start();
    let mut sosik = Sosik::watching(&blog);
    sosik.reconfigure("[publish]\n", &format!("[publish]\nhub = \"{}\"\n", hub.url));
    sosik.refresh();
    let files: Vec<String> = sosik.published().into_keys().collect();
    let all: Vec<String> = {
        let mut all: Vec<String> = hub.told().iter().map(|topic| percent(topic)).collect();
        all.sort();
        all
    };
    assert_eq!(all, files, "each document once");
    assert!(
        sosik.feed("blog.atom").contains(&format!("href=\"{}\" rel=\"hub\"", hub.url)),
        "{}",
        sosik.feed("blog.atom")
    );
    sosik.refresh();
    assert_eq!(hub.told(), [""; 0], "nothing changed");

    hub.answers("503 Service Unavailable");
    blog.publish(1, "Big Data/Kafka");
    let report = sosik.refresh();
    assert_eq!(report["sources"][0]["new"], 1, "a hub that fails stops nothing");
    assert_eq!(hub.told().len(), 1, "it is left alone after the first failure");
    hub.answers("204 No Content");
    sosik.refresh();
    let paths = ["blog", "blog/big-data", "blog/big-data/kafka"];
    let mut changed: Vec<String> =
        paths.iter().flat_map(|path| ["atom", "json", "rss"].map(|format| format!("{path}.{format}"))).collect();
    changed.sort();
    assert_eq!(hub.told(), changed);
}

/// A path as it is on the disk.
fn percent(path: &str) -> String {
    percent_encoding::percent_decode_str(path).decode_utf8().unwrap().into_owned()
}
