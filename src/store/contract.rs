//! What a store must do, whichever database is behind it.
//!
//! Every method is one transaction: all of it is there afterwards or nothing is. Times are milliseconds in the
//! database and whole-millisecond `Timestamp`s here. A shard and a number name a source (`SourceRef`): the
//! shard comes from its host, the number from its first id, and neither changes when it is renamed.
//!
//! The conformance suite in `tests/store.rs` runs over every backend and is the other half of this page.

use std::collections::BTreeMap;
use std::path::Path;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use super::deliveries::Deliveries;
pub use super::error::StoreError;
use super::events::Events;
use super::moving::Moving;
pub use super::rows::{ExportedRow, Imported, RowSink, Rows};
use super::shown::Content;
use super::stored::StoredSources;
use super::workers::Workers;
use crate::model::beside::{Lacking, SidePage, TextlessPost};
use crate::model::category::Category;
use crate::model::failure::Failure;
use crate::model::feed::{ArchivePage, Feed, FeedPath, Tombstone};
use crate::model::host::Host;
pub use crate::model::known::{Known, KnownQuery};
use crate::model::link::PostKey;
use crate::model::merged::{MergedFeed, MergedId};
use crate::model::pace::HostQueue;
use crate::model::page::Validators;
use crate::model::post::{FullText, Post};
use crate::model::report::{DeepWalk, GapCursor, Learnt, PollReport, Profile};
use crate::model::rhythm::Rhythm;
use crate::model::source::{Source, SourceId};
use crate::model::token::Token;

/// Names a source in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceRef {
    /// The shard of its host.
    pub shard: i64,
    /// Its number.
    pub number: i64,
}

/// What putting the configuration's sources into the store changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Synced {
    /// Sources that were not there.
    pub added: Vec<SourceId>,
    /// Sources whose URL is another now: their posts stay.
    pub moved: Vec<SourceId>,
    /// Sources whose recipe is another now: their validators are void.
    pub voided: Vec<SourceId>,
    /// Sources that the configuration no longer names: no longer due, their posts stay.
    pub removed: Vec<SourceId>,
    /// Sources that were kept in the state alone and are the configuration's from now on.
    pub taken: Vec<SourceId>,
}

/// What became of a wish to rename a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renamed {
    /// It has the new id.
    Done,
    /// No source has the old id.
    Unknown,
    /// A source has the new id already, be it one that the configuration no longer names.
    Taken,
}

/// What a worker asks for.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Hosts at most.
    pub hosts: usize,
    /// Sources of one host at most.
    pub sources_per_host: usize,
    /// How long the lease lasts.
    pub lease: SignedDuration,
    /// The moment from which leases and due times are counted.
    pub now: Timestamp,
    /// Only these sources, due or not; `None`: whatever is due.
    pub only: Option<Vec<SourceId>>,
}

/// What a claim gave.
#[derive(Debug, Clone, Default)]
pub struct Claimed {
    /// The hosts, those first that have waited longest.
    pub leases: Vec<Lease>,
    /// Of the sources that were asked for by name: those whose host wants to be left alone, and until when.
    pub blocked: Vec<(SourceId, Timestamp)>,
    /// Of them: those whose host is free and was one too many for this claim, in the order in which the state holds them.
    /// Claimed in that order, many of them lie on the same pages.
    pub later: Vec<SourceId>,
}

/// A host held by this worker until a time, fenced by a number.
#[derive(Debug, Clone)]
pub struct Lease {
    /// The host.
    pub host: Host,
    /// The number that fences its reports.
    pub number: i64,
    /// When it runs out.
    pub until: Timestamp,
    /// Milliseconds that robots.txt wishes between two requests.
    pub gap_ms: Option<i64>,
    /// The sources to poll: the longest due first or, where they were named, as they lie in the store.
    pub due: Vec<DueSource>,
    /// Sources of the host that the claim named too, beyond what it wanted of one host.
    pub more: Vec<SourceId>,
}

