//! `/healthz`, `/readyz`, `/metrics`.

use jiff::SignedDuration;
use sosik::model::failure::PollOutcome;

use crate::given::*;

#[tokio::test]
async fn a_server_says_that_it_is_well() {
    let served = served().await;
    for (path, text) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let answer = served.get(path).await;
        assert_eq!((answer.status, answer.text()), (200, text));
    }
}

#[tokio::test]
async fn metrics_tell_of_the_store_the_feeds_and_the_polls() {
    let served = served().await;
    fail(&*served.store, "slow", "broken").await;
    served.get("/feeds/slow.rss").await;
    served.get("/feeds/slow.rss").await;
    served.get("/feeds/none.atom").await;
    served.get("/feeds/x").await;
    served.metrics.poll_ended(&PollOutcome::NotModified, SignedDuration::from_millis(70), SignedDuration::from_secs(2));
    served.metrics.delivered("desktop", 3);
    served.metrics.not_delivered("desktop", 1);
    served.metrics.started(now());
    let answer = served.get("/metrics").await;
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    let text = answer.text();
    for line in [
        "sosik_sources 1",
        "sosik_sources_failing 1",
        "sosik_sources_due 0",
        "sosik_posts 3",
        "sosik_deliveries_owed 0",
        "sosik_deliveries_dead 0",
        "sosik_feed_requests_total{format=\"rss\",status=\"200\"} 2",
        "sosik_feed_requests_total{format=\"atom\",status=\"404\"} 1",
        "sosik_feed_requests_total{format=\"none\",status=\"404\"} 1",
        "sosik_polls_total{outcome=\"not-modified\"} 1",
        "sosik_poll_seconds_bucket{le=\"0.1\"} 1",
        "sosik_poll_lateness_seconds_sum 2.0",
        "sosik_deliveries_total{channel=\"desktop\",outcome=\"sent\"} 3",
        "sosik_deliveries_total{channel=\"desktop\",outcome=\"failed\"} 1",
        "sosik_start_time_seconds 1773576000.0",
    ] {
        assert!(text.lines().any(|there| there == line), "{line} is not in:\n{text}");
    }
    assert!(text.ends_with("# EOF\n"));
}
