//! The posts that lack something, what is known of them, and what was found.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use url::Url;

use super::super::walk::Walk;
use crate::diff::Keyed;
use crate::model::beside::{Asked, Lacking, Role, SidePage, Sinking};
use crate::model::category::CategoryPath;
use crate::model::date::{Precision, Published};
use crate::model::enclosure::Enclosure;
use crate::model::known::KnownQuery;
use crate::model::link::{LinkRules, PostKey, post_key};
use crate::model::post::{Candidate, KnownPost};
use crate::store::StoreError;

/// Stored posts that are looked up at once, beyond those whose own pages can be asked.
const LOOKED_UP: usize = 60;

/// A post that may lack something.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and all combinations occur")]
pub(super) struct Slot {
    /// Where it is to be read.
    pub(super) url: Url,
    /// Its title as far as it is known.
    pub(super) title: String,
    /// When it was published, as far as it is known or was found.
    pub(super) published: Option<Published>,
    /// Its categories as far as they are known or were found.
    pub(super) categories: Vec<CategoryPath>,
    /// Its tags as far as they are known or were found.
    pub(super) tags: Vec<String>,
    /// Whether some page says that it has none.
    pub(super) uncategorised: bool,
    /// Whether its own page is not to be asked.
    pub(super) settled: bool,
    /// What else was found.
    pub(super) author: Option<String>,
    /// What else was found.
    pub(super) image: Option<Url>,
    /// What else was found.
    pub(super) enclosures: Vec<Enclosure>,
    /// Whether its categories are those of the lists that it was met in.
    pub(super) found_on_pages: bool,
    changed: bool,
    stored: Option<KnownPost>,
}

impl Slot {
    /// Whether no page named its category or said that it has none.
    pub(super) fn lacks_category(&self) -> bool {
        self.categories.is_empty() && !self.uncategorised
    }

    /// Whether it lacks anything that its own page may tell.
    pub(super) fn lacks(&self) -> bool {
        self.lacks_category() || self.published.is_none() || self.title.is_empty()
    }

    /// Takes a date where none is known, or a finer one of the same day.
    pub(super) fn take_date(&mut self, read: Published, offset_seconds: i32) {
        let read = read.at_offset(self.published.map_or(offset_seconds, |known| known.offset_seconds));
        let finer = self.published.is_none_or(|known| {
            known.precision == Precision::Day && read.precision > Precision::Day && known.date() == read.date()
        });
        if finer {
            self.published = Some(read);
            self.changed = true;
        }
    }

    /// Takes categories where none are known.
    pub(super) fn take_categories(&mut self, read: Vec<CategoryPath>) {
        if self.categories.is_empty() && !read.is_empty() {
            self.categories = read;
            self.uncategorised = false;
            self.changed = true;
        }
    }

    /// Takes tags where none are known.
    pub(super) fn take_tags(&mut self, read: Vec<String>) {
        if self.tags.is_empty() && !read.is_empty() {
            self.tags = read;
            self.changed = true;
        }
    }

    /// Takes a category beside others that were found, unless one of them lies below it.
    pub(super) fn add_category(&mut self, path: &CategoryPath) {
        if !self.categories.iter().any(|known| known.with_parents().any(|above| above == *path)) {
            self.categories.push(path.clone());
            self.uncategorised = false;
            self.changed = true;
        }
    }

    /// Takes what the post brings along, where nothing is known of that.
    pub(super) fn take_enclosures(&mut self, read: Vec<Enclosure>) {
        let is_known = self.stored.as_ref().is_some_and(|stored| !stored.enclosures.is_empty());
        if !is_known && !read.is_empty() {
            self.enclosures = read;
            self.changed = true;
        }
    }

    /// Takes what stands beside date and categories.
    pub(super) fn take_rest(&mut self, title: Option<String>, author: Option<String>, image: Option<Url>) {
        if self.title.is_empty()
            && let Some(title) = title
        {
            self.title = title;
            self.changed = true;
        }
        self.changed |= author.is_some() || image.is_some();
        self.author = author;
        self.image = image;
    }
}

