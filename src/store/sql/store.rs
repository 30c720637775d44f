//! The contract, kept over whichever database there is: each method is a job that runs within one transaction.
//!
//! What a job does stands in the file of its concern.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::model::beside::{Lacking, SidePage, TextlessPost};
use crate::model::category::Category;
use crate::model::delivery::{Bound, ChannelState, Chosen, Delivery, PastDelivery, Settlement};
use crate::model::event::{EventLog, LoggedEvent};
use crate::model::feed::{ArchivePage, Feed, FeedPath, Tombstone};
use crate::model::host::Host;
use crate::model::link::PostKey;
use crate::model::merged::{MergedFeed, MergedId};
use crate::model::pace::HostQueue;
use crate::model::post::{FullText, Post};
use crate::model::report::Learnt;
use crate::model::source::{Source, SourceId};
use crate::model::token::Token;
use crate::model::worker::Worker;
use crate::store::contract::{
    Claim, Claimed, Fenced, Imported, KeptRecipe, Known, KnownQuery, OutboxCounts, Recorded, Renamed, Retention,
    RobotsFile, RowSink, Rows, SourceOverview, SourceRef, Store, StoreError, Synced, Window,
};
use crate::store::deliveries::Deliveries;
use crate::store::events::Events;
use crate::store::shown::Content;
use crate::store::stored::{Counted, Offered, Put, Standing, StoredSources, Tally};
use crate::store::workers::Workers;

use super::backend::Backend;
use super::{
    archive, beside, categories, channels, clock, contents, events, exchange, feeds, gone, hosts, known, lease, merged,
    notes, outbox, posts, prune, recipes, rename, retention, sources, standing, stocking, stored, texts, tokens,
    workers,
};
use crate::store::sqlite::incoming::Incoming;
use crate::store::sqlite::schema::newest;

#[async_trait]
impl<B: Backend> Store for B {
    async fn sync_sources(&self, sources: &[Source], now: Timestamp) -> Result<Synced, StoreError> {
        let definitions = sources::define(sources).map_err(|fault| fault.during("write the sources"))?;
        let definitions = Arc::new(definitions);
        let compared = Arc::clone(&definitions);
        if self.read("compare the sources", move |tx| sources::are_same(tx, &compared)).await? {
            return Ok(Synced::default());
        }
        let sources = sources.to_vec();
        self.write("store the sources", move |tx| sources::sync(tx, &sources, &definitions, now)).await
    }

    async fn sync_merged(&self, feeds: &[MergedFeed], now: Timestamp) -> Result<(), StoreError> {
        let feeds = feeds.to_vec();
        self.write("store the merged feeds", move |tx| merged::sync(tx, &feeds, now)).await
    }

    async fn rename_source(&self, old: &SourceId, new: &SourceId) -> Result<Renamed, StoreError> {
        let (old, new) = (old.clone(), new.clone());
        self.write("rename a source", move |tx| rename::rename(tx, &old, &new)).await
    }

    async fn prune(&self, sources: &[SourceId]) -> Result<Vec<SourceId>, StoreError> {
        let sources = sources.to_vec();
        self.write("delete what is stored of removed sources", move |tx| prune::prune(tx, &sources)).await
    }

    async fn claim(&self, claim: &Claim) -> Result<Claimed, StoreError> {
        let claim = claim.clone();
        self.lease_hosts(claim).await
    }

    async fn renew(&self, host: &Host, lease: i64, until: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        let host = host.clone();
        self.write("renew a lease", move |tx| lease::renew(tx, &host, lease, until, now)).await
    }

    async fn release(&self, host: &Host, lease: i64) -> Result<(), StoreError> {
        let host = host.clone();
        self.write("give a lease back", move |tx| lease::release(tx, &host, lease)).await
    }

    async fn turn_back(&self, now: Timestamp) -> Result<u32, StoreError> {
        if !self.read("compare the clock", move |tx| clock::was_set_back(tx, now)).await? {
            return Ok(0);
        }
        self.write("follow the clock", move |tx| clock::turn_back(tx, now)).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read("look for what is due next", lease::next_due).await
    }

