//! How often a blog publishes, and at what hours and days.
//!
//! Learnt from posts as they are discovered, the first look's history included, and small whatever the blog's age:
//! decayed counts by hour and by day of the week, and two decayed counts of posts, one that forgets in weeks and one
//! that forgets in months. Hours are told where the blog tells them: in the offset of its own dates.
//!
//! Known gap: hours and days are taken as independent, so a blog that sleeps late on Sundays only is not known by it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::date::{Precision, Published};

/// Days after which a post counts 1/e among the recent ones: a blogger's busy month shows within days.
const RECENT_DAYS: f64 = 14.0;

/// Days after which a post counts 1/e among all: a blog of one post a month still has some.
const LASTING_DAYS: f64 = 120.0;

/// A blog of which nothing is known is taken for one that published so many posts …
const SUPPOSED_POSTS: f64 = 0.5;

/// … in so many days: looked at every few hours at first, and once a day after a silent week.
const SUPPOSED_DAYS: f64 = 1.0;

/// In steady times a blog is silent for four times its mean distance between posts in 2% of the time. One that is
/// silent longer is taken for slower.
const SILENCE: f64 = 4.0;

/// So many posts spread evenly over the hours stand beside those that were seen.
const EVEN_HOURS: f64 = 12.0;

/// So many posts spread evenly over the week stand beside those that were seen.
const EVEN_DAYS: f64 = 21.0;

/// A post colours the hours beside its own, by these weights: nobody publishes on the hour.
const BLUR: [f32; 5] = [1.0 / 9.0, 2.0 / 9.0, 3.0 / 9.0, 2.0 / 9.0, 1.0 / 9.0];

/// A change of offset up to here is the summer time's, with which the blogger's day moves; a larger one is another
/// way of writing the same moments.
const SUMMER_SECONDS: i32 = 2 * 3600;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// What is learnt about when a blog publishes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rhythm {
    /// From when on its posts were counted: the oldest post's date, or the first look.
    pub since: Timestamp,
    /// When it was last brought up to date: the counts are decayed to this moment.
    pub at: Timestamp,
    /// When its newest post appeared.
    pub last_post: Option<Timestamp>,
    /// Seconds east of UTC in which the hours and days are told.
    pub offset_seconds: i32,
    /// Posts, each fading within weeks.
    pub recent: f32,
    /// Posts, each fading within months.
    pub lasting: f32,
    /// Those of them whose hour is known.
    pub timed: f32,
    /// Posts by hour of the day and the hours beside it, fading within months.
    pub hours: [f32; 24],
    /// Posts by day of the week from Monday on, fading within months.
    pub days: [f32; 7],
}

impl Rhythm {
    /// Of a blog that was first read at `now` and of which no post is known yet.
    pub fn new(now: Timestamp, offset_seconds: i32) -> Self {
        Self {
            since: now,
            at: now,
            last_post: None,
            offset_seconds,
            recent: 0.0,
            lasting: 0.0,
            timed: 0.0,
            hours: [0.0; 24],
            days: [0.0; 7],
        }
    }

    /// Learns from posts that were discovered at `now`, with their dates as far as the page says.
    ///
    /// `looked` is when the page was last read before: what has no date, or only a day, appeared since. Without it (a
    /// first look, or the history below a gap) a day says only the day, and a post without a date says nothing.
    pub fn observe(&mut self, posts: &[Option<Published>], looked: Option<Timestamp>, now: Timestamp) {
        self.fade(now);
        if let Some(newest) = posts.iter().flatten().max_by_key(|published| published.at) {
            self.tell_in(newest.offset_seconds);
        }
        for seen in posts.iter().filter_map(|published| Seen::of(*published, looked, now)) {
            self.count(&seen);
        }
        self.round();
    }

