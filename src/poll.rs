//! World → store: one look at one source.
//!
//! A poll fetches, reads, asks the store only about what it read, and judges. It writes nothing itself: its report
//! goes into the store in one transaction with the outbox, fenced by the host's lease. What the world does wrong
//! becomes a `Failure` in the report; only our own house's faults are errors here.

mod asking;
mod deep;
mod doubt;
mod enrich;
mod index;
mod met;
mod notices;
mod readers;
mod repair;
mod robots;
mod walk;

use std::sync::{Arc, Mutex, PoisonError};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use url::Url;

use crate::clock::Clock;
use crate::diff::{Keyed, Setting, Walked, diff};
use crate::extract::{CompiledRecipe, RecipeError, health, post_shape};
use crate::fetch::Fetcher;
use crate::model::delivery::{About, DeliveryKind, NewDelivery, Subject};
use crate::model::failure::{Failure, PollOutcome};
use crate::model::feed::{Edits, Removed};
use crate::model::host::Host;
use crate::model::page::ServerWishes;
use crate::model::post::Post;
use crate::model::report::{Because, Changes, GapCursor, PollReport, ValidatorsUpdate};
use crate::model::rhythm::Rhythm;
use crate::model::source::{Recipe, Source, SourceId};
use crate::rules::Rules;
use crate::schedule::{self, Times, Wait};
use crate::store::contract::{DueSource, SourceState, Window};
use crate::store::{Store, StoreError};

use readers::Readers;
use robots::RobotsCache;
use walk::{Ended, Walk};

/// Pages parsed at the same time: a 5 MiB page can take 225 MB as a tree.
const PARSES_AT_ONCE: usize = 2;

/// Compiled recipes that are kept: sources of one platform share theirs.
const KEPT_RECIPES: usize = 64;

/// Stored posts whose addresses say what those of the blog look like.
const SHAPES: u32 = 30;

/// What a poll is to do beyond looking.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Who is owed what.
    pub rules: Arc<Rules>,
    /// The failure in a row with which a source's trouble is told.
    pub lasts: u32,
    /// Pages that one poll reads at most; the next poll goes on. `None`: to the end.
    pub pages_per_poll: Option<u32>,
    /// What becomes of posts that are edited.
    pub edits: Edits,
    /// What becomes of posts that their site does not show any more.
    pub removed: Removed,
    /// Posts' own pages that one poll reads at most, for what their list does not show.
    pub permalinks: u32,
}

/// How far a poll has come, for who watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Pages read.
    pub pages: u32,
    /// Posts found.
    pub posts: u32,
    /// Posts that the blog says it has.
    pub declared: Option<u32>,
}

/// Told after every page of a walk.
pub type OnProgress = Arc<dyn Fn(&SourceId, Progress) + Send + Sync>;

/// Looks at sources.
pub struct Poller {
    store: Arc<dyn Store>,
    fetcher: Fetcher,
    clock: Clock,
    options: Options,
    robots: RobotsCache,
    readers: Readers,
    recipes: Mutex<Vec<(Recipe, Arc<CompiledRecipe>)>>,
    on_progress: Option<OnProgress>,
}

impl Poller {
    /// A poller over these parts.
    pub fn new(store: Arc<dyn Store>, fetcher: Fetcher, clock: Clock, options: Options) -> Self {
        Self {
            robots: RobotsCache::new(Arc::clone(&store), fetcher.clone(), clock.clone()),
            store,
            fetcher,
            clock,
            options,
            readers: Readers::new(PARSES_AT_ONCE),
            recipes: Mutex::default(),
            on_progress: None,
        }
    }

    /// Tells this after every page.
    #[must_use]
    pub fn with_progress(mut self, on_progress: OnProgress) -> Self {
        self.on_progress = Some(on_progress);
        self
    }

    /// How many requests `host`, which is that of `url`, may get at the same time.
    pub fn width(&self, url: &Url, host: &Host) -> usize {
        self.fetcher.width(url, host)
    }

    /// Whether the server of a source takes connections; `None`: that cannot be told. It gets no request.
    pub async fn reaches(&self, source: &Source) -> Option<bool> {
        self.fetcher.reaches(&source.url, source.allow_private_addresses).await
    }

    /// One look at a source, of as many pages as a poll may take.
    pub async fn poll(&self, due: &DueSource) -> Result<PollReport, StoreError> {
        self.look(due, self.options.pages_per_poll).await
    }