    async fn set_due(&self, sources: &[SourceId], now: Timestamp) -> Result<Vec<(SourceId, Timestamp)>, StoreError> {
        let sources = sources.to_vec();
        self.write("make sources due", move |tx| lease::set_due(tx, &sources, now)).await
    }

    async fn forget(&self, keep: &Retention, limit: usize, now: Timestamp) -> Result<usize, StoreError> {
        let keep = *keep;
        self.write("delete what is old", move |tx| retention::forget(tx, &keep, limit, now)).await
    }

    async fn recipes(&self, source: SourceRef) -> Result<Vec<KeptRecipe>, StoreError> {
        self.read("read the learnt recipes", move |tx| recipes::kept(tx, source)).await
    }

    async fn undo_recipe(&self, id: &SourceId, now: Timestamp) -> Result<Option<Learnt>, StoreError> {
        let id = id.clone();
        self.write("take a recipe back", move |tx| recipes::undo(tx, &id, now)).await
    }

    async fn forget_recipes(&self, id: &SourceId) -> Result<bool, StoreError> {
        let id = id.clone();
        self.write("forget the learnt recipes", move |tx| recipes::forget_all(tx, &id)).await
    }

    async fn known(&self, source: SourceRef, query: &KnownQuery) -> Result<Known, StoreError> {
        let query = query.clone();
        self.read("look up known posts", move |tx| known::known(tx, source, &query)).await
    }

    async fn lacking(&self, source: SourceRef, limit: usize) -> Result<Lacking, StoreError> {
        self.read("look for what posts lack", move |tx| beside::lacking(tx, source, limit)).await
    }

    async fn textless(&self, source: SourceRef, limit: usize) -> Result<Vec<TextlessPost>, StoreError> {
        self.read("look for wanted texts", move |tx| texts::textless(tx, source, limit)).await
    }

    async fn full_texts(
        &self,
        feed: &Feed,
        posts: &[(PostKey, String)],
    ) -> Result<BTreeMap<String, FullText>, StoreError> {
        let (feed, posts) = (feed.clone(), posts.to_vec());
        self.read("read full texts", move |tx| texts::full_texts(tx, &feed, &posts)).await
    }

    async fn side_pages(&self, source: SourceRef) -> Result<Vec<SidePage>, StoreError> {
        self.read("read the pages beside the index", move |tx| beside::pages(tx, source)).await
    }

    async fn categories(&self, source: SourceRef) -> Result<Vec<Category>, StoreError> {
        self.read("read the categories", move |tx| categories::categories(tx, source)).await
    }

    async fn record(&self, batch: Vec<Recorded>, now: Timestamp) -> Result<Vec<Fenced>, StoreError> {
        self.take_reports(batch, now).await
    }

    async fn sources(&self) -> Result<Vec<SourceOverview>, StoreError> {
        self.read("read the sources", sources::overview).await
    }

    async fn source(&self, id: &SourceId) -> Result<Option<SourceOverview>, StoreError> {
        let id = id.clone();
        self.read("read a source", move |tx| sources::one(tx, &id)).await
    }

    async fn hosts(&self, now: Timestamp) -> Result<Vec<HostQueue>, StoreError> {
        self.read("read the hosts", move |tx| hosts::queues(tx, now)).await
    }

    async fn feeds(&self, source: Option<&SourceId>) -> Result<Vec<Feed>, StoreError> {
        let source = source.cloned();
        self.read("read the feeds", move |tx| feeds::feeds(tx, source.as_ref())).await
    }

    async fn feed(&self, path: &FeedPath) -> Result<Option<Feed>, StoreError> {
        let path = path.clone();
        self.read("read a feed", move |tx| feeds::feed(tx, &path)).await
    }

    async fn merged_feeds(&self) -> Result<Vec<MergedFeed>, StoreError> {
        self.read("read the merged feeds", merged::merged).await
    }

    async fn merged_feed(&self, id: &MergedId) -> Result<Option<MergedFeed>, StoreError> {
        let id = id.clone();
        self.read("read a merged feed", move |tx| merged::one(tx, &id)).await
    }

    async fn unchosen_feeds(&self, limit: usize) -> Result<Vec<Feed>, StoreError> {
        self.read("read the feeds that are no longer chosen", move |tx| feeds::unchosen(tx, limit)).await
    }