    /// The rhythm as it stands at `now`, ready to be asked.
    pub fn pace(&self, now: Timestamp) -> Pace<'_> {
        let (seen, silent) = (days_between(self.since, now), days_between(self.last_post.unwrap_or(self.since), now));
        let passed = days_between(self.at, now);
        let exposure = |fades_in: f64| fades_in * (1.0 - (-seen / fades_in).exp());
        let lasting = f64::from(self.lasting) * (-passed / LASTING_DAYS).exp();
        let recent = f64::from(self.recent) * (-passed / RECENT_DAYS).exp();
        let usual = (lasting + SUPPOSED_POSTS) / (exposure(LASTING_DAYS) + SUPPOSED_DAYS);
        // What is usual stands beside what is recent like as many days of it.
        let rate = (recent + RECENT_DAYS * usual) / (exposure(RECENT_DAYS) + RECENT_DAYS);
        Pace { per_day: rate.min(SILENCE / silent.max(SILENCE / 1_000.0)), rhythm: self }
    }

    /// Decays the counts to `now`. A clock that was set back decays nothing.
    fn fade(&mut self, now: Timestamp) {
        let passed = days_between(self.at, now);
        self.recent *= narrow((-passed / RECENT_DAYS).exp());
        let kept = narrow((-passed / LASTING_DAYS).exp());
        self.lasting *= kept;
        self.timed *= kept;
        self.hours.iter_mut().chain(&mut self.days).for_each(|count| *count *= kept);
        self.at = now;
        self.since = self.since.min(now);
    }

    /// Tells hours in another offset from now on.
    fn tell_in(&mut self, offset_seconds: i32) {
        let moved = offset_seconds - self.offset_seconds;
        if moved.abs() > SUMMER_SECONDS {
            let hours = moved.div_euclid(3600).rem_euclid(24);
            self.hours.rotate_right(usize::try_from(hours).unwrap_or_default());
        }
        self.offset_seconds = offset_seconds;
    }

    fn count(&mut self, seen: &Seen) {
        let age = days_between(seen.at, self.at);
        self.since = self.since.min(seen.at);
        self.last_post = self.last_post.max(Some(seen.at));
        self.recent += narrow((-age / RECENT_DAYS).exp());
        let weight = narrow((-age / LASTING_DAYS).exp());
        self.lasting += weight;
        self.days[weekday(seen.at.as_millisecond(), self.offset_seconds)] += weight;
        if let Some((from, until)) = seen.between {
            self.timed += weight;
            let steps = u8::try_from((until - from) / HOUR_MS).unwrap_or(u8::MAX) + 1;
            for step in 0..steps {
                let within = from + i64::from(step) * (until - from) / i64::from(steps);
                let hour = hour(within, self.offset_seconds);
                for (beside, share) in BLUR.iter().enumerate() {
                    self.hours[(hour + 22 + beside) % 24] += share * weight / f32::from(steps);
                }
            }
        }
    }

    /// Keeps three digits behind the point: a short text in the store, and more than is known.
    fn round(&mut self) {
        let counts =
            self.hours.iter_mut().chain(&mut self.days).chain([&mut self.recent, &mut self.lasting, &mut self.timed]);
        counts.for_each(|count| *count = (*count * 1_000.0).round() / 1_000.0);
    }
}

/// A rhythm at one moment: how many posts are to be expected, and when.
#[derive(Debug, Clone)]
pub struct Pace<'a> {
    /// Posts a day.
    pub per_day: f64,
    rhythm: &'a Rhythm,
}

impl Pace<'_> {
    /// Posts a day that the hour of `ms` (unix milliseconds) would come to, were all hours like it.
    pub fn at_hour_of(&self, ms: i64) -> f64 {
        let Rhythm { offset_seconds, lasting, timed, hours, days, .. } = self.rhythm;
        let (within, on_day) = (hours[hour(ms, *offset_seconds)], days[weekday(ms, *offset_seconds)]);
        let hourly = (24.0 * f64::from(within) + EVEN_HOURS) / (f64::from(*timed) + EVEN_HOURS);
        let daily = (7.0 * f64::from(on_day) + EVEN_DAYS) / (f64::from(*lasting) + EVEN_DAYS);
        self.per_day * hourly * daily
    }

    /// When the hour of `ms` ends.
    pub fn end_of_hour(&self, ms: i64) -> i64 {
        let offset_ms = i64::from(self.rhythm.offset_seconds) * 1_000;
        ms + HOUR_MS - (ms + offset_ms).rem_euclid(HOUR_MS)
    }
}

/// When a post appeared, as far as it is known.
struct Seen {
    /// The moment, or the middle of what is possible.
    at: Timestamp,
    /// Between which moments, where that tells something of the hour.
    between: Option<(i64, i64)>,
}

impl Seen {
    fn of(published: Option<Published>, looked: Option<Timestamp>, now: Timestamp) -> Option<Self> {
        let now = now.as_millisecond();
        let looked = looked.map(|looked| looked.as_millisecond().min(now));
        let (from, until) = match published {
            Some(Published { at, precision: Precision::Minute | Precision::Second, .. }) => {
                let at = at.as_millisecond().min(now);
                (at, at)
            }
            Some(Published { at, precision: Precision::Day, .. }) => {
                let day = at.as_millisecond().min(now);
                let (from, until) = (day.max(looked.unwrap_or(day)), (day + DAY_MS).min(now));
                if looked.is_none() || from > until {
                    return Self::within(day, (day + DAY_MS).min(now), false);
                }
                (from, until)
            }
            None => (looked?, now),
        };
        Self::within(from, until, until - from < DAY_MS)
    }

    fn within(from: i64, until: i64, tells_hour: bool) -> Option<Self> {
        let at = Timestamp::from_millisecond(i64::midpoint(from, until)).ok()?;
        Some(Self { at, between: tells_hour.then_some((from, until)) })
    }
}

fn hour(ms: i64, offset_seconds: i32) -> usize {
    let local = ms + i64::from(offset_seconds) * 1_000;
    usize::try_from(local.rem_euclid(DAY_MS) / HOUR_MS).unwrap_or_default()
}

/// From Monday on; the first day of 1970 was a Thursday.
fn weekday(ms: i64, offset_seconds: i32) -> usize {
    let local = ms + i64::from(offset_seconds) * 1_000;
    usize::try_from((local.div_euclid(DAY_MS) + 3).rem_euclid(7)).unwrap_or_default()
}

/// Days from one moment to a later one; none to an earlier one.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of ten thousand years fit a double's mantissa")]
fn days_between(from: Timestamp, until: Timestamp) -> f64 {
    (until.as_millisecond() - from.as_millisecond()).max(0) as f64 / DAY_MS as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a count needs no more digits")]
fn narrow(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests;
