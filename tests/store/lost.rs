//! What the shared store does where it does not hear what became of a transaction.

use sosik::store::Deliveries;
use sosik::store::contract::{Fenced, OutboxCounts, Store};
use sosik::store::postgres::{Limits, PostgresStore};

use super::given::*;
use super::outbox::owed;
use super::wire::{Lost, Wire};
use crate::postgres::Database;

/// A store over a wire, with two sources.
async fn over_a_wire() -> (Database, Wire, PostgresStore) {
    let database = Database::fresh();
    let wire = Wire::to(&database);
    let store = PostgresStore::open(&wire.url, Limits { connections: 1 }).unwrap();
    sources(&store, &["a", "b"]).await;
    (database, wire, store)
}

/// Records a post of each source, as the wire breaks at the end of the batch.
async fn record_as_it_breaks(lost: Lost, round: i64, wire: &Wire, store: &PostgresStore) {
    let at = minute(round * 70);
    let waiting = leases(store, at).await;
    assert_eq!(waiting.len(), 2, "{lost:?}");
    let batch = waiting.iter().map(|lease| {
        let (mut report, name) = (report(at), format!("/{}/{round}", lease.due[0].source.id));
        report.owed = vec![owed(&name, "desktop")];
        report.changes = new(vec![post(&name, round, &["Notes"])]);
        recorded(lease, 0, report)
    });
    wire.lose(lost);
    assert_eq!(store.record(batch.collect(), at).await.unwrap(), [Fenced::Recorded; 2], "{lost:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_whose_end_or_its_answer_is_lost_is_taken_once() {
    let (_database, wire, store) = over_a_wire().await;
    // The first round makes feeds and categories; of the others everything is there.
    let mut ids = Vec::new();
    for (round, lost) in [Lost::Answer, Lost::End, Lost::Answer, Lost::End, Lost::Answer].into_iter().enumerate() {
        let so_far = i64::try_from(round).unwrap() + 1;
        record_as_it_breaks(lost, so_far, &wire, &store).await;
        assert_eq!(wire.broken(), round + 1, "{lost:?}");
        for name in ["a", "b"] {
            for path in [name.to_owned(), format!("{name}/notes")] {
                let feed = feed(&store, &path).await;
                assert_eq!((feed.version, i64::from(feed.posts)), (so_far, so_far), "{lost:?}: {path}");
                assert_eq!(keys(&store, &path).await.len(), round + 1, "{lost:?}: {path}");
            }
            let expected = Some(minute(so_far * 70 + 60));
            assert_eq!(overview(&store, name).await.state.next_check, expected, "{lost:?}");
        }
        assert_eq!(store.outbox().await.unwrap(), OutboxCounts { owed: u32::try_from(2 * so_far).unwrap(), dead: 0 });
        // What is told is told under one id, and once.
        let told = store.claim_deliveries("desktop", 99, minute(so_far * 70), minute(so_far * 70)).await.unwrap();
        let now: Vec<String> = told.iter().map(|delivery| delivery.id.clone()).collect();
        assert!(now.len() == 2 * (round + 1) && ids.iter().all(|id| now.contains(id)), "{lost:?}: {ids:?} {now:?}");
        ids = now;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_whose_end_or_its_answer_is_lost_leases_no_host_twice() {
    for lost in [Lost::End, Lost::Answer] {
        let (database, wire, store) = over_a_wire().await;
        wire.lose(lost);
        let found = leases(&store, minute(1)).await;
        assert_eq!(wire.broken(), 1, "{lost:?}");
        // Whose answer is lost: nobody knows of these leases, and they run out.
        assert_eq!(found.len(), if lost == Lost::End { 2 } else { 0 }, "{lost:?}");
        assert!(leases(&database.open(), minute(2)).await.is_empty(), "{lost:?}");
        assert_eq!(leases(&store, minute(12)).await.len(), 2, "{lost:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_settlement_whose_answer_is_lost_holds() {
    let (_database, wire, store) = over_a_wire().await;
    poll(&store, "a", minute(1), |report| {
        report.changes = new(vec![post("/1", 1, &[])]);
        report.owed = vec![owed("/1", "desktop")];
    })
    .await;
    let told = store.claim_deliveries("desktop", 9, minute(1), minute(11)).await.unwrap();
    wire.lose(Lost::Answer);
    let sent = sosik::model::delivery::Settlement::Sent;
    store.settle(&[(told[0].id.clone(), sent)], minute(2)).await.unwrap();
    assert_eq!(wire.broken(), 1);
    assert!(store.claim_deliveries("desktop", 9, minute(60), minute(70)).await.unwrap().is_empty());
    assert_eq!(store.outbox().await.unwrap(), OutboxCounts::default());
}