    /// One look at a source, to its end.
    pub async fn poll_whole(&self, due: &DueSource) -> Result<PollReport, StoreError> {
        self.look(due, None).await
    }

    async fn look(&self, due: &DueSource, pages: Option<u32>) -> Result<PollReport, StoreError> {
        let started = self.clock.now();
        let mut walk = Walk::new(self, due, started, pages);
        let ended = walk.run().await?;
        enrich::enrich(&mut walk, &ended).await?;
        self.judge(due, walk, ended, started).await
    }

    /// What the walk's end means: outcome, next check, what is owed.
    async fn judge(
        &self,
        due: &DueSource,
        mut walk: Walk<'_>,
        ended: Ended,
        started: Timestamp,
    ) -> Result<PollReport, StoreError> {
        let mut changes = self.changes(due, &mut walk, &ended, started).await?;
        let mut ended = ended;
        if let Some(stranger) = walk.stranger(changes.aliases.len())
            && (matches!(ended, Ended::Complete) || !self.are_newer(due, &walk.top).await?)
        {
            changes = Changes::default();
            ended = match ended {
                Ended::Broken { failure, blocks_host, .. } => Ended::Broken { failure, gap: None, blocks_host },
                _ => failed(stranger, None),
            };
            walk.forget_page();
        }
        if self.options.edits == Edits::Ignore {
            changes.edited.clear();
        }
        let state = &due.state;
        let first_look = state.last_success.is_none();
        let at = self.clock.now();
        let wishes = with_ttl(walk.wishes, walk.ttl);
        let times = self.times(due, &walk);
        let rhythm = rhythm(state, &walk, &changes, started);
        let wait = Wait {
            cadence: due.source.cadence,
            times: times.as_ref(),
            rhythm: rhythm.as_ref().or(state.rhythm.as_ref()),
            wishes,
            seed: due.at.number,
        };
        let mut validators = ValidatorsUpdate::Keep;
        let blocked_until = |next: Timestamp| wishes.retry_at.unwrap_or(next);
        let mut host_blocked_until =
            walk.blocks_host.then(|| blocked_until(schedule::backoff(&wait, 1, at))).max(walk.beside_blocked_until);
        let soon = at + due.source.cadence.shortest;
        let mut next_check = Some(schedule::next_check(&wait, at));
        let (outcome, gap) = match ended {
            Ended::NotModified => {
                if let Some(same) = walk.validators.take() {
                    validators = ValidatorsUpdate::Replace(same);
                }
                (PollOutcome::NotModified, None)
            }
            Ended::Complete => {
                if let Some(read) = walk.validators.take() {
                    validators = ValidatorsUpdate::Replace(read);
                }
                (outcome_of(&walk, &changes, first_look), None)
            }
            Ended::Paused(gap) => {
                next_check = next_check.map(|next| next.min(soon));
                (outcome_of(&walk, &changes, first_look), Some(gap))
            }
            Ended::Gone(failure) => {
                next_check = None;
                (PollOutcome::Gone(failure), state.gap.clone())
            }
            Ended::Broken { failure, gap, blocks_host } => {
                let next = schedule::backoff(&wait, state.failures + 1, at);
                next_check = Some(next);
                host_blocked_until = blocks_host.then(|| blocked_until(next));
                (PollOutcome::Failed(failure), gap.or_else(|| state.gap.clone()))
            }
        };
        if outcome.is_success() {
            walk.plan_deep();
        }
        let goes_deeper = walk.deep.as_ref().is_some_and(|deep| deep.cursor.is_some() && deep.due <= started);
        if walk.beside_goes_on || (goes_deeper && !walk.blocks_host) {
            next_check = next_check.map(|next| next.min(soon));
        }
        let mut owed = self.owed(&due.source.id, &walk, &changes, first_look);
        owed.extend(notices::owed(&self.options.rules, self.options.lasts, &due.source.id, state, &outcome, at));
        let met = if outcome.is_success() { walk.met_of_whole() } else { None };
        let profile = walk.page_yield.map(|page| health::learn(state.profile, page));
        Ok(PollReport {
            outcome,
            at,
            next_check,
            validators,
            pages: walk.pages,
            requests: walk.requests,
            changes,
            site: walk.site,
            how: walk.how,
            gap,
            deep: walk.deep,
            ttl: walk.ttl,
            profile,
            learnt: walk.learnt,
            rhythm,
            met,
            owed,
            host_blocked_until,
            host_gap_ms: walk.host_gap_ms,
            beside: walk.beside,
        })
    }

