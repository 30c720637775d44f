//! A way to a server that counts what goes over it, and breaks where it is told to.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};

use crate::postgres::Database;

/// Room for more than a test sends at once.
const ROOM: usize = 1 << 20;

/// How a transaction's end goes over the wire, and how it is answered.
const COMMIT: &[u8] = b"COMMIT\0";

/// What is lost as the wire breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    /// The end of a transaction: the server never hears of it.
    End,
    /// The answer to it: the server has taken the transaction.
    Answer,
}

/// What went over the wire so far.
#[derive(Default)]
struct Talk {
    is_our_turn: bool,
    rounds: usize,
    /// What is lost with the next transaction that ends.
    breaks: Option<Lost>,
    broken: usize,
}

/// A way to a database.
pub(crate) struct Wire {
    /// The database's URL over this way.
    pub(crate) url: String,
    talk: Arc<Mutex<Talk>>,
}

impl Wire {
    pub(crate) fn to(database: &Database) -> Self {
        let url = database.url();
        let (before, folder) = url.split_once("?host=").unwrap();
        let name = before.rsplit_once('/').unwrap().1;
        let server = format!("{folder}/.s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("postgres://sosik@{}/{name}?sslmode=disable", listener.local_addr().unwrap());
        let talk = Arc::new(Mutex::new(Talk { is_our_turn: true, ..Talk::default() }));
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
    pub(crate) async fn rounds_of<T>(&self, asked: impl Future<Output = T>) -> (usize, T) {
        let before = self.talk.lock().unwrap().rounds;
        let answer = asked.await;
        (self.talk.lock().unwrap().rounds - before, answer)
    }

    /// Breaks once, with the next transaction that ends.
    pub(crate) fn lose(&self, what: Lost) {
        self.talk.lock().unwrap().breaks = Some(what);
    }

    /// How often it broke.
    pub(crate) fn broken(&self) -> usize {
        self.talk.lock().unwrap().broken
    }
}

/// Carries what both sides say, each on a thread of its own, until one of them ends or the wire breaks.
fn carry(ours: TcpStream, theirs: UnixStream, talk: &Arc<Mutex<Talk>>) {
    // Whether the answer to the end is waited for, and then lost.
    let loses = Arc::new(Mutex::new(false));
    let (mut from_us, mut to_them, asked) = (ours.try_clone().unwrap(), theirs.try_clone().unwrap(), Arc::clone(talk));
    let losing = Arc::clone(&loses);
    std::thread::spawn(move || {
        let mut room = vec![0; ROOM];
        while let Ok(length @ 1..) = from_us.read(&mut room) {
            let mut talk = asked.lock().unwrap();
            talk.rounds += usize::from(std::mem::take(&mut talk.is_our_turn));
            let lost = if holds(&room[..length], COMMIT) { talk.breaks.take() } else { None };
            talk.broken += usize::from(lost.is_some());
            drop(talk);
            match lost {
                Some(Lost::End) => {
                    let _ = from_us.shutdown(Shutdown::Both);
                    break;
                }
                Some(Lost::Answer) => *losing.lock().unwrap() = true,
                None => {}
            }
            if to_them.write_all(&room[..length]).is_err() {
                break;
            }
        }
        let _ = to_them.shutdown(Shutdown::Both);
    });
    let (mut from_them, mut to_us, answered) = (theirs, ours, Arc::clone(talk));
    std::thread::spawn(move || {
        let (mut room, mut lost) = (vec![0; ROOM], Vec::new());
        while let Ok(length @ 1..) = from_them.read(&mut room) {
            if *loses.lock().unwrap() {
                lost.extend_from_slice(&room[..length]);
                if holds(&lost, COMMIT) {
                    break;
                }
                continue;
            }
            answered.lock().unwrap().is_our_turn = true;
            if to_us.write_all(&room[..length]).is_err() {
                break;
            }
        }
        let _ = (to_us.shutdown(Shutdown::Both), from_them.shutdown(Shutdown::Both));
    });
}

fn holds(sent: &[u8], sought: &[u8]) -> bool {
    sent.windows(sought.len()).any(|window| window == sought)
}
