//! From the index page back in time, until what is known begins.
//!
//! The walk ends where the oldest post of a page that is not pinned is known, where a page shows nothing that this
//! walk did not show already, or where there is no next page. Where it breaks off before, it leaves a cursor.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use url::Url;

use super::met::Whole;
use super::{Poller, Progress, failed, gap_at};
use crate::diff::Keyed;
use crate::extract::{CompiledRecipe, health};
use crate::fetch::{Access, FetchError, Fetched};
use crate::model::beside::Beside;
use crate::model::date::Precision;
use crate::model::failure::{Failure, Step};
use crate::model::known::{Known, KnownQuery};
use crate::model::link::{LinkRules, PostKey, bare_host, post_key};
use crate::model::page::{Page, ServerWishes, Validators};
use crate::model::post::{Candidate, Candidates, SiteFacts};
use crate::model::report::{DeepWalk, GapCursor, Learnt, Profile};
use crate::model::source::Backfill;
use crate::store::StoreError;
use crate::store::contract::DueSource;

/// An answer that says "nothing new" is trusted so long: some servers say it for ever.
const FULL_READ_EVERY: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// Failures in a row after which a page without posts is taken for the end of the blog.
const EMPTY_MEANS_END: u32 = 3;

/// Failures in a row after which a page far off its source's profile is taken for the blog's new look.
pub(super) const NEW_HABIT: u32 = 6;

/// How a walk ended.
pub(super) enum Ended {
    /// The index is as it was.
    NotModified,
    /// All that is new was read.
    Complete,
    /// The poll's pages are used up; more is to come.
    Paused(GapCursor),
    /// The server says that the blog is gone for good.
    Gone(Failure),
    /// Something went wrong.
    Broken {
        /// What.
        failure: Failure,
        /// Where to go on; `None` leaves things as they were.
        gap: Option<GapCursor>,
        /// Whether the whole host wants to be left alone.
        blocks_host: bool,
    },
}

/// How far a stretch of pages goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// From the index to what is known.
    Top,
    /// From where an earlier walk broke off to what was known before it.
    Gap,
    /// To the end, past all that is known.
    Whole,
}

/// A stretch of pages, and how it ended.
pub(super) enum Stretch {
    /// `whole`: the last page says itself that it is the last.
    End {
        next: Option<Url>,
        whole: bool,
    },
    Spent {
        next: Url,
    },
    Broken {
        at: Url,
        ended: Failure,
        blocks_host: bool,
        first_page: bool,
    },
}

