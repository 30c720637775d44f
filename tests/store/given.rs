//! What the tests begin with: sources, posts, reports, and a poll in one call.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sosik::model::category::{CategoryPath, mint_categories};
use sosik::model::failure::{Failure, PollOutcome, Step};
use sosik::model::feed::{Feed, FeedPath};
use sosik::model::link::PostKey;
use sosik::model::post::{Post, SiteFacts};
use sosik::model::report::{Changes, Filled, PollReport, ValidatorsUpdate};
use sosik::model::source::{Backfill, Cadence, HtmlRecipe, Recipe, Source, SourceId};
use sosik::store::Store;
use sosik::store::contract::{Claim, Fenced, Lease, Recorded, SourceOverview, Window};
use sosik::store::shown::MOST_TOMBSTONES;

/// All posts.
pub(crate) const ALL: Window = Window { offset: 0, limit: None };

/// So many minutes after the beginning.
pub(crate) fn minute(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + minutes * 60).unwrap()
}

pub(crate) fn id(id: &str) -> SourceId {
    SourceId::try_from(id.to_owned()).unwrap()
}

pub(crate) fn key(key: &str) -> PostKey {
    PostKey::from_stored(key.to_owned())
}

/// A source `name` at `https://name.example/`, or at the URL that stands behind a space: `a https://x.example/b`.
pub(crate) fn source(name: &str) -> Source {
    let (name, url) =
        name.split_once(' ').map_or((name, format!("https://{name}.example/")), |(name, url)| (name, url.to_owned()));
    Source {
        id: id(name),
        url: url.parse().unwrap(),
        base_url: None,
        title: None,
        recipe: Recipe::Html(HtmlRecipe::default()).into(),
        backfill: Backfill::All,
        cadence: Cadence::default(),
        schedule: None,
        language: None,
        time_zone: None,
        headers: BTreeMap::new(),
        allow_private_addresses: false,
        robots: true,
        full_text: false,
        paused: false,
        choice: sosik::model::choice::Choice::default(),
    }
}

/// Sources that are stored and due at minute 0.
pub(crate) async fn sources(store: &dyn Store, names: &[&str]) -> Vec<Source> {
    let sources: Vec<Source> = names.iter().map(|name| source(name)).collect();
    store.sync_sources(&sources, minute(0)).await.unwrap();
    sources
}

pub(crate) fn paths(categories: &[&str]) -> Vec<CategoryPath> {
    categories.iter().map(|path| CategoryPath::new(path.split('/')).unwrap()).collect()
}

/// A post without a date that is listed at that minute.
pub(crate) fn post(name: &str, listed: i64, categories: &[&str]) -> Post {
    Post {
        key: key(name),
        entry_id: format!("urn:test:{name}"),
        url: format!("https://blog.example{name}"),
        title: format!("Title of {name}"),
        excerpt: None,
        author: None,
        image: None,
        enclosures: Vec::new(),
        published: None,
        listed_at: minute(listed),
        offset_seconds: 0,
        first_seen: minute(1),
        updated: minute(1),
        tags: Vec::new(),
        categories: paths(categories),
        full_text: None,
    }
}

/// New posts with the slugs of their categories, as a poll that knows none would mint them.
pub(crate) fn new(posts: Vec<Post>) -> Changes {
    let categories = mint_categories(&[], posts.iter().flat_map(|post| &post.categories));
    Changes { new: posts, categories, ..Changes::default() }
}

pub(crate) fn nothing_filled(name: &str) -> Filled {
    Filled { key: key(name), ..Filled::default() }
}

/// A report that says no more than that the page is the same; next look an hour later.
pub(crate) fn report(at: Timestamp) -> PollReport {
    PollReport {
        outcome: PollOutcome::NotModified,
        at,
        next_check: Some(at + SignedDuration::from_hours(1)),
        validators: ValidatorsUpdate::Keep,
        pages: 1,
        requests: 1,
        changes: Changes::default(),
        site: SiteFacts::default(),
        how: String::new(),
        gap: None,
        deep: None,
        ttl: None,
        learnt: None,
        profile: None,
        rhythm: None,
        beside: sosik::model::beside::Beside::default(),
        met: None,
        owed: Vec::new(),
        host_blocked_until: None,
        host_gap_ms: None,
    }
}

