//! What a report leaves behind.

use jiff::SignedDuration;
use sosik::model::category::{Category, TreeNode};
use sosik::model::delivery::{DeliveryKind, NewDelivery};
use sosik::model::failure::PollOutcome;
use sosik::model::page::Validators;
use sosik::model::report::{DeepCursor, DeepWalk, Edited, GapCursor, PollReport, Profile, ValidatorsUpdate};
use sosik::model::rhythm::Rhythm;
use sosik::model::source::{HtmlRecipe, Recipe};
use sosik::store::Store;
use sosik::store::contract::{Fenced, OutboxCounts, SourceState};

use super::given::*;

pub(crate) async fn a_report_is_stored_whole(store: &dyn Store) {
    sources(store, &["a"]).await;
    let validators = Validators { etag: Some("\"x\"".into()), digest: Some(7), ..Validators::default() };
    let gap = GapCursor {
        url: "https://a.example/?page=11".parse().unwrap(),
        since: minute(1),
        announce: true,
        pages_left: Some(3),
    };
    let deep = DeepWalk {
        due: minute(9),
        cursor: Some(DeepCursor {
            url: "https://a.example/?page=4".parse().unwrap(),
            pages_left: Some(7),
            tried: true,
            begun: Some(minute(3)),
        }),
    };
    let profile = Profile { pages: 2, posts: 9.5, titled: 1.0, dated: 0.25, categorised: 0.0, excerpted: 0.125 };
    let mut rhythm = Rhythm::new(minute(4), 9 * 3600);
    rhythm.observe(&[None, None], Some(minute(4)), minute(5));
    poll(store, "a", minute(5), |report| {
        report.outcome = PollOutcome::Changed;
        report.next_check = Some(minute(77));
        report.validators = ValidatorsUpdate::Replace(validators.clone());
        report.changes = new(vec![post("/1", 1, &["Big Data/Kafka"])]);
        report.site.title = Some("느린 개발자의 기록".into());
        report.site.language = Some("ko".into());
        report.site.home = Some("https://a.example/".parse().unwrap());
        report.site.declared = Some(136);
        report.site.tree = vec![TreeNode { path: paths(&["Big Data"]).remove(0), url: None, count: Some(12) }];
        report.how = "preset:tistory/plain-list".into();
        report.gap = Some(gap.clone());
        report.deep = Some(deep.clone());
        report.ttl = Some(SignedDuration::from_mins(100));
        report.profile = Some(profile);
        report.rhythm = Some(rhythm.clone());
        report.owed =
            vec![NewDelivery { kind: DeliveryKind::Post, key: Some(key("/1")), channel: "desktop".into(), text: None }];
    })
    .await;
    let overview = overview(store, "a").await;
    let expected = SourceState {
        next_check: Some(minute(77)),
        last_poll: Some(minute(5)),
        last_success: Some(minute(5)),
        outcome: Some("changed".into()),
        failures: 0,
        failure: None,
        validators,
        gap: Some(gap),
        deep: Some(deep),
        ttl: Some(SignedDuration::from_mins(100)),
        profile: Some(profile),
        learnt: None,
        rhythm: Some(rhythm),
        site_title: Some("느린 개발자의 기록".into()),
        language: Some("ko".into()),
        home_url: Some("https://a.example/".into()),
        declared: Some(136),
        how: Some("preset:tistory/plain-list".into()),
        misses: false,
        lacks: true,
    };
    assert_eq!(overview.state, expected);
    assert_eq!(overview.posts, 1);
    assert_eq!(store.outbox().await.unwrap(), OutboxCounts { owed: 1, dead: 0 });
    let slug = |path: &str, slug_path: &str| Category { path: paths(&[path]).remove(0), slug_path: slug_path.into() };
    assert_eq!(
        store.categories(overview.at).await.unwrap(),
        [slug("Big Data", "big-data"), slug("Big Data/Kafka", "big-data/kafka")]
    );
    let due = leases(store, minute(77)).await.remove(0).due.remove(0);
    assert_eq!(due.state, expected, "the next poll gets it all");
}