    /// What changes about the posts: those met from the top, then those met where an earlier walk broke off.
    async fn changes(
        &self,
        due: &DueSource,
        walk: &mut Walk<'_>,
        ended: &Ended,
        now: Timestamp,
    ) -> Result<Changes, StoreError> {
        if walk.top.is_empty() && walk.resumed.is_empty() && walk.filled.is_empty() {
            return Ok(Changes::default());
        }
        let categories = if due.state.is_blank() { Vec::new() } else { self.store.categories(due.at).await? };
        let links = walk.links().unwrap_or(due.source.recipe.links()).clone();
        let offset_seconds = walk.offset_seconds();
        let is_open = walk.resumed.is_empty() && matches!(ended, Ended::Paused(_) | Ended::Broken { .. });
        let walked = if is_open { Walked::FromTopToGap } else { Walked::FromTop };
        let setting = Setting { links: &links, categories: &categories, offset_seconds, walked, now };
        let mut changes = diff(&walk.known, &walk.top, &setting);
        for (walked, posts) in [(Walked::Resumed, &walk.resumed), (Walked::FromTop, &walk.filled)] {
            if posts.is_empty() {
                continue;
            }
            let categories = [&categories[..], &changes.categories[..]].concat();
            let setting = Setting { categories: &categories, walked, ..setting };
            let older = diff(&walk.known, posts, &setting);
            changes.new.extend(older.new);
            changes.edited.extend(older.edited);
            changes.filled.extend(older.filled);
            changes.aliases.extend(older.aliases);
            changes.categories.extend(older.categories);
        }
        Ok(changes)
    }

    /// Whether posts, none of which is known, are what a blog published since: later than what is known, and under
    /// addresses of the same shape. A walk that did not reach what is known tells no other way.
    async fn are_newer(&self, due: &DueSource, met: &[Keyed]) -> Result<bool, StoreError> {
        let stored = self.store.posts(Some(&due.source.id), Window { offset: 0, limit: Some(SHAPES) }).await?;
        let Some(newest) = stored.first() else { return Ok(true) };
        let home = due.source.link_base();
        let shapes: Vec<String> =
            stored.iter().filter_map(|post| post_shape(&Url::parse(&post.url).ok()?, home)).collect();
        let alike =
            |keyed: &&Keyed| post_shape(&keyed.candidate.url, home).is_some_and(|shape| shapes.contains(&shape));
        if met.iter().filter(alike).count() * 2 < met.len() {
            return Ok(false);
        }
        let since =
            newest.published.map_or(newest.listed_at, |published| published.at) - SignedDuration::from_hours(24);
        let dates: Vec<_> = met.iter().filter_map(|keyed| keyed.candidate.published).collect();
        Ok(dates.len() * 2 >= met.len() && dates.iter().all(|published| published.at >= since))
    }

    /// New posts, each owed to whom the rules name; none of a first look. Edits, where they are to be told.
    fn owed(&self, source: &SourceId, walk: &Walk<'_>, changes: &Changes, first_look: bool) -> Vec<NewDelivery> {
        let told = |post: &&Post| {
            let is_back = walk.known.gone.contains_key(&post.key);
            !is_back && if walk.was_resumed(&post.key) { walk.announces_resumed() } else { !first_look }
        };
        let mut posts: Vec<&Post> = changes.new.iter().filter(told).collect();
        // They are told in the order in which they were written.
        posts.sort_by_key(|post| post.listed_at);
        let new = posts.into_iter().map(|post| {
            let Post { title, excerpt, categories, .. } = post;
            let excerpt = excerpt.as_deref();
            let subject = Subject { source, about: About::Posts, title, excerpt, categories };
            (DeliveryKind::Post, &post.key, None, subject)
        });
        let edited = changes.edited.iter().filter(|_| self.options.edits == Edits::Announce);
        let edited = edited.map(|edited| {
            let excerpt = edited.excerpt.as_deref();
            let categories = walk.known.posts.get(&edited.key).map_or(&[][..], |known| &known.categories);
            let subject = Subject { source, about: About::Edits, title: &edited.title, excerpt, categories };
            (DeliveryKind::Edit, &edited.key, Some(&edited.title), subject)
        });
        new.chain(edited)
            .flat_map(|(kind, key, text, subject)| {
                self.options.rules.channels(&subject).into_iter().map(move |channel| NewDelivery {
                    kind,
                    key: Some(key.clone()),
                    channel: channel.to_owned(),
                    text: text.cloned(),
                })
            })
            .collect()
    }

