//! What is news and what is not, in tables and properties.

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use url::Url;

use super::*;
use crate::model::category::CategoryPath;
use crate::model::link::post_key;

static RULES: LinkRules = LinkRules { drop_query: Vec::new(), drop_prefix: Vec::new() };

fn now() -> Timestamp {
    "2026-11-22T06:00:00Z".parse().unwrap()
}

fn day(text: &str) -> Published {
    Published::day(text.parse().unwrap(), &TimeZone::get("Asia/Seoul").unwrap()).unwrap()
}

fn minute(text: &str) -> Published {
    Published { at: text.parse().unwrap(), offset_seconds: 9 * 3600, precision: Precision::Minute }
}

fn candidate(path: &str, title: &str, published: Option<Published>) -> Keyed {
    let url = Url::parse(&format!("https://x.org{path}")).unwrap();
    let key = post_key(&url, &RULES, &["x.org".to_owned()]);
    let candidate = Candidate {
        url,
        title: title.to_owned(),
        excerpt: None,
        published,
        tags: Vec::new(),
        categories: Vec::new(),
        author: None,
        image: None,
        enclosures: Vec::new(),
        pinned: false,
        no_category: None,
    };
    Keyed { key, candidate }
}

fn with(mut keyed: Keyed, change: impl FnOnce(&mut Candidate)) -> Keyed {
    change(&mut keyed.candidate);
    keyed
}

fn setting(walked: Walked) -> Setting<'static> {
    Setting { links: &RULES, categories: &[], offset_seconds: 9 * 3600, walked, now: now() }
}

/// What the store would answer after it took these changes.
fn stored(changes: &Changes) -> Known {
    let mut known = Known::default();
    for post in &changes.new {
        let summary = KnownPost {
            key: post.key.clone(),
            title: post.title.clone(),
            excerpt: post.excerpt.clone(),
            author: post.author.clone(),
            image: post.image.clone(),
            enclosures: post.enclosures.clone(),
            published: post.published,
            listed_at: post.listed_at,
            first_seen: post.first_seen,
            tags: Vec::new(),
            categories: post.categories.clone(),
        };
        match post.published {
            Some(published) => {
                let extent = known.days.entry(published.at).or_insert((post.listed_at, post.listed_at));
                *extent = (extent.0.min(post.listed_at), extent.1.max(post.listed_at));
            }
            None => {
                let lowest = known.lowest_undated.unwrap_or(post.listed_at);
                known.lowest_undated = Some(lowest.min(post.listed_at));
            }
        }
        known.titled.push(summary.clone());
        known.posts.insert(post.key.clone(), summary);
    }
    known
}

fn first_look(candidates: &[Keyed]) -> Changes {
    diff(&Known::default(), candidates, &setting(Walked::FromTop))
}

#[test]
fn the_same_page_again_is_no_change() {
    let page = [candidate("/2", "둘", Some(day("2020-07-10"))), candidate("/1", "하나", None)];
    let first = first_look(&page);
    assert_eq!(first.new.len(), 2);
    assert!(diff(&stored(&first), &page, &setting(Walked::FromTop)).is_empty());
}

#[test]
fn a_post_that_comes_back_has_the_id_that_it_had() {
    let page = [candidate("/2", "둘", Some(day("2020-07-10"))), candidate("/1", "하나", None)];
    let known = Known { gone: [(page[1].key.clone(), "urn:x:1".to_owned())].into(), ..Known::default() };
    let new = diff(&known, &page, &setting(Walked::FromTop)).new;
    assert_eq!(new[1].entry_id, "urn:x:1");
    assert_ne!(new[0].entry_id, "urn:x:1");
}

#[test]
fn only_another_title_is_an_edit() {
    let check = |stored_title: &str, read: &str, edited: bool, filled: Option<&str>| {
        let known = stored(&first_look(&[candidate("/1", stored_title, Some(day("2020-07-10")))]));
        let changes = diff(&known, &[candidate("/1", read, Some(day("2020-07-10")))], &setting(Walked::FromTop));
        assert_eq!(!changes.edited.is_empty(), edited, "{stored_title:?} → {read:?}");
        assert_eq!(
            changes.filled.first().and_then(|filled| filled.title.as_deref()),
            filled,
            "{stored_title:?} → {read:?}"
        );
    };
    check("카프카", "카프카 (수정)", true, None);
    check("카프카", "", false, None);
    check("", "카프카", false, Some("카프카"));
    check("카프카  소개", "카프카 소개", false, None);
    check("카프카 소개", "카프카…", false, None);
    check("카프카...", "카프카 소개", false, Some("카프카 소개"));
    check("ｋａｆｋａ", "kafka", false, None);
}

