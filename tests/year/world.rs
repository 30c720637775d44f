//! A thousand blogs on three hundred hosts, and the servers that keep count of how they are treated.
//!
//! Everything follows from one seed. A server checks each request against what its host may bear: the gap since the
//! start of the last one, one at a time, nobody before the moment that a 429 or a 503 named, no page while it is fresh,
//! and none that is gone for good.

use std::ops::Range;

use super::chance::Chance;

pub(crate) const SECOND: i64 = 1_000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

/// The first of January 2026 in UTC: a Thursday, as the first of January 1970 was.
pub(crate) const START: i64 = 20_454 * DAY;
pub(crate) const YEAR: i64 = 365 * DAY;

const BLOGS: usize = 1_000;
const HOSTS: usize = 300;
const ON_PLATFORM: usize = 200;

/// Posts a day of the busiest and of the quietest blog.
const RATES: [f64; 2] = [5.0, 1.0 / 60.0];

/// Without a divisor in common with the number of blogs.
const STRIDE: usize = 617;

/// Of seven days' posts, a day of the weekend has so much less than a day of the week.
const WEEKEND: f64 = 0.5;

/// Days of history that the oldest blog has.
const OLDEST_DAYS: u64 = 1_000;

/// After so long without an answer a request is given up.
const TIMEOUT: i64 = 20 * SECOND;

/// What a poll met.
#[derive(Debug)]
pub(crate) enum Answer {
    /// The page, with these of the blog's posts on it that were not there before.
    Page { new: Range<usize> },
    /// No answer.
    TimedOut,
    /// 429: the host wants to be left alone until then.
    TooMany { retry_at: i64 },
    /// 503, with or without a moment to come back.
    Unavailable { retry_at: Option<i64> },
    /// 410.
    Gone,
}

/// A blog.
#[derive(Debug)]
pub(crate) struct Blog {
    pub(crate) host: usize,
    /// Milliseconds east of UTC in winter.
    offset: i64,
    has_summer_time: bool,
    /// Whether its page tells only the day of a post.
    pub(crate) tells_days: bool,
    /// The posts of its life, the oldest first.
    pub(crate) posts: Vec<i64>,
    pub(crate) max_age: Option<u32>,
    /// When its server does not answer.
    outages: Vec<Range<i64>>,
    /// One request in so many is refused.
    refuses: Option<u64>,
    fails: Option<u64>,
    gone_at: Option<i64>,
    /// Posts that its page showed already.
    shown: usize,
    not_before: i64,
    /// Until when the page that it gave last is fresh.
    fresh_until: i64,
    /// Whether it has said that it is gone.
    said_gone: bool,
}

/// What the servers counted.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Served {
    pub(crate) pages: u64,
    pub(crate) timed_out: u64,
    pub(crate) refused: u64,
    pub(crate) unavailable: u64,
    pub(crate) gone: u64,
}

/// A host and what it may bear.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) gap: i64,
    last_start: i64,
    busy_until: i64,
    not_before: i64,
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) blogs: Vec<Blog>,
    pub(crate) servers: Vec<Server>,
    pub(crate) served: Served,
    seed: u64,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let servers = (0..HOSTS)
            .map(|host| {
                // A platform that asks two hundred blogs' readers to wait half a minute each could not be read at all.
                let is_slow = host > 0 && chance.one_in(10);
                let gap = if is_slow { chance.between(10, 30) * SECOND } else { SECOND };
                Server { gap, last_start: 0, busy_until: 0, not_before: 0 }
            })
            .collect();
        let others = |blog: usize| 1 + (blog - ON_PLATFORM) % (HOSTS - 1);
        let blogs = (0..BLOGS)
            .map(|blog| {
                // One blog from each thousandth of the rates, in no order: what a year costs hangs on the few busiest.
                let rank = ((blog * STRIDE % BLOGS) as f64 + chance.share()) / BLOGS as f64;
                let per_day = RATES[0] * (RATES[1] / RATES[0]).powf(rank);
                Blog::new(if blog < ON_PLATFORM { 0 } else { others(blog) }, per_day, &mut chance)
            })
            .collect();
        Self { blogs, servers, served: Served::default(), seed }
    }

    /// A request that starts at `at`, and when it ends.
    pub(crate) fn ask(&mut self, number: usize, at: i64) -> (Answer, i64) {
        let blog = &mut self.blogs[number];
        let server = &mut self.servers[blog.host];
        assert!(at >= server.last_start + server.gap, "host {}: the gap was broken", blog.host);
        assert!(at >= server.busy_until, "host {}: two requests at a time", blog.host);
        assert!(at >= server.not_before, "host {}: a request before the Retry-After of a 429", blog.host);
        assert!(at >= blog.not_before, "blog {number}: a request before the Retry-After of a 503");
        assert!(at >= blog.fresh_until, "blog {number}: a request for a page that is fresh");
        assert!(!blog.said_gone, "blog {number}: a request for what is gone for good");
        let mut chance = Chance::new(self.seed ^ at.cast_unsigned() ^ ((number as u64) << 48));
        let (answer, took) = blog.answer(at, &mut chance);
        match answer {
            Answer::Page { .. } => {
                blog.fresh_until = at + took + i64::from(blog.max_age.unwrap_or(0)) * SECOND;
                self.served.pages += 1;
            }
            Answer::TooMany { retry_at } => {
                server.not_before = retry_at;
                self.served.refused += 1;
            }
            Answer::Unavailable { retry_at } => {
                blog.not_before = retry_at.unwrap_or(0);
                self.served.unavailable += 1;
            }
            Answer::Gone => {
                blog.said_gone = true;
                self.served.gone += 1;
            }
            Answer::TimedOut => self.served.timed_out += 1,
        }
        server.last_start = at;
        server.busy_until = at + took;
        (answer, at + took)
    }
}