/// A walk through one source's pages.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own that a walk comes upon")]
pub(super) struct Walk<'a> {
    pub(super) poller: &'a Poller,
    pub(super) due: &'a DueSource,
    pub(super) access: Access,
    pub(super) started: Timestamp,
    /// Pages that it reads at most; the next poll goes on.
    most_pages: Option<u32>,
    /// What reads the pages, from the first one on.
    pub(super) recipe: Option<Arc<CompiledRecipe>>,
    /// How the index was read last, where it is read so again without a closer look.
    pub(super) as_before: Option<String>,
    /// What the index taught.
    pub(super) learnt: Option<Learnt>,
    pub(super) own_hosts: Vec<String>,
    seen: HashSet<PostKey>,
    resumed_keys: HashSet<PostKey>,
    /// Met from the top, newest first.
    pub(super) top: Vec<Keyed>,
    /// Met from where an earlier walk broke off, newest first.
    pub(super) resumed: Vec<Keyed>,
    /// What is stored about them.
    pub(super) known: Known,
    /// What the index says of the blog.
    pub(super) site: SiteFacts,
    /// What the index yields, where it was read in full.
    pub(super) page_yield: Option<Profile>,
    /// How the index was read.
    pub(super) how: String,
    /// Pages read.
    pub(super) pages: u32,
    /// Requests made.
    pub(super) requests: u32,
    /// When the server wishes to be asked again.
    pub(super) wishes: ServerWishes,
    /// What the index's answer said to send along next time.
    pub(super) validators: Option<Validators>,
    /// The pause that robots.txt wishes for.
    pub(super) host_gap_ms: Option<i64>,
    /// What becomes of the walk through the whole source; `None`: nothing.
    pub(super) deep: Option<DeepWalk>,
    /// How long the feed says that it need not be asked again: its last word.
    pub(super) ttl: Option<jiff::SignedDuration>,
    /// Whether the host wants to be left alone, though the index was read.
    pub(super) blocks_host: bool,
    /// How a walk through the whole of the source stands that this poll began or ended.
    pub(super) whole: Option<Whole>,
    /// Whether a page held more posts than are read.
    pub(super) was_cut: bool,
    /// Stored posts that the walk did not meet, with what was found of them beside the index.
    pub(super) filled: Vec<Keyed>,
    /// What was read beside the index.
    pub(super) beside: Beside,
    /// Posts' own pages that this poll may still ask for.
    pub(super) own_pages_left: u32,
    /// Whether there is more to read beside the index than one poll may.
    pub(super) beside_goes_on: bool,
    /// Whether the server wants no more requests now.
    pub(super) beside_stopped: bool,
    /// Until when the whole host is to be left alone.
    pub(super) beside_blocked_until: Option<Timestamp>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(poller: &'a Poller, due: &'a DueSource, started: Timestamp, most_pages: Option<u32>) -> Self {
        let source = &due.source;
        Self {
            poller,
            due,
            access: Access {
                allow_private_addresses: source.allow_private_addresses,
                allow_files: source.url.scheme() == "file",
                headers: source.headers.clone(),
            },
            started,
            most_pages,
            recipe: None,
            as_before: None,
            learnt: None,
            own_hosts: vec![bare_host(&source.url), bare_host(source.link_base())],
            seen: HashSet::new(),
            resumed_keys: HashSet::new(),
            top: Vec::new(),
            resumed: Vec::new(),
            known: Known::default(),
            site: SiteFacts::default(),
            page_yield: None,
            how: String::new(),
            pages: 0,
            requests: 0,
            wishes: ServerWishes::default(),
            validators: None,
            host_gap_ms: None,
            deep: None,
            ttl: due.state.ttl,
            blocks_host: false,
            whole: None,
            was_cut: false,
            filled: Vec::new(),
            beside: Beside::default(),
            own_pages_left: poller.options.permalinks,
            beside_goes_on: false,
            beside_stopped: false,
            beside_blocked_until: None,
        }
    }

    /// Walks. Errors are our own house's; the world's faults end up in [`Ended`].
    pub(super) async fn run(&mut self) -> Result<Ended, StoreError> {
        let state = &self.due.state;
        let url = self.due.source.url.clone();
        let asked = match self.request(&url) {
            Ok(request) => request.url,
            Err(wrong) => return Ok(failed(wrong, None)),
        };
        if let Some(refused) = self.refused_by_robots(&asked).await? {
            return Ok(failed(refused, None));
        }
        let doubted = self.begins_deep()
            || state.validators.read_at.is_none_or(|read| self.started.duration_since(read) >= FULL_READ_EVERY);
        let is_well = state.last_success.is_some() && state.failures == 0 && !doubted;
        self.as_before = state.how.clone().filter(|_| is_well);
        let first = match self.fetch(&url, &state.validators, doubted).await {
            Err(error @ FetchError::Status { code: 410, .. }) => return Ok(Ended::Gone(error.failure())),
            Err(error) => return Ok(broken(&error, None)),
            Ok(Fetched::NotModified { .. }) => None,
            Ok(Fetched::Same { validators, .. }) => {
                self.validators = Some(Validators { read_at: Some(self.started), ..validators });
                None
            }
            Ok(Fetched::Page { page, .. }) => Some(page),
        };
        let mut onward = None;
        if let Some(page) = first {
            self.validators = Some(Validators { read_at: Some(self.started), ..page.validators.clone() });
            let left = self.pages_for_first_look();
            match self.stretch(page, Extent::Top, left).await? {
                Stretch::End { next, whole } => {
                    onward = next;
                    if whole && state.gap.is_none() {
                        self.end_whole(Some(self.started));
                    }
                }
                Stretch::Spent { next } => {
                    let spent = self.pages;
                    return Ok(if left.is_some_and(|left| spent >= left) {
                        Ended::Complete
                    } else {
                        Ended::Paused(gap_at(next, self.started, state, left.map(|left| left.saturating_sub(spent))))
                    });
                }
                Stretch::Broken { ended, blocks_host, first_page: true, .. } => {
                    return Ok(Ended::Broken { failure: ended, gap: None, blocks_host });
                }
                Stretch::Broken { at, ended, blocks_host, first_page: false } => {
                    let left = left.map(|left| left.saturating_sub(self.pages));
                    let gap = Some(gap_at(at, self.started, state, left));
                    return Ok(Ended::Broken { failure: ended, gap, blocks_host });
                }
            }
        }
        match state.gap.clone() {
            Some(gap) => self.resume(gap).await,
            None if self.is_deep() => self.deepen(onward).await,
            None if self.pages == 0 => Ok(Ended::NotModified),
            None => Ok(Ended::Complete),
        }
    }

    /// Goes on where an earlier walk broke off.
    async fn resume(&mut self, gap: GapCursor) -> Result<Ended, StoreError> {
        let page = match self.fetch(&gap.url, &Validators::default(), true).await {
            Err(error) => return Ok(broken(&error, Some(gap))),
            Ok(Fetched::Page { page, .. }) => page,
            Ok(Fetched::NotModified { .. } | Fetched::Same { .. }) => return Ok(Ended::Complete),
        };
        let before = self.pages;
        Ok(match self.stretch(page, Extent::Gap, gap.pages_left.map(|left| left + before)).await? {
            Stretch::End { .. } => Ended::Complete,
            Stretch::Spent { next } => {
                let pages_left = gap.pages_left.map(|left| left.saturating_sub(self.pages - before));
                if pages_left == Some(0) {
                    Ended::Complete
                } else {
                    Ended::Paused(GapCursor { url: next, pages_left, ..gap })
                }
            }
            Stretch::Broken { ended, .. }
                if ended.step == Step::Extract && self.due.state.failures >= EMPTY_MEANS_END =>
            {
                Ended::Complete
            }
            Stretch::Broken { at, ended, blocks_host, .. } => {
                Ended::Broken { failure: ended, gap: Some(GapCursor { url: at, ..gap }), blocks_host }
            }
        })
    }

    /// Reads page after page until something says stop. `pages_until` counts all pages of the walk.
    pub(super) async fn stretch(
        &mut self,
        page: Page,
        extent: Extent,
        pages_until: Option<u32>,
    ) -> Result<Stretch, StoreError> {
        let mut first_page = extent == Extent::Top;
        let mut before = None;
        // Read on another thread, more than once where its posts are doubted: its text is a large one to copy.
        let mut page = Arc::new(page);
        loop {
            let at = page.url.clone();
            let read = if first_page { self.read_index(&page).await? } else { self.read_older(&page).await };
            let read = match read {
                Ok(read) => read,
                Err(ended) if !first_page && self.is_past_the_end(&page, before.as_ref(), &ended) => {
                    return Ok(Stretch::End { next: None, whole: false });
                }
                Err(ended) => return Ok(Stretch::Broken { at, ended, blocks_host: false, first_page }),
            };
            self.pages += 1;
            let next = read.next.clone();
            if first_page {
                self.page_yield = Some(health::yielded(&read.posts));
                self.how.clone_from(&read.how);
                self.site = self.with_name(read.site);
                self.ttl = read.ttl;
            }
            let (fresh, reached_known) = self.take(read.posts, extent != Extent::Top).await?;
            self.tell_progress();
            let Some(next) = next else { return Ok(Stretch::End { next: None, whole: true }) };
            if (reached_known && extent != Extent::Whole) || !fresh {
                return Ok(Stretch::End { next: Some(next), whole: false });
            }
            let spent = |limit: Option<u32>| limit.is_some_and(|limit| self.pages >= limit);
            if spent(pages_until) || spent(self.most_pages) {
                return Ok(Stretch::Spent { next });
            }
            first_page = false;
            before = Some(at);
            page = match self.fetch(&next, &Validators::default(), true).await {
                Ok(Fetched::Page { page, .. }) => Arc::new(page),
                Ok(Fetched::NotModified { .. } | Fetched::Same { .. }) => {
                    return Ok(Stretch::End { next: None, whole: false });
                }
                // Endpoints that are asked by number say so behind their last page.
                Err(FetchError::Status { code: 400 | 404, .. }) if next.fragment().is_some() => {
                    return Ok(Stretch::End { next: None, whole: true });
                }
                Err(error) => {
                    let blocks_host = matches!(error, FetchError::Status { code: 429, .. });
                    return Ok(Stretch::Broken { at: next, ended: error.failure(), blocks_host, first_page });
                }
            };
        }
    }

    /// What is wrong with the index by the source's profile. What stays so is the blog's new habit.
    pub(super) fn complaint(&self, read: &Candidates, url: &Url) -> Option<Failure> {
        let profile = self.due.state.profile.as_ref()?;
        let complaint = health::complaint(profile, &read.posts, url.as_str())?;
        (self.due.state.failures < NEW_HABIT).then_some(complaint)
    }

    /// The failure of a walk that reached the end and met no post of the blog that was read before.
    pub(super) fn stranger(&self, aliases: usize) -> Option<Failure> {
        let was_read = self.due.state.last_success.is_some() && self.due.state.failures < NEW_HABIT;
        let met_none = self.known.posts.is_empty() && aliases == 0 && self.resumed.is_empty() && !self.top.is_empty();
        (was_read && met_none).then(|| health::stranger(self.due.source.url.as_str(), self.top.len()))
    }

    /// Takes a page's posts. Says whether any was new to this walk, and whether the known ones were reached.
    async fn take(&mut self, posts: Vec<Candidate>, resumed: bool) -> Result<(bool, bool), StoreError> {
        self.was_cut |= Self::is_cut(posts.len());
        let links = self.links().cloned().unwrap_or_default();
        let keyed: Vec<Keyed> = posts
            .into_iter()
            .map(|candidate| Keyed { key: post_key(&candidate.url, &links, &self.own_hosts), candidate })
            .collect();
        if !self.due.state.is_blank() {
            self.look_up(&keyed).await?;
        }
        // While a gap is open, what was stored since it opened stands above it and says nothing about its end.
        let since = self.due.state.gap.as_ref().filter(|_| resumed).map(|gap| gap.since);
        let last = keyed.iter().rev().find(|keyed| !keyed.candidate.pinned);
        let reached_known = last.is_some_and(|keyed| {
            self.known.posts.get(&keyed.key).is_some_and(|post| since.is_none_or(|since| post.first_seen < since))
        });
        let list = if resumed { &mut self.resumed } else { &mut self.top };
        let mut fresh = false;
        for keyed in keyed {
            if self.seen.insert(keyed.key.clone()) {
                fresh = true;
                if resumed {
                    self.resumed_keys.insert(keyed.key.clone());
                }
                list.push(keyed);
            } else if let Some(earlier) = list.iter().position(|met| met.key == keyed.key) {
                // Met again further down: it was pinned above, or the list moved under our feet. This is its place.
                list.remove(earlier);
                list.push(keyed);
            }
        }
        Ok((fresh, reached_known))
    }

    /// Asks the store what it knows of these posts.
    async fn look_up(&mut self, keyed: &[Keyed]) -> Result<(), StoreError> {
        let mut query =
            KnownQuery { keys: keyed.iter().map(|keyed| keyed.key.clone()).collect(), ..KnownQuery::default() };
        let days = keyed.iter().filter_map(|keyed| keyed.candidate.published);
        query.days =
            days.filter(|published| published.precision == Precision::Day).map(|published| published.at).collect();
        query.days.dedup();
        self.known.extend(self.poller.store.known(self.due.at, &query).await?);
        let unknown = keyed.iter().filter(|keyed| !self.known.posts.contains_key(&keyed.key));
        let titles: Vec<String> =
            unknown.map(|keyed| keyed.candidate.title.clone()).filter(|title| !title.is_empty()).collect();
        if !titles.is_empty() {
            let query = KnownQuery { titles, ..KnownQuery::default() };
            self.known.extend(self.poller.store.known(self.due.at, &query).await?);
        }
        Ok(())
    }

    /// Pages that a first look may read, from the configuration.
    fn pages_for_first_look(&self) -> Option<u32> {
        match (self.due.state.last_success, self.due.source.backfill) {
            (None, Backfill::Pages(pages)) => Some(pages),
            (None, Backfill::All) | (Some(_), _) => None,
        }
    }

    /// Forgets what the index said: it was not the blog's.
    pub(super) fn forget_page(&mut self) {
        self.site = SiteFacts::default();
        self.page_yield = None;
        self.validators = None;
        self.learnt = None;
    }

    fn tell_progress(&self) {
        if let Some(tell) = &self.poller.on_progress {
            tell(&self.due.source.id, Progress { pages: self.pages, posts: self.met(), declared: self.site.declared });
        }
    }

    /// Posts met.
    pub(super) fn met(&self) -> u32 {
        u32::try_from(self.seen.len()).unwrap_or(u32::MAX)
    }

    /// The link rules of the recipe that read the page, which may be a preset that the page itself named.
    pub(super) fn links(&self) -> Option<&LinkRules> {
        self.recipe.as_ref().map(|recipe| recipe.links(self.how_now()))
    }

    /// How the index is read: now, or when it was last read.
    pub(super) fn how_now(&self) -> &str {
        if self.how.is_empty() { self.due.state.how.as_deref().unwrap_or_default() } else { &self.how }
    }

    /// Seconds east of UTC for posts whose page tells no time.
    pub(super) fn offset_seconds(&self) -> i32 {
        let dated = self.top.iter().chain(&self.resumed).find_map(|keyed| keyed.candidate.published);
        dated.map_or_else(
            || {
                let source = &self.due.source;
                let zone = self.recipe.as_ref().map(|recipe| {
                    let language = source.language.as_deref().or(self.site.language.as_deref());
                    recipe.zone(self.how_now(), source.time_zone.as_deref(), language)
                });
                zone.map_or(0, |zone| zone.to_offset(self.started).seconds())
            },
            |published| published.offset_seconds,
        )
    }

    pub(super) fn was_resumed(&self, key: &PostKey) -> bool {
        self.resumed_keys.contains(key)
    }

    /// Whether what was found in the gap is told.
    pub(super) fn announces_resumed(&self) -> bool {
        self.due.state.gap.as_ref().is_some_and(|gap| gap.announce)
    }
}

fn broken(error: &FetchError, gap: Option<GapCursor>) -> Ended {
    Ended::Broken { failure: error.failure(), gap, blocks_host: matches!(error, FetchError::Status { code: 429, .. }) }
}