pub(crate) async fn validators_stay_unless_they_are_replaced(store: &dyn Store) {
    sources(store, &["a"]).await;
    let old = Validators { etag: Some("1".into()), last_modified: Some("then".into()), ..Validators::default() };
    let new = Validators { digest: Some(2), read_at: Some(minute(3)), ..Validators::default() };
    poll(store, "a", minute(1), |report| report.validators = ValidatorsUpdate::Replace(old.clone())).await;
    poll(store, "a", minute(2), |report| report.outcome = PollOutcome::Failed(failure("broken layout"))).await;
    assert_eq!(overview(store, "a").await.state.validators, old);
    poll(store, "a", minute(3), |report| report.validators = ValidatorsUpdate::Replace(new.clone())).await;
    assert_eq!(overview(store, "a").await.state.validators, new, "all of them, the missing ones too");
}

pub(crate) async fn failures_are_counted_until_a_success(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(1), |report| report.outcome = PollOutcome::Failed(failure("first"))).await;
    poll(store, "a", minute(2), |report| report.outcome = PollOutcome::Failed(failure("second"))).await;
    let state = overview(store, "a").await.state;
    assert_eq!((state.failures, state.failure), (2, Some(failure("second"))));
    assert_eq!((state.outcome.as_deref(), state.last_success), (Some("failed"), None));
    poll(store, "a", minute(3), |report| report.outcome = PollOutcome::Gone(failure("410"))).await;
    let state = overview(store, "a").await.state;
    assert_eq!((state.failures, state.outcome.as_deref(), state.failure), (3, Some("gone"), Some(failure("410"))));
    poll(store, "a", minute(4), |_| ()).await;
    let state = overview(store, "a").await.state;
    assert_eq!((state.failures, state.failure, state.last_success), (0, None, Some(minute(4))));
}

pub(crate) async fn a_deferred_poll_is_no_failure(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(1), |report| report.outcome = PollOutcome::Failed(failure("first"))).await;
    poll(store, "a", minute(2), |report| report.outcome = PollOutcome::Deferred { until: minute(90) }).await;
    let state = overview(store, "a").await.state;
    assert_eq!((state.failures, state.failure), (1, Some(failure("first"))));
    assert_eq!((state.outcome.as_deref(), state.last_success), (Some("deferred"), None));
}

pub(crate) async fn a_network_that_is_down_counts_as_no_failure(store: &dyn Store) {
    sources(store, &["a"]).await;
    poll(store, "a", minute(1), |report| report.outcome = PollOutcome::Failed(failure("first"))).await;
    poll(store, "a", minute(2), |report| report.outcome = PollOutcome::Offline(failure("no network"))).await;
    let state = overview(store, "a").await.state;
    assert_eq!((state.failures, state.failure), (1, Some(failure("no network"))));
    assert_eq!((state.outcome.as_deref(), state.last_success), (Some("failed"), None));
}

pub(crate) async fn what_is_gone_for_good_is_due_only_by_name(store: &dyn Store) {
    let mut all = sources(store, &["a https://x.example/a", "b https://x.example/b"]).await;
    let gone = |report: &mut PollReport| {
        report.outcome = PollOutcome::Gone(failure("410"));
        report.next_check = None;
    };
    poll(store, "a", minute(1), gone).await;
    poll(store, "b", minute(1), |_| ()).await;
    assert_eq!(names(&leases(store, minute(500_000)).await), [["b"]], "it does not come by itself, and its host does");
    let state = overview(store, "a").await.state;
    assert_eq!((state.next_check, state.is_gone()), (None, true));

    assert_eq!(store.set_due(&[id("a")], minute(600_000)).await.unwrap(), []);
    assert_eq!(names(&leases(store, minute(600_000)).await), [["b", "a"]], "by name it is looked at again");
    poll(store, "a", minute(600_020), gone).await;
    all[0].url = "https://elsewhere.example/".parse().unwrap();
    store.sync_sources(&all, minute(600_030)).await.unwrap();
    assert_eq!(overview(store, "a").await.state.next_check, Some(minute(600_030)), "another address starts anew");
    poll(store, "a", minute(600_031), gone).await;
    all[0].paused = true;
    store.sync_sources(&all, minute(600_032)).await.unwrap();
    all[0].paused = false;
    store.sync_sources(&all, minute(600_033)).await.unwrap();
    assert_eq!(overview(store, "a").await.state.next_check, Some(minute(600_033)), "so does who resumes it");
}