    /// The moments that a person wrote for this source, in its zone.
    fn times(&self, due: &DueSource, walk: &Walk<'_>) -> Option<Times> {
        let pattern = due.source.schedule.as_deref()?;
        let state = &due.state;
        let how = if walk.how.is_empty() { state.how.as_deref().unwrap_or_default() } else { &walk.how };
        let language = due.source.language.as_deref().or(walk.site.language.as_deref()).or(state.language.as_deref());
        let zone = self.compiled(walk.way()).map(|recipe| recipe.zone(how, due.source.time_zone.as_deref(), language));
        // The configuration was judged before it became a source.
        Times::parse(pattern, zone.unwrap_or(TimeZone::UTC)).ok()
    }

    /// The compiled form of a recipe.
    fn compiled(&self, recipe: &Recipe) -> Result<Arc<CompiledRecipe>, RecipeError> {
        let mut kept = self.recipes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, compiled)) = kept.iter().find(|(known, _)| known == recipe) {
            return Ok(Arc::clone(compiled));
        }
        let compiled = Arc::new(CompiledRecipe::compile(recipe)?);
        if kept.len() == KEPT_RECIPES {
            kept.remove(0);
        }
        kept.push((recipe.clone(), Arc::clone(&compiled)));
        Ok(compiled)
    }
}

/// What the server wishes, and what its feed wishes.
fn with_ttl(wishes: ServerWishes, ttl: Option<SignedDuration>) -> ServerWishes {
    let ttl = ttl.and_then(|ttl| u32::try_from(ttl.as_secs()).ok());
    ServerWishes { fresh_for_seconds: wishes.fresh_for_seconds.max(ttl), ..wishes }
}

fn outcome_of(walk: &Walk<'_>, changes: &Changes, first_look: bool) -> PollOutcome {
    if first_look {
        PollOutcome::Baseline
    } else if walk.learnt.as_ref().is_some_and(|learnt| learnt.because == Because::Broken) {
        PollOutcome::Repaired
    } else if changes.new.is_empty() && changes.edited.is_empty() {
        PollOutcome::Unchanged
    } else {
        PollOutcome::Changed
    }
}

/// What a poll's new posts tell of the blog's rhythm; `None`: nothing more than is known.
fn rhythm(state: &SourceState, walk: &Walk<'_>, changes: &Changes, now: Timestamp) -> Option<Rhythm> {
    if changes.new.is_empty() && (state.rhythm.is_some() || walk.pages == 0) {
        return None;
    }
    let mut rhythm = state.rhythm.clone().unwrap_or_else(|| Rhythm::new(now, walk.offset_seconds()));
    // What stands below a gap may be history: that it was not known says nothing of when it appeared.
    let (below, above): (Vec<&Post>, Vec<&Post>) =
        changes.new.iter().partition(|post| walk.was_resumed(&post.key) && !walk.announces_resumed());
    let dates = |posts: Vec<&Post>| posts.into_iter().map(|post| post.published).collect::<Vec<_>>();
    rhythm.observe(&dates(above), state.last_success, now);
    rhythm.observe(&dates(below), None, now);
    Some(rhythm)
}

/// The gap that a break at `url` leaves, together with one that an earlier walk left.
fn gap_at(url: Url, now: Timestamp, state: &SourceState, pages_left: Option<u32>) -> GapCursor {
    match &state.gap {
        // One cursor serves both: going on from the upper break, what was first seen since the older one bounds nothing.
        // What lies below the older break may be history, and telling history as news is worse than silence.
        Some(older) => {
            GapCursor { url, since: older.since.min(now), announce: older.announce, pages_left: older.pages_left }
        }
        None => GapCursor { url, since: now, announce: state.last_success.is_some(), pages_left },
    }
}

/// A failure as data.
fn failed(outcome: Failure, gap: Option<GapCursor>) -> Ended {
    Ended::Broken { failure: outcome, gap, blocks_host: false }
}