/// A source to poll, with all that its last poll left behind.
#[derive(Debug, Clone)]
pub struct DueSource {
    /// Its name in the store.
    pub at: SourceRef,
    /// How to read it.
    pub source: Source,
    /// What is stored of it.
    pub state: SourceState,
}

/// What the polls of a source have left behind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SourceState {
    /// When it is due. `None`: not by itself, since it rests or is gone for good.
    pub next_check: Option<Timestamp>,
    /// When it was last looked at.
    pub last_poll: Option<Timestamp>,
    /// When its page was last there and as expected. `None`: its first look is still to come.
    pub last_success: Option<Timestamp>,
    /// The word of the last outcome.
    pub outcome: Option<String>,
    /// Failures in a row.
    pub failures: u32,
    /// The last failure, until a success.
    pub failure: Option<Failure>,
    /// Of the index page.
    pub validators: Validators,
    /// Where the last walk broke off.
    pub gap: Option<GapCursor>,
    /// When the whole of it is walked through next, and how far that is. `None`: nothing was read yet.
    pub deep: Option<DeepWalk>,
    /// How long its feed says that it need not be asked again.
    pub ttl: Option<SignedDuration>,
    /// What a healthy page of it yields.
    pub profile: Option<Profile>,
    /// The recipe that was learnt and is in use.
    pub learnt: Option<Learnt>,
    /// When the blog publishes, as far as its posts told. Another recipe or address changes nothing about it.
    pub rhythm: Option<Rhythm>,
    /// The blog's own title.
    pub site_title: Option<String>,
    /// The blog's own language.
    pub language: Option<String>,
    /// The blog's home page.
    pub home_url: Option<String>,
    /// The number of posts that the blog claims.
    pub declared: Option<u32>,
    /// How its page was last read.
    pub how: Option<String>,
    /// Whether posts are missing of which it is not yet known that they are gone.
    pub misses: bool,
    /// Whether posts lack a title, a category or a date that their own pages were not asked for yet.
    pub lacks: bool,
}

impl SourceState {
    /// Whether nothing of it is stored yet: posts, categories and all else come with a poll.
    pub fn is_blank(&self) -> bool {
        self.last_poll.is_none()
    }

    /// Whether its server said that it is gone for good, so that it is looked at only when somebody asks for it.
    pub fn is_gone(&self) -> bool {
        self.next_check.is_none() && self.outcome.as_deref() == Some("gone")
    }
}

/// A source as `status` shows it.
#[derive(Debug, Clone)]
pub struct SourceOverview {
    /// Its name in the store.
    pub at: SourceRef,
    /// The source.
    pub source: Source,
    /// What its polls left behind.
    pub state: SourceState,
    /// How many posts are stored.
    pub posts: u32,
    /// Whether it is no longer named.
    pub removed: bool,
    /// Whether it is kept in the state alone, and not named by the configuration.
    pub stored: bool,
}

/// A recipe that was learnt, in use or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRecipe {
    /// The recipe.
    pub learnt: Learnt,
    /// When a person took it back.
    pub undone_at: Option<Timestamp>,
}

/// A report on its way into the store.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The source.
    pub at: SourceRef,
    /// The host whose lease fences it.
    pub host: Host,
    /// The lease's number.
    pub lease: i64,
    /// Whether the host's lease is given back with it.
    pub last_of_host: bool,
    /// What was found.
    pub report: PollReport,
}

/// Whether a report was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fenced {
    /// It is stored.
    Recorded,
    /// The lease was lost: nothing was written.
    LeaseLost,
}

/// Which posts of a feed or source to read, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Posts to pass over.
    pub offset: u32,
    /// Posts at most; `None`: all.
    pub limit: Option<u32>,
}

/// robots.txt of one origin as it was last fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RobotsFile {
    /// The HTTP status; 0: the server could not be reached.
    pub status: u16,
    /// The body; empty unless the status is 2xx.
    pub body: String,
    /// When it was fetched.
    pub fetched_at: Timestamp,
}

/// How long what has ended is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Deliveries that were made.
    pub sent: SignedDuration,
    /// Deliveries that were given up.
    pub dead: SignedDuration,
    /// Titles before edits, and robots.txt of servers that nobody asks any more.
    pub history: SignedDuration,
    /// What agents were told.
    pub events: SignedDuration,
}

