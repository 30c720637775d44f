//! What comes at once, and how it is put together.

use super::*;
use crate::notify::contract::Told;
use crate::rules::cap::Cap;

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24)
}

fn owed(number: usize, blog: &str, kind: MessageKind) -> Owed {
    let source = Named { id: blog.to_owned(), title: format!("{blog}의 기록") };
    let url = format!("https://{blog}.org/{number}");
    let posts = if kind == MessageKind::Post {
        vec![Told {
            entry_id: format!("urn:{number}"),
            url: url.clone(),
            title: format!("글 {number}"),
            source: source.clone(),
            categories: Vec::new(),
            excerpt: None,
            author: None,
            image: None,
            published: None,
            edited: false,
        }]
    } else {
        Vec::new()
    };
    let message = Message {
        id: number.to_string(),
        kind,
        at: now(),
        source: Some(source.clone()),
        sources: vec![source],
        notice: Notice { summary: format!("글 {number}"), body: "문제".into(), link: Some(url) },
        count: u32::try_from(posts.len()).unwrap(),
        posts,
    };
    let homes = BTreeMap::from([(blog.to_owned(), format!("https://{blog}.org/"))]);
    Owed { event: Event { message, homes, logged: now() }, waited: false }
}

fn posts(blogs: &[&str]) -> Vec<Owed> {
    blogs.iter().enumerate().map(|(number, blog)| owed(number, blog, MessageKind::Post)).collect()
}

fn situation(sent: &[Timestamp]) -> Situation<'_> {
    let manner = Manner { apart: 3, at_once: 8, cap: Cap::parse("20/h") };
    Situation { manner, sent, quiet_until: None, words: Words::Korean, now: now() }
}

fn check(owed: &[Owed], expected: &[&[usize]]) -> Gathered {
    let gathered = gather(owed, &situation(&[]));
    let groups: Vec<&[usize]> = gathered.show.iter().map(|(_, parts)| parts.as_slice()).collect();
    assert_eq!(groups, expected);
    assert!(gathered.wait.is_empty());
    gathered
}

#[test]
fn few_posts_of_a_source_are_told_apart_and_many_together() {
    check(&[], &[]);
    let gathered = check(&posts(&["a", "b", "a", "a"]), &[&[0], &[1], &[2], &[3]]);
    assert_eq!(gathered.show[1].0.id, "1", "as the server sent it");
    let gathered = check(&posts(&["a", "b", "a", "a", "a"]), &[&[0, 2, 3, 4], &[1]]);
    let digest = &gathered.show[0].0;
    assert_eq!((digest.kind, digest.count, digest.posts[0].title.as_str()), (MessageKind::Digest, 4, "글 4"));
    assert_eq!(digest.notice.link.as_deref(), Some("https://a.org/"));
    assert!(digest.notice.summary.starts_with("새 글 4개 · a의 기록"), "{}", digest.notice.summary);
}

#[test]
fn too_much_at_once_is_one_notification() {
    let blogs: Vec<String> = (0..9).map(|number| format!("b{number}")).collect();
    let blogs: Vec<&str> = blogs.iter().map(String::as_str).collect();
    let gathered = check(&posts(&blogs), &[&[0, 1, 2, 3, 4, 5, 6, 7, 8]]);
    let digest = &gathered.show[0].0;
    assert_eq!((digest.notice.link.as_ref(), digest.sources.len(), digest.source.as_ref()), (None, 9, None));
    check(&posts(&blogs[..8]), &[&[0], &[1], &[2], &[3], &[4], &[5], &[6], &[7]]);
}

#[test]
fn what_waited_comes_together() {
    let mut owed = posts(&["a", "b", "a"]);
    owed[0].waited = true;
    owed[1].waited = true;
    let gathered = check(&owed, &[&[0, 1], &[2]]);
    assert_eq!(gathered.show[0].0.count, 2);
}

#[test]
fn trouble_is_no_post() {
    let all: Vec<Owed> = (0..5).map(|number| owed(number, "a", MessageKind::Failure)).collect();
    check(&all[..3], &[&[0], &[1], &[2]]);
    let gathered = check(&all, &[&[0, 1, 2, 3, 4]]);
    let told = &gathered.show[0].0;
    assert_eq!((told.kind, told.posts.len()), (MessageKind::Failure, 0));
    assert_eq!(told.notice.summary, "확인이 필요한 블로그 5곳");
}

#[test]
fn a_digest_of_digests_counts_all() {
    let first = gather(&posts(&["a"; 5]), &situation(&[])).show.remove(0).0;
    let event =
        |message: Message| Owed { event: Event { message, homes: BTreeMap::new(), logged: now() }, waited: true };
    let second = owed(9, "b", MessageKind::Post).event.message;
    let gathered = check(&[event(first), event(second)], &[&[0, 1]]);
    assert_eq!((gathered.show[0].0.count, gathered.show[0].0.posts.len()), (6, 6));
}

#[test]
fn the_cap_and_a_wish_for_quiet_hold_back() {
    let sent = vec![now() - SignedDuration::from_mins(50); 19];
    let gathered = gather(&posts(&["a", "b", "c"]), &situation(&sent));
    assert_eq!((gathered.show.len(), gathered.wait.as_slice()), (1, &[1, 2][..]));
    assert_eq!(gathered.until, Some(now() + SignedDuration::from_mins(10)));
    let quiet_until = Some(now() + SignedDuration::from_hours(1));
    let quiet = Situation { quiet_until, ..situation(&[]) };
    assert_eq!(gather(&posts(&["a"]), &quiet), Gathered { show: Vec::new(), wait: vec![0], until: quiet_until });
    let absurd = Situation { quiet_until: Some(now() + SignedDuration::from_hours(999)), ..quiet };
    assert_eq!(gather(&posts(&["a"]), &absurd).show.len(), 1);
}
