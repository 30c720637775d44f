//! Many workers on one `PostgreSQL` while everything that can end ends: workers are killed and stopped beyond their leases, the
//! server is killed once. Nothing is lost and nothing doubled, and no host is asked by two at a time.
//!
//! `SOSIK_CHAOS_SECONDS` makes it longer, `SOSIK_CHAOS_SEED` another one.

#[path = "../support/mod.rs"]
mod support;

mod blogs;
mod checks;
mod database;
mod worker;

use std::time::Duration;

use tokio::time::Instant;

use blogs::{BLOGS, Blogs};
use checks::{Told, settled};
use database::Database;
use support::receiver::Receiver;
use support::sosik::Sosik;
use worker::{Worker, configured};

/// How long things go wrong, where nobody says otherwise.
const SECONDS: u64 = 30;

/// How often something happens.
const TICK: Duration = Duration::from_millis(500);

/// A worker that is stopped sleeps for so many ticks: longer than [`database::HELD`].
const ASLEEP: u64 = 40;

/// How long the first looks, and what is left after the end, may take.
const PATIENCE: Duration = Duration::from_mins(5);

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |text| text.parse().expect("a number"))
}

/// Chance, the same for the same seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end).unwrap()).unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "the moments at which things go wrong are what this is about")]
fn pause() {
    std::thread::sleep(TICK);
}

#[expect(clippy::print_stdout, reason = "what a run of minutes has come to")]
fn wait_for(what: &str, mut holds: impl FnMut() -> Result<(), String>) {
    let began = Instant::now();
    while let Err(lacks) = holds() {
        assert!(began.elapsed() < PATIENCE, "waited for {what}: {lacks}");
        pause();
    }
    println!("{what}: after {:.1} s", began.elapsed().as_secs_f64());
}

#[test]
#[expect(clippy::print_stdout, reason = "what a run of minutes has come to")]
fn nothing_is_lost_and_nothing_doubled() {
    let ticks = number("SOSIK_CHAOS_SECONDS", SECONDS) * 2;
    let mut chance = Chance(number("SOSIK_CHAOS_SEED", 20_261_126));
    let (blogs, mut database, receiver) = (Blogs::start(), Database::start(), Receiver::start());
    let tables = configured(&database.url(), &receiver.url("/hook"));
    let first = Sosik::new().tables(&tables);
    std::fs::write(first.path("blogs.jsonl"), blogs.listed()).unwrap();
    let imported = first.run(&["import", "--to-store", "blogs.jsonl"]).success();
    println!("{}", imported.stdout.trim());

    let mut workers: Vec<Worker> = (0..4).map(|number| Worker::new("poll", number, &tables)).collect();
    workers.extend((0..2).map(|number| Worker::new("deliver", number, &tables)));
    wait_for("the first looks", || {
        let seen = database.number("SELECT count(*) FROM source_state WHERE last_success IS NOT NULL");
        if seen == BLOGS { Ok(()) } else { Err(format!("{seen} of {BLOGS}")) }
    });

    let mut kills = 0;
    for tick in 0..ticks {
        for _ in 0..20 {
            blogs.publish(chance.below(BLOGS));
        }
        if tick == ticks / 2 {
            database.kill_and_start();
        }
        let at = chance.below(workers.len());
        if tick % 3 == 1 && !workers[at].is_asleep() {
            workers[at].kill_and_start();
            kills += 1;
        }
        // One of each kind sleeps beyond its lease, one after another.
        for (at, from) in [(0, 2), (5, 4), (1, ticks / 2 + 3)] {
            if tick == from {
                workers[at].stop();
            } else if tick == from + ASLEEP {
                workers[at].go_on();
            }
        }
        database.let_leases_of_the_dead_end();
        pause();
    }
    let ended = Instant::now();
    wait_for("all that is owed", || {
        database.let_leases_of_the_dead_end();
        settled(&database, &blogs, ended)
    });
    // Those that slept through the end wake up with leases that others have had since.
    for worker in &mut workers {
        worker.go_on();
    }
    wait_for("those who slept", || settled(&database, &blogs, ended));

    let stopped = workers.iter().flat_map(|worker| worker.stopped().to_vec()).collect();
    drop(workers);
    let told = Told::by(&receiver);
    checks::posts(&database, &blogs);
    checks::outbox(&database, &blogs);
    told.holds(&blogs);
    let polls = checks::politeness(&blogs, &stopped);
    println!(
        "{BLOGS} blogs, {polls} polls, {} posts published, {} messages of which {} were repeats; \
         {kills} workers killed, 3 stopped, the server killed once",
        blogs.published().len(),
        told.messages,
        told.repeats
    );
}