pub(crate) async fn a_deep_walk_is_planned_until_another_is(store: &dyn Store) {
    let mut all = sources(store, &["a"]).await;
    let cursor =
        DeepCursor { url: "https://a.example/3".parse().unwrap(), pages_left: None, tried: false, begun: None };
    let deep = |due, cursor| Some(DeepWalk { due: minute(due), cursor });
    poll(store, "a", minute(1), |report| report.deep = deep(9, Some(cursor.clone()))).await;
    poll(store, "a", minute(2), |_| ()).await;
    assert_eq!(overview(store, "a").await.state.deep, deep(9, Some(cursor.clone())));
    all[0].recipe = Recipe::Html(HtmlRecipe { page_query: Some("page".into()), ..HtmlRecipe::default() }).into();
    store.sync_sources(&all, minute(3)).await.unwrap();
    assert_eq!(overview(store, "a").await.state.deep, deep(9, None), "another recipe begins at the beginning");
    poll(store, "a", minute(4), |report| report.deep = deep(20, None)).await;
    assert_eq!(overview(store, "a").await.state.deep, deep(20, None));
}

pub(crate) async fn facts_that_the_page_does_not_tell_stay(store: &dyn Store) {
    sources(store, &["a"]).await;
    let profile = Profile { pages: 1, ..Profile::default() };
    let rhythm = Rhythm::new(minute(1), 0);
    poll(store, "a", minute(1), |report| {
        report.site.title = Some("A".into());
        report.site.declared = Some(3);
        report.how = "recipe".into();
        report.profile = Some(profile);
        report.rhythm = Some(rhythm.clone());
        report.gap = Some(GapCursor {
            url: "https://a.example/2".parse().unwrap(),
            since: minute(1),
            announce: false,
            pages_left: None,
        });
    })
    .await;
    poll(store, "a", minute(2), |report| report.site.language = Some("en".into())).await;
    let state = overview(store, "a").await.state;
    assert_eq!((state.site_title.as_deref(), state.language.as_deref()), (Some("A"), Some("en")));
    assert_eq!((state.declared, state.how.as_deref(), state.profile), (Some(3), Some("recipe"), Some(profile)));
    assert_eq!(state.rhythm, Some(rhythm));
    assert_eq!(state.gap, None, "but a walk that reached its end leaves no gap");
}

pub(crate) async fn a_report_that_comes_twice_changes_nothing(store: &dyn Store) {
    sources(store, &["a"]).await;
    let changes = new(vec![post("/1", 1, &["Java"]), post("/2", 2, &[])]);
    for at in [1, 2] {
        poll(store, "a", minute(at), |report| {
            report.changes = changes.clone();
            report.owed = vec![NewDelivery {
                kind: DeliveryKind::Post,
                key: Some(key("/1")),
                channel: "desktop".into(),
                text: None,
            }];
        })
        .await;
    }
    let table = feed_table(store).await;
    let expected = [("a", 1, 2), ("a/_uncategorized", 1, 1), ("a/java", 1, 1)];
    assert_eq!(table, expected.map(|(path, version, posts)| (path.to_owned(), version, posts)));
    assert_eq!(store.outbox().await.unwrap().owed, 1);
}

pub(crate) async fn answers_stand_in_the_order_of_the_batch(store: &dyn Store) {
    sources(store, &["a", "b", "c"]).await;
    let leases = leases(store, minute(0)).await;
    let mut batch: Vec<_> = leases.iter().map(|lease| recorded(lease, 0, report(minute(1)))).collect();
    batch[1].lease += 1;
    let answers = store.record(batch, minute(1)).await.unwrap();
    assert_eq!(answers, [Fenced::Recorded, Fenced::LeaseLost, Fenced::Recorded]);
    assert!(store.record(Vec::new(), minute(1)).await.unwrap().is_empty());
}

