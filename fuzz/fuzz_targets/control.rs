//! Any bytes at the control socket of a daemon.
#![no_main]

use std::sync::{Arc, RwLock};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use sosik::clock::Clock;
use sosik::fetch::{Budgets, Options};
use sosik::run::control::{Desk, attend};
use sosik::run::order::{Identity, News, Order, Refusal};
use sosik::run::shape::Holder;
use sosik::store::sqlite::SqliteStore;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::mpsc;

fuzz_target!(|bytes: &[u8]| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let (orders, mut inbox) = mpsc::channel(16);
        let daemon = Holder { pid: 1, since: String::new(), version: String::new() };
        let desk = Desk {
            identity: Identity { daemon, state: "/state".into(), config: None },
            store: Arc::new(SqliteStore::in_memory().expect("a store")),
            budgets: Arc::new(RwLock::new(Budgets::of(&Options::default()))),
            clock: Clock::System,
            orders,
        };
        let (mut ours, theirs) = UnixStream::pair().expect("a pair of sockets");
        let attending = tokio::spawn(attend(theirs, Arc::new(desk)));
        let answering = tokio::spawn(async move {
            while let Some(order) = inbox.recv().await {
                match order {
                    Order::Refresh(_, news) => drop(news.send(News::Refused(Refusal::stopping())).await),
                    Order::Reload(reply)
                    | Order::Rename(_, reply)
                    | Order::RenameStored(_, reply)
                    | Order::Test(_, reply) => {
                        drop(reply.send(Err(Refusal::stopping())));
                    }
                    Order::Deliver | Order::Look => {}
                    Order::Prune(_, reply) => drop(reply.send(Err(Refusal::stopping()))),
                }
            }
        });
        let _ = ours.write_all(bytes).await;
        let _ = ours.shutdown().await;
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(5), ours.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "it never ends");
        attending.await.expect("it does not panic");
        answering.abort();
    });
});