/// Everything that a look beside the index knows.
#[derive(Debug)]
pub(super) struct Board {
    /// The posts, by key.
    pub(super) slots: BTreeMap<PostKey, Slot>,
    /// Their keys, the newest first.
    pub(super) order: Vec<PostKey>,
    /// The pages beside the index that are known.
    pub(super) pages: Vec<SidePage>,
    /// The blog's categories: those of its tree, those that are stored, those that its rows name.
    pub(super) categories: BTreeSet<CategoryPath>,
    /// How many stored posts lack a category, beyond those on the board.
    pub(super) uncategorised_elsewhere: usize,
    /// Whether a new post has a day and no time.
    pub(super) lacks_times: bool,
    /// Whether a new post has no tag, and somebody wants to know.
    pub(super) lacks_tags: bool,
    /// What makes no new post.
    links: LinkRules,
    /// Seconds east of UTC in which the blog tells its times.
    pub(super) offset_seconds: i32,
    /// The pages as they are stored.
    stored_pages: Vec<SidePage>,
    /// How asking for posts' own pages ended.
    pub(super) asked: Vec<(PostKey, Asked)>,
}

impl Board {
    /// The board of a walk; `None`: nothing lacks.
    pub(super) async fn set(walk: &Walk<'_>) -> Result<Option<Self>, StoreError> {
        let (poller, due) = (walk.poller, walk.due);
        let met = || walk.top.iter().chain(&walk.resumed);
        let known = |keyed: &Keyed| walk.known.posts.get(&keyed.key);
        let is_new = |keyed: &Keyed| known(keyed).is_none();
        let lacks_times = met()
            .filter(|keyed| is_new(keyed))
            .any(|keyed| keyed.candidate.published.is_some_and(|published| published.precision == Precision::Day));
        let needs_tags = due.source.choice.needs_tags();
        let lacks = |candidate: &Candidate| {
            candidate.published.is_none()
                || candidate.title.is_empty()
                || candidate.categories.is_empty()
                || (needs_tags && candidate.tags.is_empty())
        };
        if !due.state.lacks && !lacks_times && !met().any(|keyed| is_new(keyed) && lacks(&keyed.candidate)) {
            return Ok(None);
        }
        let limit = usize::try_from(poller.options.permalinks).unwrap_or(usize::MAX).saturating_add(LOOKED_UP);
        let lacking = if due.state.lacks { poller.store.lacking(due.at, limit).await? } else { Lacking::default() };
        let blank = due.state.is_blank();
        let stored = if blank { Vec::new() } else { poller.store.categories(due.at).await? };
        let stored = stored.into_iter().map(|category| category.path);
        let tree = walk.site.tree.iter().map(|node| node.path.clone());
        let named = met().flat_map(|keyed| keyed.candidate.categories.iter().cloned());
        let pages = if blank { Vec::new() } else { poller.store.side_pages(due.at).await? };
        let mut board = Self {
            slots: BTreeMap::new(),
            order: Vec::new(),
            stored_pages: pages.clone(),
            pages,
            categories: stored.chain(tree).chain(named).collect(),
            uncategorised_elsewhere: usize::try_from(lacking.uncategorised).unwrap_or(usize::MAX),
            lacks_times,
            lacks_tags: needs_tags && met().any(|keyed| is_new(keyed) && keyed.candidate.tags.is_empty()),
            links: walk.links().cloned().unwrap_or_default(),
            offset_seconds: walk.offset_seconds(),
            asked: Vec::new(),
        };
        let unsettled: BTreeSet<&PostKey> = lacking.posts.iter().map(|lacking| &lacking.post.key).collect();
        for keyed in met() {
            let slot = slot_of(&keyed.candidate, known(keyed), &unsettled);
            board.put(keyed.key.clone(), slot);
        }
        for post in lacking.posts {
            if let Ok(url) = Url::parse(&post.url) {
                board.put(post.post.key.clone(), slot_of_stored(post.post, url));
            }
        }
        // New rows as they stand; of stored posts the newest, wherever the page shows them.
        let place =
            |key: &PostKey| board.slots.get(key).and_then(|slot| slot.stored.as_ref().map(|post| post.listed_at));
        board.order.sort_by_cached_key(|key| place(key).map(std::cmp::Reverse));
        let on_board = board.slots.values().filter(|slot| slot.stored.is_some() || !slot.settled);
        let counted = on_board.filter(|slot| slot.stored.is_some() && slot.lacks_category()).count();
        board.uncategorised_elsewhere = board.uncategorised_elsewhere.saturating_sub(counted);
        Ok(Some(board))
    }