pub(crate) async fn a_post_is_stored_once_and_keeps_its_entry_id(store: &dyn Store) {
    sources(store, &["a"]).await;
    let first = post("/1", 1, &["Java"]);
    poll(store, "a", minute(1), |report| report.changes = new(vec![first.clone()])).await;
    let mut again = post("/1", 50, &["Kotlin"]);
    again.entry_id = "urn:test:another".into();
    poll(store, "a", minute(2), |report| report.changes = new(vec![again])).await;
    assert_eq!(store.posts(None, ALL).await.unwrap(), [first]);
}

pub(crate) async fn a_batch_leaves_what_its_reports_one_by_one_leave(store: &dyn Store) {
    let report_of = |kind: &str, at: i64| {
        let mut report = report(minute(at));
        match kind {
            "x" => {
                report.outcome = PollOutcome::Baseline;
                report.changes =
                    new(vec![post("/1", 1, &["Java"]), post("/2", 2, &["Java/Spring"]), post("/3", 3, &[])]);
                report.site.title = Some("X".into());
                report.owed = vec![NewDelivery {
                    kind: DeliveryKind::Post,
                    key: Some(key("/1")),
                    channel: "desktop".into(),
                    text: None,
                }];
            }
            "y" => {
                report.changes = new(vec![post("/1", 1, &["Spring"]), post("/1", 1, &["Spring"])]);
                report.validators =
                    ValidatorsUpdate::Replace(Validators { etag: Some("y".into()), ..Validators::default() });
            }
            "z" => report.outcome = PollOutcome::Failed(failure("gone")),
            _ => {
                report.site.title = Some("Another".into());
                let edited = Edited {
                    key: key("/1"),
                    title_before: "Title of /1".into(),
                    title: "Edited".into(),
                    excerpt: None,
                    at: minute(at),
                };
                report.changes.edited = vec![edited];
            }
        }
        report
    };
    let kinds = ["x", "y", "z"];
    sources(store, &["x1", "y1", "z1", "x2", "y2", "z2"]).await;
    let leases = leases(store, minute(1)).await;
    let lease_of = |name: &str| leases.iter().find(|lease| lease.due[0].source.id == id(name)).unwrap();
    let recorded_of = |name: &str, kind: &str, last_of_host: bool| {
        let one = recorded(lease_of(name), 0, report_of(kind, 2));
        sosik::store::contract::Recorded { last_of_host, ..one }
    };
    // Of `x` two reports come, and a third after its host was given back.
    let mut batch: Vec<_> = kinds.map(|kind| recorded_of(&format!("{kind}1"), kind, kind != "x")).into();
    batch.extend([recorded_of("x1", "again", true), recorded_of("x1", "x", true)]);
    let answers = store.record(batch, minute(2)).await.unwrap();
    assert_eq!(answers[..4], [Fenced::Recorded; 4]);
    assert_eq!(answers[4], Fenced::LeaseLost);
    for (kind, name, last) in [("x", "x2", false), ("y", "y2", true), ("z", "z2", true), ("again", "x2", true)] {
        store.record(vec![recorded_of(name, kind, last)], minute(2)).await.unwrap();
    }
    let table = feed_table(store).await;
    let of = |turn: char| -> Vec<(String, i64, u32)> {
        let own = table.iter().filter(|(path, ..)| path.chars().nth(1) == Some(turn));
        own.map(|(path, version, posts)| (path.replacen(turn, "", 1), *version, *posts)).collect()
    };
    assert_eq!(of('1'), of('2'));
    assert_eq!(of('1').len(), 6, "{table:?}");
    for kind in kinds {
        let (one, other) = (overview(store, &format!("{kind}1")).await, overview(store, &format!("{kind}2")).await);
        assert_eq!((one.posts, one.state), (other.posts, other.state), "{kind}");
    }
    assert_eq!(store.outbox().await.unwrap().owed, 2);
}