    async fn stale_feeds(&self, after: Option<&FeedPath>, limit: usize) -> Result<Vec<Feed>, StoreError> {
        let after = after.cloned();
        self.read("read stale feeds", move |tx| feeds::stale(tx, after.as_ref(), limit)).await
    }

    async fn mark_published(&self, feeds: &[(i64, i64, i64)]) -> Result<(), StoreError> {
        let feeds = feeds.to_vec();
        self.write("note what was published", move |tx| feeds::mark_published(tx, &feeds)).await
    }

    async fn mark_short_published(&self, most: u32) -> Result<(), StoreError> {
        self.write("note what needs no files", move |tx| feeds::mark_short_published(tx, most)).await
    }

    async fn unannounced_feeds(&self, after: Option<&FeedPath>, limit: usize) -> Result<Vec<Feed>, StoreError> {
        let after = after.cloned();
        self.read("read the feeds to announce", move |tx| feeds::unannounced(tx, after.as_ref(), limit)).await
    }

    async fn mark_announced(&self, feeds: &[(i64, i64, i64)]) -> Result<(), StoreError> {
        let feeds = feeds.to_vec();
        self.write("note what the hub knows", move |tx| feeds::mark_announced(tx, &feeds)).await
    }

    async fn mark_all_stale(&self) -> Result<(), StoreError> {
        self.write("forget what was published", feeds::mark_all_stale).await
    }

    async fn feed_posts(&self, feed: &Feed, window: Window) -> Result<Vec<Post>, StoreError> {
        let feed = feed.clone();
        self.read("read the posts of a feed", move |tx| posts::feed_posts(tx, &feed, window)).await
    }

    async fn tombstones(&self, feed: &Feed, limit: usize) -> Result<Vec<Tombstone>, StoreError> {
        let feed = feed.clone();
        self.read("read what left a feed", move |tx| gone::tombstones(tx, &feed, limit)).await
    }

    async fn contents(&self, feeds: &[Feed], most: Option<u32>) -> Result<Vec<Content>, StoreError> {
        let feeds = feeds.to_vec();
        self.read("read what feeds show", move |tx| contents::contents(tx, &feeds, most)).await
    }

    async fn open_posts(&self, feed: &Feed, newest: u32) -> Result<Vec<Post>, StoreError> {
        let feed = feed.clone();
        self.read("read the posts of an archive", move |tx| archive::open_posts(tx, &feed, newest)).await
    }

    async fn archive_page(&self, feed: &Feed, page: u32) -> Result<Option<ArchivePage>, StoreError> {
        let feed = feed.clone();
        self.read("read an archive page", move |tx| archive::page(tx, &feed, page)).await
    }

    async fn freeze_pages(&self, feed: &Feed, pages: &[ArchivePage]) -> Result<u32, StoreError> {
        let (feed, pages) = (feed.clone(), pages.to_vec());
        self.write("keep archive pages", move |tx| archive::freeze(tx, &feed, &pages)).await
    }

    async fn posts(&self, source: Option<&SourceId>, window: Window) -> Result<Vec<Post>, StoreError> {
        let source = source.cloned();
        self.read("read posts", move |tx| posts::posts(tx, source.as_ref(), window)).await
    }

    async fn robots(&self, origin: &str) -> Result<Option<RobotsFile>, StoreError> {
        let origin = origin.to_owned();
        self.read("read robots.txt", move |tx| notes::robots(tx, &origin)).await
    }

    async fn put_robots(&self, origin: &str, file: &RobotsFile) -> Result<(), StoreError> {
        let (origin, file) = (origin.to_owned(), file.clone());
        self.write("keep robots.txt", move |tx| notes::put_robots(tx, &origin, &file)).await
    }

    async fn note(&self, name: &str) -> Result<Option<String>, StoreError> {
        let name = name.to_owned();
        self.read("read a note", move |tx| notes::note(tx, &name)).await
    }

    async fn put_note(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.write("keep a note", move |tx| notes::put_note(tx, &name, &value)).await
    }