#[test]
fn gaps_are_filled_and_nothing_else_moves() {
    let kafka = CategoryPath::new(["Big Data", "Kafka"]).unwrap();
    let known = stored(&first_look(&[candidate("/1", "하나", None)]));
    let page = [with(candidate("/1", "하나", Some(day("2020-07-10"))), |candidate| {
        candidate.excerpt = Some("처음".into());
        candidate.categories = vec![kafka.clone()];
    })];
    let changes = diff(&known, &page, &setting(Walked::FromTop));
    assert!(changes.new.is_empty() && changes.edited.is_empty());
    let filled = &changes.filled[0];
    assert_eq!(filled.published.map(|(published, _)| published), Some(day("2020-07-10")));
    assert_eq!((filled.excerpt.as_deref(), filled.categories.as_deref()), (Some("처음"), Some(&[kafka][..])));
    assert_eq!(
        changes.categories.iter().map(|category| category.slug_path.as_str()).collect::<Vec<_>>(),
        ["big-data", "big-data/kafka"]
    );
}

#[test]
fn a_date_moves_only_to_a_finer_one_of_the_same_day() {
    let check = |before: Published, read: Published, moves: bool| {
        let known = stored(&first_look(&[candidate("/1", "하나", Some(before))]));
        let changes = diff(&known, &[candidate("/1", "하나", Some(read))], &setting(Walked::FromTop));
        assert_eq!(changes.filled.iter().any(|filled| filled.published.is_some()), moves, "{before} → {read}");
    };
    check(day("2020-07-10"), minute("2020-07-10T21:04:00+09:00"), true);
    check(day("2020-07-10"), minute("2020-07-11T21:04:00+09:00"), false);
    check(minute("2020-07-10T21:04:00+09:00"), day("2020-07-10"), false);
    check(minute("2020-07-10T21:04:00+09:00"), minute("2020-07-10T22:04:00+09:00"), false);
    check(day("2020-07-10"), day("2020-07-12"), false);
}

#[test]
fn posts_of_one_day_stand_apart_in_the_order_of_the_list() {
    let page: Vec<_> = (1..=3).rev().map(|n| candidate(&format!("/{n}"), "글", Some(day("2020-07-10")))).collect();
    let first = first_look(&page);
    let places: Vec<_> = first.new.iter().map(|post| post.listed_at.to_string()).collect();
    assert_eq!(places, ["2020-07-09T15:10:02Z", "2020-07-09T15:10:01Z", "2020-07-09T15:10:00Z"]);

    let above = [&[candidate("/4", "글 4", Some(day("2020-07-10")))], &page[..]].concat();
    let later = diff(&stored(&first), &above, &setting(Walked::FromTop));
    assert_eq!(later.new[0].listed_at.to_string(), "2020-07-09T15:10:03Z");

    let below = [candidate("/0", "글 0", Some(day("2020-07-10"))), candidate("/00", "글 00", Some(day("2020-07-10")))];
    let older = diff(&stored(&first), &below, &setting(Walked::Resumed));
    let places: Vec<_> = older.new.iter().map(|post| post.listed_at.to_string()).collect();
    assert_eq!(places, ["2020-07-09T15:09:59Z", "2020-07-09T15:09:58Z"]);
}

#[test]
fn posts_of_a_closed_gap_stand_between_what_was_there_and_what_came_before_them() {
    let same_day = |number: u32| candidate(&format!("/{number}"), &format!("글 {number}"), Some(day("2020-07-10")));
    let before = first_look(&[same_day(1)]);
    let top = diff(&stored(&before), &[same_day(5), same_day(4)], &setting(Walked::FromTopToGap));
    let mut all = before.clone();
    all.new.extend(top.new.clone());
    let page = [same_day(3), same_day(2), same_day(1)];
    let gap = diff(&stored(&all), &page, &setting(Walked::Resumed));
    all.new.extend(gap.new);
    all.new.sort_by_key(|post| std::cmp::Reverse(post.listed_at));
    let order: Vec<_> = all.new.iter().map(|post| post.key.as_str()).collect();
    assert_eq!(order, ["/5", "/4", "/3", "/2", "/1"]);
}

#[test]
fn a_row_without_a_date_stands_between_its_neighbours() {
    let page = [
        candidate("/4", "넷", Some(day("2020-07-12"))),
        candidate("/3", "셋", None),
        candidate("/2", "둘", Some(day("2020-07-10"))),
        candidate("/1", "하나", None),
    ];
    let changes = first_look(&page);
    let places: Vec<_> = changes.new.iter().map(|post| post.listed_at).collect();
    assert!(places.is_sorted_by(|above, below| above > below), "{places:?}");
    assert_eq!(changes.new[1].published, None);

    let timed = [
        candidate("/4", "넷", Some(minute("2020-07-12T10:00:00+09:00"))),
        candidate("/3", "셋", None),
        candidate("/2", "둘", Some(minute("2020-07-10T10:00:00+09:00"))),
        candidate("/1", "하나", None),
    ];
    let places: Vec<_> = first_look(&timed).new.iter().map(|post| post.listed_at).collect();
    assert!(places.is_sorted_by(|above, below| above > below), "{places:?}");
}

