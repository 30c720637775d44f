//! How often the shared store waits for its server: what does not depend on each other goes out together.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};

use sosik::store::contract::{Fenced, Store};
use sosik::store::postgres::{Limits, PostgresStore};

use super::given::*;
use crate::postgres::Database;

/// Room for more than a test sends at once.
const ROOM: usize = 1 << 20;

/// What went over the wire so far.
#[derive(Default)]
struct Talk {
    is_our_turn: bool,
    rounds: usize,
}

/// A way to a database that counts how often something is sent after an answer.
struct Wire {
    url: String,
    talk: Arc<Mutex<Talk>>,
}

impl Wire {
    fn to(database: &Database) -> Self {
        let url = database.url();
        let (before, folder) = url.split_once("?host=").unwrap();
        let name = before.rsplit_once('/').unwrap().1;
        let server = format!("{folder}/.s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("postgres://sosik@{}/{name}?sslmode=disable", listener.local_addr().unwrap());
        let talk = Arc::new(Mutex::new(Talk { is_our_turn: true, rounds: 0 }));
        let counted = Arc::clone(&talk);
        std::thread::spawn(move || {
            for ours in listener.incoming().map_while(Result::ok) {
                let Ok(theirs) = UnixStream::connect(&server) else { return };
                carry(ours, theirs, &counted);
            }
        });
        Self { url, talk }
    }

    /// How many rounds it took, and what came of it.
    async fn rounds_of<T>(&self, asked: impl Future<Output = T>) -> (usize, T) {
        let before = self.talk.lock().unwrap().rounds;
        let answer = asked.await;
        (self.talk.lock().unwrap().rounds - before, answer)
    }
}

/// Carries what both sides say, each on a thread of its own, until one of them ends.
fn carry(ours: TcpStream, theirs: UnixStream, talk: &Arc<Mutex<Talk>>) {
    let (mut from_us, mut to_them, asked) = (ours.try_clone().unwrap(), theirs.try_clone().unwrap(), Arc::clone(talk));
    std::thread::spawn(move || {
        let mut room = vec![0; ROOM];
        while let Ok(length @ 1..) = from_us.read(&mut room) {
            let mut talk = asked.lock().unwrap();
            talk.rounds += usize::from(std::mem::take(&mut talk.is_our_turn));
            drop(talk);
            if to_them.write_all(&room[..length]).is_err() {
                break;
            }
        }
        let _ = to_them.shutdown(Shutdown::Both);
    });
    let (mut from_them, mut to_us, answered) = (theirs, ours, Arc::clone(talk));
    std::thread::spawn(move || {
        let mut room = vec![0; ROOM];
        while let Ok(length @ 1..) = from_them.read(&mut room) {
            answered.lock().unwrap().is_our_turn = true;
            if to_us.write_all(&room[..length]).is_err() {
                break;
            }
        }
        let _ = to_us.shutdown(Shutdown::Both);
    });
}

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