impl Blog {
    fn new(host: usize, per_day: f64, chance: &mut Chance) -> Self {
        let (offset, has_summer_time) = match chance.below(10) {
            0..5 => (9 * HOUR, false),
            5..7 => (0, false),
            7 => (HOUR, true),
            8 => (-5 * HOUR, true),
            _ => (-8 * HOUR, true),
        };
        let outages = if chance.one_in(20) {
            (0..6).map(|_| START + chance.between(0, 358) * DAY).map(|from| from..from + 7 * DAY).collect()
        } else {
            Vec::new()
        };
        let mut blog = Self {
            host,
            offset,
            has_summer_time,
            tells_days: chance.one_in(3),
            posts: Vec::new(),
            max_age: chance.one_in(5).then(|| 600 + u32::try_from(chance.below(3_001)).unwrap_or(0)),
            outages,
            refuses: chance.share_is_below(0.03).then_some(200),
            fails: chance.share_is_below(0.02).then_some(50),
            gone_at: chance.one_in(100).then(|| START + chance.between(30, 330) * DAY),
            shown: 0,
            not_before: 0,
            fresh_until: 0,
            said_gone: false,
        };
        blog.write(per_day, chance);
        blog
    }

    /// Writes the posts of a life.
    fn write(&mut self, per_day: f64, chance: &mut Chance) {
        let first = START - i64::try_from(chance.below(OLDEST_DAYS)).unwrap_or(0) * DAY;
        let on_weekday = per_day * 7.0 / (5.0 + 2.0 * WEEKEND);
        for midnight in (first..START + YEAR).step_by(usize::try_from(DAY).unwrap_or(1)) {
            let is_weekend = (midnight / DAY + 3) % 7 >= 5;
            let today = chance.poisson(if is_weekend { WEEKEND * on_weekday } else { on_weekday });
            for _ in 0..today {
                let hours =
                    if chance.share_is_below(0.7) { 9.0 + 14.0 * chance.share() } else { 23.0 + 10.0 * chance.share() };
                #[expect(clippy::cast_possible_truncation, reason = "a day's milliseconds")]
                let within = (hours * HOUR as f64) as i64 % DAY;
                self.posts.push(midnight + within - self.offset_at(midnight));
            }
        }
        self.posts.sort_unstable();
    }

    /// Milliseconds east of UTC at a moment.
    pub(crate) fn offset_at(&self, at: i64) -> i64 {
        let day_of_year = (at - START).rem_euclid(YEAR) / DAY;
        self.offset + if self.has_summer_time && (87..297).contains(&day_of_year) { HOUR } else { 0 }
    }

    fn answer(&mut self, at: i64, chance: &mut Chance) -> (Answer, i64) {
        if self.outages.iter().any(|outage| outage.contains(&at)) {
            return (Answer::TimedOut, TIMEOUT);
        }
        let took = chance.between(150, 1_500);
        let end = at + took;
        if self.gone_at.is_some_and(|gone| at >= gone) {
            return (Answer::Gone, took);
        }
        if self.refuses.is_some_and(|requests| chance.one_in(requests)) {
            return (Answer::TooMany { retry_at: end + chance.between(600, 7_200) * SECOND }, took);
        }
        if self.fails.is_some_and(|requests| chance.one_in(requests)) {
            let retry_at = chance.one_in(2).then(|| end + chance.between(60, 3_600) * SECOND);
            return (Answer::Unavailable { retry_at }, took);
        }
        let from = self.shown;
        while self.posts.get(self.shown).is_some_and(|post| *post <= at) {
            self.shown += 1;
        }
        (Answer::Page { new: from..self.shown }, took)
    }
}