#[test]
fn a_list_without_dates_keeps_the_order_in_which_it_was_seen() {
    let page: Vec<_> = (1..=3).rev().map(|n| candidate(&format!("/{n}"), "글", None)).collect();
    let first = first_look(&page);
    let seconds: Vec<_> = first.new.iter().map(|post| now().duration_since(post.listed_at).as_secs()).collect();
    assert_eq!(seconds, [0, 1, 2]);
    let older = diff(&stored(&first), &[candidate("/0", "글 0", None)], &setting(Walked::Resumed));
    assert_eq!(now().duration_since(older.new[0].listed_at), SignedDuration::from_secs(3));
}

#[test]
fn a_post_under_another_link_is_met_again() {
    let known = stored(&first_look(&[candidate("/12", "카프카", Some(day("2020-07-10")))]));
    let changes =
        diff(&known, &[candidate("/entry/kafka", "카프카", Some(day("2020-07-10")))], &setting(Walked::FromTop));
    assert!(changes.new.is_empty());
    assert_eq!(changes.aliases.len(), 1);
    assert_eq!(changes.filled[0].url.as_deref(), Some("https://x.org/entry/kafka"));

    // The same title on another day, or beside the old link on one page, is another post.
    let other_day = diff(&known, &[candidate("/13", "카프카", Some(day("2020-07-11")))], &setting(Walked::FromTop));
    assert_eq!(other_day.new.len(), 1);
    let both =
        [candidate("/13", "카프카", Some(day("2020-07-10"))), candidate("/12", "카프카", Some(day("2020-07-10")))];
    assert_eq!(diff(&known, &both, &setting(Walked::FromTop)).new.len(), 1);
}

#[test]
fn a_moved_post_leaves_its_category_and_a_partial_list_takes_none_away() {
    let path = |label: &str| CategoryPath::new([label]).unwrap();
    for (before, read, after) in [
        (vec!["A"], vec!["B"], Some(vec!["B"])),
        (vec!["A", "B"], vec!["A"], None),
        (vec!["A", "B"], vec!["C"], Some(vec!["A", "B", "C"])),
        (vec!["A"], vec![], None),
    ] {
        let paths = |labels: &[&str]| labels.iter().map(|label| path(label)).collect::<Vec<_>>();
        assert_eq!(grown(&paths(&before), &paths(&read)), after.map(|labels| paths(&labels)));
    }
}

fn any_page() -> impl Strategy<Value = Vec<Keyed>> {
    let row = (0u8..40, "[가-힣a-z ]{0,8}", proptest::option::of(1i8..28), any::<bool>());
    proptest::collection::vec(row, 0..30).prop_map(|rows| {
        rows.into_iter()
            .map(|(number, title, of_month, timed)| {
                let published = of_month.map(|of_month| {
                    let day = Published::day(jiff::civil::date(2020, 7, of_month), &TimeZone::UTC).unwrap();
                    if timed {
                        Published { at: day.at + SignedDuration::from_hours(9), precision: Precision::Minute, ..day }
                    } else {
                        day
                    }
                });
                candidate(&format!("/{number}"), &title, published)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn looking_twice_finds_nothing(page in any_page()) {
        let first = first_look(&page);
        let again = diff(&stored(&first), &page, &setting(Walked::FromTop));
        prop_assert!(again.new.is_empty() && again.aliases.is_empty());
    }

    #[test]
    fn keys_and_ids_do_not_depend_on_the_order(page in any_page(), seed in any::<u64>()) {
        let mut shuffled = page.clone();
        let turns = usize::try_from(seed % 31).unwrap();
        if !shuffled.is_empty() {
            let turns = turns % shuffled.len();
            shuffled.rotate_left(turns);
        }
        let ids = |changes: &Changes| {
            changes.new.iter().map(|post| (post.key.clone(), post.entry_id.clone())).collect::<BTreeSet<_>>()
        };
        prop_assert_eq!(ids(&first_look(&page)), ids(&first_look(&shuffled)));
    }

    #[test]
    fn nothing_is_placed_in_the_future(page in any_page()) {
        for post in first_look(&page).new {
            prop_assert!(post.listed_at <= now());
        }
    }
}