impl Default for Retention {
    fn default() -> Self {
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        Self { sent: days(30), dead: days(365), history: days(365), events: days(30) }
    }
}

/// What is owed and what was given up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxCounts {
    /// Deliveries still to be made.
    pub owed: u32,
    /// Deliveries given up.
    pub dead: u32,
}

/// A store. All methods take `&self`; the implementation orders its writes by itself. What it knows of deliveries stands
/// in [`Deliveries`], what agents on other machines are told in [`Events`], how it goes into another one in [`Moving`],
/// the sources that it keeps beside the configuration's in [`StoredSources`], and who works on it in [`Workers`].
#[async_trait]
pub trait Store: Deliveries + Events + Moving + StoredSources + Workers {
    /// Makes the configuration's sources those of the store: inserts, updates, and takes from the schedule what it
    /// no longer names. Those that are kept here alone stay as they are, but for an id that the configuration names too. New sources are due at `now`. Another choice of feeds and posts holds at once, and announces
    /// nothing. Writes nothing when nothing changed.
    async fn sync_sources(&self, sources: &[Source], now: Timestamp) -> Result<Synced, StoreError>;

    /// Makes the store's merged feeds those of the configuration, over the sources that it has: to be asked after every
    /// [`Store::sync_sources`]. One that is no longer named is unchosen, and itself when it is named again.
    async fn sync_merged(&self, feeds: &[MergedFeed], now: Timestamp) -> Result<(), StoreError>;

    /// Gives a source another id. Its feeds move below that id and are stale; its number, posts, entry ids, URNs,
    /// validators and what it owes stay.
    async fn rename_source(&self, old: &SourceId, new: &SourceId) -> Result<Renamed, StoreError>;

    /// Deletes all that is stored of these sources, as far as the configuration no longer names them, and gives those
    /// that went. A host's pace and its robots.txt are nobody's alone and stay.
    async fn prune(&self, sources: &[SourceId]) -> Result<Vec<SourceId>, StoreError>;

    /// Leases hosts with due sources, those first that have waited longest. A host is leased by one worker at a time,
    /// and none that wants to be left alone. Sources that rest are never claimed, and by name none that was polled
    /// at or after `now`: so a caller may ask again until nothing more comes.
    async fn claim(&self, claim: &Claim) -> Result<Claimed, StoreError>;

    /// Lengthens a lease to `until`; `false`: it is lost, stop.
    async fn renew(&self, host: &Host, lease: i64, until: Timestamp, now: Timestamp) -> Result<bool, StoreError>;

    /// Gives a lease back without a report. Its sources stay due.
    async fn release(&self, host: &Host, lease: i64) -> Result<(), StoreError>;

    /// Puts right what a clock that was set back since had planned: what lies farther ahead of `now` than it could have
    /// been planned is planned from `now` on, with the same wait. Gives how many sources that were. Does nothing while
    /// no source was polled in the future.
    async fn turn_back(&self, now: Timestamp) -> Result<u32, StoreError>;

    /// The earliest moment at which a claim may find a host that is not leased now; `None`: nothing is scheduled.
    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Makes these sources due at `now`, for whoever claims next. Answers those that will not be polled then because
    /// their host wants to be left alone, and until when. Resting sources stay as they are.
    async fn set_due(&self, sources: &[SourceId], now: Timestamp) -> Result<Vec<(SourceId, Timestamp)>, StoreError>;

    /// Deletes at most `limit` rows of each kind that `keep` need not keep at `now`, and gives how many went: 0, nothing
    /// is left to go. Whatever a later report would need to know that something was owed before stays.
    async fn forget(&self, keep: &Retention, limit: usize, now: Timestamp) -> Result<usize, StoreError>;

    /// The recipes that were learnt for a source, the newest first, each with whether it was taken back.
    async fn recipes(&self, source: SourceRef) -> Result<Vec<KeptRecipe>, StoreError>;