/// Ten hosts with ten sources each, leased for ten minutes.
pub(crate) fn claim(now: Timestamp) -> Claim {
    Claim { hosts: 10, sources_per_host: 10, lease: SignedDuration::from_mins(10), now, only: None }
}

pub(crate) fn claim_named(now: Timestamp, names: &[&str]) -> Claim {
    Claim { only: Some(names.iter().map(|name| id(name)).collect()), ..claim(now) }
}

/// The leases of a claim of whatever is due.
pub(crate) async fn leases(store: &dyn Store, now: Timestamp) -> Vec<Lease> {
    store.claim(&claim(now)).await.unwrap().leases
}

/// The names of the sources to poll, by host.
pub(crate) fn names(leases: &[Lease]) -> Vec<Vec<&str>> {
    leases.iter().map(|lease| lease.due.iter().map(|due| due.source.id.as_str()).collect()).collect()
}

/// A report on the way, for one of a lease's sources.
pub(crate) fn recorded(lease: &Lease, index: usize, report: PollReport) -> Recorded {
    Recorded {
        at: lease.due[index].at,
        host: lease.host.clone(),
        lease: lease.number,
        last_of_host: index + 1 == lease.due.len(),
        report,
    }
}

/// Polls one source by name with all that belongs to it.
pub(crate) async fn poll(store: &dyn Store, name: &str, now: Timestamp, fill_in: impl FnOnce(&mut PollReport)) {
    let claimed = store.claim(&claim_named(now, &[name])).await.unwrap();
    let mut report = report(now);
    fill_in(&mut report);
    let answers = store.record(vec![recorded(&claimed.leases[0], 0, report)], now).await.unwrap();
    assert_eq!(answers, [Fenced::Recorded]);
}

/// A failure that passes.
pub(crate) fn failure(message: &str) -> Failure {
    Failure {
        step: Step::Fetch,
        message: message.into(),
        help: "look again".into(),
        transient: true,
        chain: vec!["because".into()],
        unreachable: false,
    }
}

/// What is stored of a source.
pub(crate) async fn overview(store: &dyn Store, name: &str) -> SourceOverview {
    store.sources().await.unwrap().into_iter().find(|source| source.source.id == id(name)).unwrap()
}

pub(crate) async fn feed(store: &dyn Store, path: &str) -> Feed {
    store.feed(&FeedPath::from_text(path)).await.unwrap().unwrap_or_else(|| panic!("no feed at {path}"))
}

/// The keys of a feed's posts in its order.
pub(crate) async fn keys(store: &dyn Store, path: &str) -> Vec<String> {
    let feed = feed(store, path).await;
    let posts = store.feed_posts(&feed, ALL).await.unwrap();
    assert_eq!(usize::try_from(feed.posts).unwrap(), posts.len(), "the count of {path}");
    posts.iter().map(|post| post.key.to_string()).collect()
}

/// What many feeds show at once is what each shows by itself, in whichever order they are asked for.
pub(crate) async fn feeds_show_the_same_together(store: &dyn Store) {
    let mut feeds = store.feeds(None).await.unwrap();
    for most in [None, Some(2), Some(0)] {
        feeds.reverse();
        let together = store.contents(&feeds, most).await.unwrap();
        assert_eq!(together.len(), feeds.len());
        for (feed, shown) in feeds.iter().zip(together) {
            let window = Window { offset: 0, limit: most };
            let posts: Vec<Post> = shown.posts.into_iter().map(Arc::unwrap_or_clone).collect();
            assert_eq!(posts, store.feed_posts(feed, window).await.unwrap(), "{} {most:?}", feed.path);
            assert_eq!(shown.tombstones, store.tombstones(feed, MOST_TOMBSTONES).await.unwrap(), "{}", feed.path);
        }
    }
}

/// (path, version, posts) of every feed.
pub(crate) async fn feed_table(store: &dyn Store) -> Vec<(String, i64, u32)> {
    let feeds = store.feeds(None).await.unwrap();
    feeds.into_iter().map(|feed| (feed.path.as_str().to_owned(), feed.version, feed.posts)).collect()
}