    async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        self.read("read the tokens", tokens::tokens).await
    }

    async fn put_token(&self, token: &Token) -> Result<bool, StoreError> {
        let token = token.clone();
        self.write("keep a token", move |tx| tokens::put(tx, &token)).await
    }

    async fn revoke_token(&self, name: &str) -> Result<bool, StoreError> {
        let name = name.to_owned();
        self.write("revoke a token", move |tx| tokens::revoke(tx, &name)).await
    }

    async fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        self.copy(file).await
    }

    async fn export(&self, to: RowSink) -> Result<u64, StoreError> {
        self.read_once("export the sources", move |tx| exchange::export(tx, to)).await
    }

    async fn import(&self, schema: i64, rows: Rows) -> Result<Imported, StoreError> {
        let incoming = Incoming::take(self.near(), schema, rows).await?;
        self.write("take an export in", move |tx| exchange::merge(tx, &incoming)).await
    }

    fn schema(&self) -> i64 {
        newest()
    }
}

#[async_trait]
impl<B: Backend> Deliveries for B {
    async fn claim_deliveries(
        &self,
        channel: &str,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Delivery>, StoreError> {
        let channel = channel.to_owned();
        self.write("claim deliveries", move |tx| outbox::claim(tx, &channel, limit, now, until)).await
    }

    async fn bind(&self, messages: &[Bound]) -> Result<(), StoreError> {
        let messages = messages.to_vec();
        self.write("note what goes out together", move |tx| outbox::bind(tx, &messages)).await
    }

    async fn settle(&self, deliveries: &[(String, Settlement)], now: Timestamp) -> Result<(), StoreError> {
        let deliveries = deliveries.to_vec();
        self.write("settle deliveries", move |tx| outbox::settle(tx, &deliveries, now)).await
    }

    async fn sent_since(
        &self,
        channel: &str,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(Timestamp, Option<String>)>, StoreError> {
        let channel = channel.to_owned();
        self.read("count what was sent", move |tx| channels::sent_since(tx, &channel, since, now)).await
    }

    async fn release_held(&self) -> Result<(), StoreError> {
        self.write("look anew at what waits", outbox::release_held).await
    }

    async fn give_up_unknown(&self, known: &[String], error: &str, now: Timestamp) -> Result<u32, StoreError> {
        let (known, error) = (known.to_vec(), error.to_owned());
        self.write("give up what nobody is to get", move |tx| channels::give_up_unknown(tx, &known, &error, now)).await
    }

    async fn outbox(&self) -> Result<OutboxCounts, StoreError> {
        self.read("count what is owed", outbox::counts).await
    }

    async fn channels(&self) -> Result<Vec<ChannelState>, StoreError> {
        self.read("read the channels", channels::all_channels).await
    }

    async fn channel(&self, name: &str) -> Result<ChannelState, StoreError> {
        let name = name.to_owned();
        self.read("read a channel", move |tx| channels::channel(tx, &name)).await
    }

    async fn put_channel(&self, state: &ChannelState) -> Result<(), StoreError> {
        let state = state.clone();
        self.write("keep how a channel stands", move |tx| channels::put(tx, &state)).await
    }

    async fn quiet(&self, channel: &str, until: Option<Timestamp>) -> Result<(), StoreError> {
        let channel = channel.to_owned();
        self.write("keep a channel quiet", move |tx| channels::quiet(tx, &channel, until)).await
    }

    async fn mark_seen(&self, message: &str, now: Timestamp) -> Result<(), StoreError> {
        let message = message.to_owned();
        self.write("note what was seen", move |tx| channels::mark_seen(tx, &message, now)).await
    }

    async fn deliveries(&self, chosen: &Chosen, limit: usize) -> Result<Vec<PastDelivery>, StoreError> {
        let chosen = chosen.clone();
        self.read("read the deliveries", move |tx| channels::deliveries(tx, &chosen, limit)).await
    }

    async fn replay(&self, chosen: &Chosen, now: Timestamp) -> Result<u32, StoreError> {
        let chosen = chosen.clone();
        self.write("owe deliveries again", move |tx| channels::replay(tx, &chosen, now)).await
    }
}

#[async_trait]
impl<B: Backend> Events for B {
    async fn log_event(&self, message: &str, data: &str, now: Timestamp) -> Result<i64, StoreError> {
        let (message, data) = (message.to_owned(), data.to_owned());
        self.write("write an event", move |tx| events::log(tx, &message, &data, now)).await
    }

    async fn events(&self, after: i64, limit: usize) -> Result<Vec<LoggedEvent>, StoreError> {
        self.read("read events", move |tx| events::after(tx, after, limit)).await
    }

    async fn event_log(&self) -> Result<EventLog, StoreError> {
        self.read("read the log of events", events::ends).await
    }
}

#[async_trait]
impl<B: Backend> Workers for B {
    fn is_shared(&self) -> bool {
        Backend::is_shared(self)
    }

    async fn time(&self) -> Result<Option<Timestamp>, StoreError> {
        self.own_time().await
    }

    async fn see_worker(&self, worker: &Worker) -> Result<(), StoreError> {
        let worker = worker.clone();
        self.write("note that a worker lives", move |tx| workers::see(tx, &worker)).await
    }

    async fn dismiss_worker(&self, name: &str) -> Result<(), StoreError> {
        let name = name.to_owned();
        self.write("forget a worker", move |tx| workers::dismiss(tx, &name)).await
    }

    async fn workers(&self) -> Result<Vec<Worker>, StoreError> {
        self.read("read the workers", workers::all).await
    }

    async fn take_duty(&self, duty: &str, worker: &str, until: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
        let (duty, worker) = (duty.to_owned(), worker.to_owned());
        self.write("take a duty", move |tx| workers::take_duty(tx, &duty, &worker, until, now)).await
    }
}

#[async_trait]
impl<B: Backend> StoredSources for B {
    async fn put_sources(&self, sources: &[Offered], now: Timestamp) -> Result<Vec<Put>, StoreError> {
        let sources = sources.to_vec();
        self.write("put sources into the state", move |tx| stocking::put(tx, &sources, now)).await
    }

    async fn remove_stored(&self, id: &SourceId, now: Timestamp) -> Result<bool, StoreError> {
        let id = id.clone();
        self.write("remove a source", move |tx| stored::remove(tx, &id, now)).await
    }

    async fn written(&self, id: &SourceId) -> Result<Option<String>, StoreError> {
        let id = id.clone();
        self.read("read a source's keys", move |tx| stored::written(tx, &id)).await
    }

    async fn sources_after(&self, after: Option<&SourceId>, limit: usize) -> Result<Vec<SourceOverview>, StoreError> {
        let after = after.cloned();
        self.read("read sources", move |tx| stored::after(tx, after.as_ref(), limit)).await
    }

    async fn sources_named(&self, ids: &[SourceId]) -> Result<Vec<SourceOverview>, StoreError> {
        let ids = ids.to_vec();
        self.read("read sources by name", move |tx| stored::named(tx, &ids)).await
    }

    async fn standings(&self, ids: &[SourceId]) -> Result<Vec<Standing>, StoreError> {
        let ids = ids.to_vec();
        self.read("read how sources stand", move |tx| standing::named(tx, &ids)).await
    }

    async fn count_posts(&self, of: &[SourceRef]) -> Result<Vec<Counted>, StoreError> {
        let of = of.to_vec();
        self.read("count the posts of sources", move |tx| standing::count_posts(tx, &of)).await
    }

    async fn odd_standings(&self, limit: usize) -> Result<Vec<Standing>, StoreError> {
        self.read("read how all sources stand", move |tx| standing::odd(tx, limit)).await
    }

    async fn loose_sources(&self) -> Result<Vec<SourceOverview>, StoreError> {
        self.read("read the sources that nobody may name", stored::loose).await
    }

    async fn failing_sources(&self, limit: usize) -> Result<Vec<SourceOverview>, StoreError> {
        self.read("read the sources that fail", move |tx| stored::failing(tx, limit)).await
    }

    async fn some_sources(&self, limit: usize) -> Result<Vec<SourceOverview>, StoreError> {
        self.read("read some sources", move |tx| stored::some(tx, limit)).await
    }

    async fn tally(&self, now: Timestamp) -> Result<Tally, StoreError> {
        self.read("count the sources", move |tx| stored::tally(tx, now)).await
    }
}