    /// Takes the learnt recipe in use back: the one before it holds again, or what the configuration says. The page is
    /// due and read in full, and the recipe is not learnt again by itself. Gives what was taken back, where there was one.
    async fn undo_recipe(&self, id: &SourceId, now: Timestamp) -> Result<Option<Learnt>, StoreError>;

    /// Forgets every recipe that was learnt for a source, those taken back too: its next look reads the page in full. It
    /// is not due for that, so that the look is that of whoever asked. `false`: it is unknown.
    async fn forget_recipes(&self, id: &SourceId) -> Result<bool, StoreError>;

    /// What is stored about these keys and days of a source.
    async fn known(&self, source: SourceRef, query: &KnownQuery) -> Result<Known, StoreError>;

    /// The posts of a source that lack a title, a category or a date and whose own pages may still be asked, the
    /// newest `limit` of them.
    async fn lacking(&self, source: SourceRef, limit: usize) -> Result<Lacking, StoreError>;

    /// The pages of a source beside its index, by address.
    async fn side_pages(&self, source: SourceRef) -> Result<Vec<SidePage>, StoreError>;

    /// The posts of a source whose full texts are wanted and were not read since their last edit, the newest `limit`
    /// of them. None where the source wants none, nor those whose pages were asked in vain a few times.
    async fn textless(&self, source: SourceRef, limit: usize) -> Result<Vec<TextlessPost>, StoreError>;

    /// The full texts of these posts of a feed (key and entry id) by entry id, as far as they were read and their sources
    /// want them.
    async fn full_texts(
        &self,
        feed: &Feed,
        posts: &[(PostKey, String)],
    ) -> Result<BTreeMap<String, FullText>, StoreError>;

    /// All categories of a source, parents before children.
    async fn categories(&self, source: SourceRef) -> Result<Vec<Category>, StoreError>;

    /// Takes a batch of reports in one transaction: posts, categories, aliases, validators, profile, recipe, rhythm, next check,
    /// posts that are gone (`Met`), feeds (created on first need, `version` raised where a post of theirs changed) and outbox rows. A report whose lease
    /// was lost writes nothing. The answers stand in the order of the batch.
    async fn record(&self, batch: Vec<Recorded>, now: Timestamp) -> Result<Vec<Fenced>, StoreError>;

    /// All sources, by id; removed ones last.
    async fn sources(&self) -> Result<Vec<SourceOverview>, StoreError>;

    /// The source of that id, removed or not.
    async fn source(&self, id: &SourceId) -> Result<Option<SourceOverview>, StoreError>;

    /// Every host that has a source which is not removed, by name, with its wishes and what waits for it at `now`.
    async fn hosts(&self, now: Timestamp) -> Result<Vec<HostQueue>, StoreError>;

    /// All feeds, of one source or of all and merged ones, by path, those that are no longer chosen among them.
    async fn feeds(&self, source: Option<&SourceId>) -> Result<Vec<Feed>, StoreError>;

    /// The feed at a path, chosen or not.
    async fn feed(&self, path: &FeedPath) -> Result<Option<Feed>, StoreError>;

    /// The merged feeds that the configuration names, by name.
    async fn merged_feeds(&self) -> Result<Vec<MergedFeed>, StoreError>;

    /// The merged feed of that name, whether the configuration still names it or not.
    async fn merged_feed(&self, id: &MergedId) -> Result<Option<MergedFeed>, StoreError>;

    /// Feeds that are no longer chosen and of which a version is published, at most `limit`, by path.
    async fn unchosen_feeds(&self, limit: usize) -> Result<Vec<Feed>, StoreError>;

    /// Feeds with `version > published_version`, at most `limit`, by path and after `after`; chosen ones, as those that
    /// a hub is told of.
    async fn stale_feeds(&self, after: Option<&FeedPath>, limit: usize) -> Result<Vec<Feed>, StoreError>;

    /// Says that these feeds' files show these versions.
    async fn mark_published(&self, feeds: &[(i64, i64, i64)]) -> Result<(), StoreError>;

