//! A year with a thousand blogs, in seconds: what the schedule costs the servers and how soon posts are found.
//!
//! The world and its clock are numbers (`year/world.rs`); no sockets, no store, no sleeping. `schedule` and `Rhythm` are
//! the program's, the dispatcher is a model of its rules (`year/dispatch.rs`), and the servers check each request. Run
//! it with `--nocapture` for the figures.

#![expect(clippy::cast_precision_loss, reason = "figures for people")]
#![expect(clippy::print_stdout, reason = "the figures are what is shown")]

mod year {
    pub(crate) mod chance;
    pub(crate) mod dispatch;
    pub(crate) mod tally;
    pub(crate) mod world;
}

use jiff::SignedDuration;
use sosik::model::source::Cadence;

use year::dispatch::live;
use year::tally::Tally;
use year::world::{Served, World, YEAR};

/// Seconds up to which lateness is counted.
const LATEST: usize = 3_600;

const SEED: u64 = 2_026;

fn fixed(minutes: i64) -> Cadence {
    let interval = SignedDuration::from_mins(minutes);
    Cadence { shortest: interval, longest: interval }
}

fn show(name: &str, tally: &mut Tally) {
    let (below, late) = tally.lateness();
    let [half, most] = [0.5, 0.9].map(|share| tally.delay_minutes(share));
    println!(
        "{name:>12}: {:>7.0} polls a day, {:>4.1} polls a post; found after {half:>4.1} min (median), {:>5.1} (mean), \
         {most:>5.1} (90%); {below} hosts below capacity, 99% of their polls within {late} s",
        tally.polls_a_day(),
        tally.polls_a_post(),
        tally.mean_minutes(),
    );
}

#[test]
fn a_year_of_a_thousand_blogs_is_polite_in_time_and_cheap() {
    // What is done every half an hour is known after four weeks.
    let lives = [(Cadence::default(), YEAR), (fixed(30), YEAR / 13), (fixed(60), YEAR / 13)];
    let lives = lives.map(|(cadence, span)| {
        std::thread::spawn(move || {
            let mut world = World::new(SEED);
            (live(&mut world, cadence, span), world.served)
        })
    });
    let [(mut adaptive, served), (mut half_hourly, _), (mut hourly, _)] =
        lives.map(|life| life.join().expect("no server complains"));
    let Served { pages, timed_out, refused, unavailable, gone } = served;
    println!(
        "the servers of the adaptive year gave {pages} pages, {timed_out} silences, {refused} 429s, {unavailable} 503s and \
         {gone} 410s; no gap, width, Retry-After or max-age was ever broken, and nobody who was gone was asked again"
    );
    assert!(timed_out > 0 && refused > 0 && unavailable > 0 && gone > 5, "the world was too kind: {served:?}");
    show("adaptive", &mut adaptive);
    show("every 30 min", &mut half_hourly);
    show("every 60 min", &mut hourly);
    println!("{:.2} times fewer polls than every 30 min", half_hourly.polls_a_day() / adaptive.polls_a_day());
    for tally in [&adaptive, &half_hourly, &hourly] {
        let (below, late) = tally.lateness();
        assert!(below > 250 && late < 60, "{below} hosts, {late} s");
        assert!(tally.latest() < LATEST, "a source of a host below capacity waited an hour");
    }
    assert!(adaptive.delay_minutes(0.5) <= half_hourly.delay_minutes(0.5));
    assert!(adaptive.polls_a_day() * 3.0 <= half_hourly.polls_a_day());
}