    fn put(&mut self, key: PostKey, slot: Slot) {
        if !self.slots.contains_key(&key) {
            self.order.push(key.clone());
            self.slots.insert(key, slot);
        }
    }

    /// Puts stored posts on the board that a page beside the index shows.
    pub(super) async fn look_up(&mut self, walk: &Walk<'_>, keyed: &[Keyed]) -> Result<(), StoreError> {
        let unknown = keyed.iter().filter(|keyed| !self.slots.contains_key(&keyed.key));
        let query = KnownQuery { keys: unknown.map(|keyed| keyed.key.clone()).collect(), ..KnownQuery::default() };
        if query.keys.is_empty() {
            return Ok(());
        }
        let known = walk.poller.store.known(walk.due.at, &query).await?;
        for keyed in keyed {
            if let Some(post) = known.posts.get(&keyed.key) {
                let slot = Slot { settled: true, ..slot_of_stored(post.clone(), keyed.candidate.url.clone()) };
                self.put(post.key.clone(), slot);
            }
        }
        Ok(())
    }

    /// Candidates of another page with the keys that they have for the source.
    pub(super) fn keyed(&self, walk: &Walk<'_>, posts: Vec<Candidate>) -> Vec<Keyed> {
        let key = |candidate: &Candidate| post_key(&candidate.url, &self.links, &walk.own_hosts);
        posts.into_iter().map(|candidate| Keyed { key: key(&candidate), candidate }).collect()
    }

    /// How many posts lack a category.
    pub(super) fn uncategorised(&self) -> usize {
        let here = self.slots.values().filter(|slot| !slot.settled && slot.lacks_category()).count();
        here + self.uncategorised_elsewhere
    }

    /// The known page of that address, or a new one.
    pub(super) fn page(&mut self, url: &Url, role: Role) -> &mut SidePage {
        let at = self.pages.iter().position(|page| page.url == *url).unwrap_or_else(|| {
            self.pages.push(SidePage::new(url.clone(), role));
            self.pages.len() - 1
        });
        &mut self.pages[at]
    }

    /// Whether a page may be asked for now.
    pub(super) fn may_ask(&self, url: &Url, now: Timestamp) -> bool {
        let known = self.pages.iter().find(|page| page.url == *url);
        known.and_then(|page| page.not_before).is_none_or(|until| now >= until)
    }

