//! Two servers over one store: a reader that is sent to another one with each request notices nothing.

use std::sync::Arc;

use crate::given::*;

#[tokio::test]
async fn two_servers_over_one_store_answer_alike() {
    let store = blog().await;
    let (one, other) = (
        served_over(Arc::clone(&store), &Wishes::default()).await,
        served_over(Arc::clone(&store), &Wishes::default()).await,
    );
    let mut before = Vec::new();
    for turn in 0..2 {
        for path in ["/feeds/slow", "/feeds/slow/big-data", "/feeds/slow/big-data/kafka", "/feeds/slow/_uncategorized"]
        {
            for extension in ["rss", "atom", "json"] {
                let path = format!("{path}.{extension}");
                for coding in ["identity", "gzip", "br"] {
                    let accepts = [("Accept-Encoding", coding)];
                    let (here, there) = (one.get_with(&path, &accepts).await, other.get_with(&path, &accepts).await);
                    assert_eq!((here.status, &here.body), (200, &there.body), "{path} {coding} {turn}");
                    for header in ["etag", "last-modified", "cache-control", "content-type", "vary"] {
                        assert_eq!(here.header(header), there.header(header), "{header} of {path} {coding}");
                    }
                    let has = [("If-None-Match", here.header("etag")), ("Accept-Encoding", coding)];
                    assert_eq!(other.get_with(&path, &has).await.status, 304, "{path}");
                    before.push(here.header("etag").to_owned());
                }
            }
        }
        poll(&*store, "slow", vec![post("/4", "One more", 1, &["Big Data/Kafka"])]).await;
    }
    let (first, second) = before.split_at(before.len() / 2);
    let changed = first.iter().zip(second).filter(|(first, second)| first != second).count();
    assert_eq!(changed, 3 * 3 * 3, "the feeds that hold the new post are others, the other one is not");
}
