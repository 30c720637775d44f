//! How often the shared store waits for its server: what does not depend on each other goes out together.

use sosik::store::contract::{Fenced, Store};
use sosik::store::postgres::{Limits, PostgresStore};

use super::given::*;
use super::wire::Wire;
use crate::postgres::Database;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_takes_one_round_and_a_batch_three() {
    let database = Database::fresh();
    let wire = Wire::to(&database);
    let store = PostgresStore::open(&wire.url, Limits { connections: 1 }).unwrap();
    sources(&store, &["a", "b", "c"]).await;
    for round in 0..4 {
        let at = minute(round * 70);
        let (of_claim, waiting) = wire.rounds_of(leases(&store, at)).await;
        assert_eq!(waiting.len(), 3);
        let batch = waiting.iter().map(|lease| {
            let (mut report, id) = (report(at), lease.due[0].source.id.as_str());
            if id != "c" {
                report.changes = new(vec![post(&format!("/{id}/{round}"), round, &["Notes"])]);
            }
            recorded(lease, 0, report)
        });
        let (of_batch, taken) = wire.rounds_of(store.record(batch.collect(), at)).await;
        assert_eq!(taken.unwrap(), [Fenced::Recorded; 3]);
        match round {
            // There are neither categories nor feeds yet.
            0 => assert!(of_claim > 1 && of_batch > 3, "{of_claim} and {of_batch}"),
            // Feeds that are there are raised by a statement that was not prepared yet.
            1 => assert_eq!((of_claim, of_batch), (1, 4)),
            _ => assert_eq!((of_claim, of_batch), (1, 3)),
        }
    }
    let feed = feed(&store, "a/notes").await;
    assert_eq!((feed.posts, feed.version), (4, 4));
}
