//! What is counted, as Prometheus reads it (`OpenMetrics` text).
//!
//! Gauges are read from the store when they are asked for. What happens elsewhere (polls, deliveries) is told by
//! whoever does it, through the methods of [`Metrics`].

use std::sync::atomic::AtomicU64;

use jiff::{SignedDuration, Timestamp};
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::model::failure::PollOutcome;
use crate::model::feed::Format;
use crate::store::contract::OutboxCounts;
use crate::store::stored::Tally;

/// Seconds that polls take: from a 304 nearby to the timeout of a slow blog.
const LATENCY: [f64; 9] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Seconds that polls are late: from on time to a day.
const LATENESS: [f64; 8] = [1.0, 5.0, 30.0, 60.0, 300.0, 3_600.0, 21_600.0, 86_400.0];

/// The media type of the text.
pub(super) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Delivered {
    channel: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    format: FormatLabel,
    status: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct FormatLabel(Option<Format>);

impl EncodeLabelValue for FormatLabel {
    fn encode(&self, encoder: &mut prometheus_client::encoding::LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        EncodeLabelValue::encode(&self.0.map_or("none", Format::extension), encoder)
    }
}

/// All counters and gauges.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    polls: Family<Outcome, Counter>,
    poll_time: Histogram,
    lateness: Histogram,
    deliveries: Family<Delivered, Counter>,
    feed_requests: Family<Asked, Counter>,
    sources: Gauge,
    failing: Gauge,
    due: Gauge,
    posts: Gauge,
    owed: Gauge,
    dead: Gauge,
    up_since: Gauge<f64, AtomicU64>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("sosik");
        let mut metrics = Self {
            registry: Registry::default(),
            polls: Family::default(),
            poll_time: Histogram::new(LATENCY),
            lateness: Histogram::new(LATENESS),
            deliveries: Family::default(),
            feed_requests: Family::default(),
            sources: Gauge::default(),
            failing: Gauge::default(),
            due: Gauge::default(),
            posts: Gauge::default(),
            owed: Gauge::default(),
            dead: Gauge::default(),
            up_since: Gauge::default(),
        };
        registry.register("polls", "Polls by outcome", metrics.polls.clone());
        registry.register_with_unit("poll", "How long polls take", Unit::Seconds, metrics.poll_time.clone());
        registry.register_with_unit(
            "poll_lateness",
            "How long after their time polls begin",
            Unit::Seconds,
            metrics.lateness.clone(),
        );
        registry.register("deliveries", "Deliveries by channel and outcome", metrics.deliveries.clone());
        registry.register("feed_requests", "Requests for feeds by format and status", metrics.feed_requests.clone());
        registry.register("sources", "Sources that are watched", metrics.sources.clone());
        registry.register("sources_failing", "Sources whose last look failed", metrics.failing.clone());
        registry.register("sources_due", "Sources whose time has come", metrics.due.clone());
        registry.register("posts", "Posts that are stored", metrics.posts.clone());
        registry.register("deliveries_owed", "Deliveries still to be made", metrics.owed.clone());
        registry.register("deliveries_dead", "Deliveries that were given up", metrics.dead.clone());
        registry.register_with_unit(
            "start_time",
            "When this process began to serve",
            Unit::Seconds,
            metrics.up_since.clone(),
        );
        metrics.registry = registry;
        metrics
    }
}

impl Metrics {
    /// A poll ended: how, how long it took, and how long after its time it began. A clock that was set back meanwhile
    /// makes neither negative.
    pub fn poll_ended(&self, outcome: &PollOutcome, took: SignedDuration, late: SignedDuration) {
        self.polls.get_or_create(&Outcome { outcome: outcome.word() }).inc();
        self.poll_time.observe(took.as_secs_f64().max(0.0));
        self.lateness.observe(late.as_secs_f64().max(0.0));
    }

    /// So many deliveries reached their channel.
    pub fn delivered(&self, channel: &str, deliveries: u32) {
        self.count_deliveries(channel, "sent", deliveries);
    }

    /// So many deliveries did not reach their channel and will be tried again, or not.
    pub fn not_delivered(&self, channel: &str, deliveries: u32) {
        self.count_deliveries(channel, "failed", deliveries);
    }

    /// When this process began to serve.
    pub fn started(&self, at: Timestamp) {
        self.up_since.set(at.as_duration().as_secs_f64());
    }

    fn count_deliveries(&self, channel: &str, outcome: &'static str, deliveries: u32) {
        if deliveries > 0 {
            let labels = Delivered { channel: channel.to_owned(), outcome };
            self.deliveries.get_or_create(&labels).inc_by(deliveries.into());
        }
    }

    /// A feed was asked for.
    pub(super) fn feed_asked(&self, format: Option<Format>, status: u16) {
        self.feed_requests.get_or_create(&Asked { format: FormatLabel(format), status }).inc();
    }

    /// The text, with what the store says now.
    pub(super) fn text(&self, sources: Tally, outbox: OutboxCounts) -> String {
        let gauge = |gauge: &Gauge, value: u64| {
            gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        };
        gauge(&self.sources, sources.sources);
        gauge(&self.failing, sources.failing);
        gauge(&self.due, sources.due);
        gauge(&self.posts, sources.posts);
        self.owed.set(outbox.owed.into());
        self.dead.set(outbox.dead.into());
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("a String takes every letter");
        text
    }
}