    /// Leaves what was found with the walk: in the rows that it met, and in rows of their own for other posts.
    pub(super) async fn hand_over(mut self, walk: &mut Walk<'_>) -> Result<(), StoreError> {
        for keyed in walk.top.iter_mut().chain(&mut walk.resumed) {
            if let Some(slot) = self.slots.remove(&keyed.key) {
                settle_what_is_said(&mut self.asked, &keyed.key, &slot);
                fill(&mut keyed.candidate, slot);
            }
        }
        let mut query = KnownQuery::default();
        // The oldest post that got its first date: where it stood, and the lowest place of all that did.
        let (mut stood, mut lowest) = (None::<Timestamp>, None::<Timestamp>);
        for key in &self.order {
            let Some(slot) = self.slots.remove(key).filter(|slot| slot.changed) else { continue };
            settle_what_is_said(&mut self.asked, key, &slot);
            let Some(stored) = slot.stored.clone() else { continue };
            let published = slot.published.filter(|published| published.precision == Precision::Day);
            query.days.extend(published.map(|published| published.at));
            if let Some(found) = slot.published.filter(|_| stored.published.is_none()) {
                stood = Some(stood.map_or(stored.listed_at, |stood| stood.min(stored.listed_at)));
                lowest = Some(lowest.map_or(found.at, |lowest| lowest.min(found.at)));
            }
            // A title that is stored is nobody's edit here.
            let title = if stored.title.is_empty() { slot.title.clone() } else { String::new() };
            walk.known.posts.insert(key.clone(), stored);
            let candidate = Candidate {
                url: slot.url,
                title,
                excerpt: None,
                published: slot.published,
                categories: slot.categories,
                tags: slot.tags,
                author: slot.author,
                image: slot.image,
                enclosures: slot.enclosures,
                pinned: false,
                no_category: None,
            };
            walk.filled.push(Keyed { key: key.clone(), candidate });
        }
        if !query.days.is_empty() {
            let known = walk.poller.store.known(walk.due.at, &query).await?;
            walk.known.extend(known);
        }
        walk.beside.pages = self.pages.into_iter().filter(|page| !self.stored_pages.contains(page)).collect();
        walk.beside.asked = self.asked;
        walk.beside.sinks = stood.zip(lowest).and_then(|(below, lowest)| {
            let by_ms = below.as_millisecond() - lowest.as_millisecond();
            (by_ms > 0).then_some(Sinking { below, by_ms })
        });
        Ok(())
    }
}

/// A post of which all is said, its lack of a category included, is not asked for.
fn settle_what_is_said(asked: &mut Vec<(PostKey, Asked)>, key: &PostKey, slot: &Slot) {
    if !slot.settled && slot.uncategorised && !slot.lacks() {
        asked.push((key.clone(), Asked::Settled));
    }
}

fn fill(candidate: &mut Candidate, slot: Slot) {
    if !slot.changed {
        return;
    }
    if candidate.title.is_empty() {
        candidate.title = slot.title;
    }
    if candidate.categories.is_empty() {
        candidate.categories = slot.categories;
    }
    if candidate.tags.is_empty() {
        candidate.tags = slot.tags;
    }
    candidate.published = slot.published.or(candidate.published);
    candidate.author = candidate.author.take().or(slot.author);
    candidate.image = candidate.image.take().or(slot.image);
    if candidate.enclosures.is_empty() {
        candidate.enclosures = slot.enclosures;
    }
}

/// The slot of a row: what it shows, and what is stored.
fn slot_of(candidate: &Candidate, known: Option<&KnownPost>, unsettled: &BTreeSet<&PostKey>) -> Slot {
    let mut slot = Slot {
        url: candidate.url.clone(),
        title: candidate.title.clone(),
        published: candidate.published,
        categories: candidate.categories.clone(),
        tags: candidate.tags.clone(),
        uncategorised: candidate.no_category.is_some(),
        settled: known.is_some_and(|known| !unsettled.contains(&known.key)),
        author: None,
        image: None,
        enclosures: Vec::new(),
        found_on_pages: false,
        changed: false,
        stored: known.cloned(),
    };
    if let Some(known) = known {
        slot.published = known.published.or(slot.published);
        if slot.categories.is_empty() {
            slot.categories.clone_from(&known.categories);
        }
        if slot.tags.is_empty() {
            slot.tags.clone_from(&known.tags);
        }
        if slot.title.is_empty() {
            slot.title.clone_from(&known.title);
        }
    }
    slot
}

fn slot_of_stored(post: KnownPost, url: Url) -> Slot {
    Slot {
        url,
        title: post.title.clone(),
        published: post.published,
        categories: post.categories.clone(),
        tags: post.tags.clone(),
        uncategorised: false,
        settled: false,
        author: None,
        image: None,
        enclosures: Vec::new(),
        found_on_pages: false,
        changed: false,
        stored: Some(post),
    }
}