    /// Says that every stale feed of no more posts than that is published as it is: where no files are written there is
    /// nothing to be done for it.
    async fn mark_short_published(&self, most: u32) -> Result<(), StoreError>;

    /// Feeds whose published version the hub was not told of yet, at most `limit`, by path and after `after`.
    async fn unannounced_feeds(&self, after: Option<&FeedPath>, limit: usize) -> Result<Vec<Feed>, StoreError>;

    /// Says that the hub was told of these versions.
    async fn mark_announced(&self, feeds: &[(i64, i64, i64)]) -> Result<(), StoreError>;

    /// Forgets what was published: every feed is stale. For a new folder, base URL or renderer.
    async fn mark_all_stale(&self) -> Result<(), StoreError>;

    /// The posts of a feed, newest first: by `listed_at` falling, then by key.
    async fn feed_posts(&self, feed: &Feed, window: Window) -> Result<Vec<Post>, StoreError>;

    /// The posts that left a feed since they were not shown any more, the latest `limit` of them.
    async fn tombstones(&self, feed: &Feed, limit: usize) -> Result<Vec<Tombstone>, StoreError>;

    /// What the documents of these feeds show, in their order and as of one moment: as [`Store::feed_posts`] from the top, at most
    /// `most`, and [`Store::tombstones`]. A post that several of a source's feeds hold is read once and theirs together.
    async fn contents(&self, feeds: &[Feed], most: Option<u32>) -> Result<Vec<Content>, StoreError>;

    /// The posts of a feed that are neither among its `newest` nor in a frozen page as they are now, oldest first: in
    /// the order of the feed from its end. A post that was edited since its page was frozen is among them again.
    async fn open_posts(&self, feed: &Feed, newest: u32) -> Result<Vec<Post>, StoreError>;

    /// A frozen page of a feed's archive, counted from 1.
    async fn archive_page(&self, feed: &Feed, page: u32) -> Result<Option<ArchivePage>, StoreError>;

    /// Freezes the next pages of a feed's archive: they follow the `archived` ones of `feed`, and nothing is written
    /// where other pages do already. Gives how many pages are frozen then.
    async fn freeze_pages(&self, feed: &Feed, pages: &[ArchivePage]) -> Result<u32, StoreError>;

    /// The posts of a source (or of all), newest first.
    async fn posts(&self, source: Option<&SourceId>, window: Window) -> Result<Vec<Post>, StoreError>;

    /// robots.txt of an origin (`https://host:port`).
    async fn robots(&self, origin: &str) -> Result<Option<RobotsFile>, StoreError>;

    /// Keeps robots.txt of an origin.
    async fn put_robots(&self, origin: &str, file: &RobotsFile) -> Result<(), StoreError>;

    /// A value of the whole installation, such as what the published files were made from.
    async fn note(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// Keeps a value of the whole installation.
    async fn put_note(&self, name: &str, value: &str) -> Result<(), StoreError>;

    /// The tokens that let readers in, by name.
    async fn tokens(&self) -> Result<Vec<Token>, StoreError>;

    /// Keeps a token. `false`: its name is taken, and the one that has it stays.
    async fn put_token(&self, token: &Token) -> Result<bool, StoreError>;

    /// Takes a token away. `false`: none has that name.
    async fn revoke_token(&self, name: &str) -> Result<bool, StoreError>;

    /// Writes all that is stored, as of one moment, into a file that is not there yet, while others read and write; and
    /// looks that file through.
    async fn copy_to(&self, file: &Path) -> Result<(), StoreError>;

    /// Hands over every row of every source, as of one moment: what makes the same feeds elsewhere. What is owed, tokens
    /// and headers that a person configured are not among them. Gives how many rows that were.
    async fn export(&self, to: RowSink) -> Result<u64, StoreError>;

    /// Takes rows in that [`Store::export`] handed over, of the schema that its [`Store::schema`] told. A source of which
    /// posts are stored here stays as it is.
    async fn import(&self, schema: i64, rows: Rows) -> Result<Imported, StoreError>;

    /// The schema of what [`Store::export`] hands over.
    fn schema(&self) -> i64;
}
