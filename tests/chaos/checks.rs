//! What must hold when all is over, from the database, what was received, and what the blogs were asked.

use std::collections::{BTreeMap, BTreeSet};

use tokio::time::Instant;

use crate::blogs::{BLOGS, Blogs};
use crate::database::Database;
use crate::support::receiver::Receiver;

/// Whether every blog was looked at since, all posts are stored, and all that was owed went out; else what is missing.
pub(crate) fn settled(database: &Database, blogs: &Blogs, since: Instant) -> Result<(), String> {
    let asked = blogs.asked_since(since).len();
    let stored = database.number("SELECT count(*) FROM post");
    let owed = database.number("SELECT count(*) FROM outbox WHERE sent_at IS NULL");
    let wanted = blogs.all().len();
    if asked == BLOGS && stored == wanted && owed == 0 {
        return Ok(());
    }
    Err(format!("{asked} of {BLOGS} blogs asked, {stored} of {wanted} posts stored, {owed} owed"))
}

/// Every post is stored once.
pub(crate) fn posts(database: &Database, blogs: &Blogs) {
    let stored: Vec<String> = database.rows("SELECT url FROM post").into_iter().map(|mut row| row.remove(0)).collect();
    let found: BTreeSet<String> = stored.iter().cloned().collect();
    assert_eq!(found.len(), stored.len(), "a post is stored twice");
    let wanted = blogs.all();
    assert!(found == wanted, "{:?}", found.symmetric_difference(&wanted).take(9).collect::<Vec<_>>());
}

/// Every post that was news was owed once, and went out.
pub(crate) fn outbox(database: &Database, blogs: &Blogs) {
    let rows = database.rows(
        "SELECT p.url, count(*), count(o.sent_at), count(o.dead_at) FROM outbox o
         JOIN post p ON p.shard = o.shard AND p.source_id = o.source_id AND p.key = o.key
         WHERE o.channel = 'hook' AND o.kind = 'post' GROUP BY p.url",
    );
    let wanted = blogs.published();
    let found: BTreeSet<String> = rows.iter().map(|row| row[0].clone()).collect();
    assert!(found == wanted, "{:?}", found.symmetric_difference(&wanted).take(9).collect::<Vec<_>>());
    for row in rows {
        assert_eq!(row[1..], ["1", "1", "0"], "{}", row[0]);
    }
    let others = database
        .rows("SELECT channel, kind, coalesce(error, '') FROM outbox WHERE channel <> 'hook' OR kind <> 'post'");
    assert!(others.is_empty(), "{others:?}");
}

/// What was received.
pub(crate) struct Told {
    /// The posts of each message, by its id.
    posts: BTreeMap<String, BTreeSet<String>>,
    /// Requests.
    pub(crate) messages: usize,
    /// Those whose id had come before.
    pub(crate) repeats: usize,
}

impl Told {
    pub(crate) fn by(receiver: &Receiver) -> Self {
        let got = receiver.got();
        let mut told = Self { posts: BTreeMap::new(), messages: got.len(), repeats: 0 };
        for received in got {
            let body = received.json();
            let id = body["id"].as_str().unwrap().to_owned();
            assert_eq!(received.header("x-sosik-delivery"), Some(id.as_str()));
            let posts = body["posts"].as_array().unwrap().iter();
            let posts: BTreeSet<String> = posts.map(|post| post["url"].as_str().unwrap().to_owned()).collect();
            match told.posts.get(&id) {
                Some(before) => {
                    assert_eq!(*before, posts, "{id} is another message now");
                    told.repeats += 1;
                }
                None => drop(told.posts.insert(id, posts)),
            }
        }
        told
    }

    /// Every post that was news was told, under one id.
    pub(crate) fn holds(&self, blogs: &Blogs) {
        let mut ids: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (id, posts) in &self.posts {
            for post in posts {
                ids.entry(post).or_default().push(id);
            }
        }
        let doubled: Vec<_> = ids.iter().filter(|(_, ids)| ids.len() > 1).collect();
        assert!(doubled.is_empty(), "{doubled:#?}");
        let wanted = blogs.published();
        let found: BTreeSet<String> = ids.keys().map(|post| (*post).to_owned()).collect();
        assert!(found == wanted, "{:?}", found.symmetric_difference(&wanted).take(9).collect::<Vec<_>>());
    }
}

/// No two processes asked one host at a time, but where one of them was stopped in its life. Gives how many polls there
/// were.
pub(crate) fn politeness(blogs: &Blogs, stopped: &BTreeSet<String>) -> usize {
    let mut log = blogs.log();
    let polls = log.iter().filter(|asked| asked.blog.is_some()).count();
    log.retain(|asked| !stopped.contains(&asked.worker));
    log.sort_by_key(|asked| (asked.host, asked.from));
    let mut busy_until = None;
    for asked in &log {
        if let Some((host, until, worker)) = busy_until
            && host == asked.host
            && asked.from < until
        {
            assert_eq!(worker, &asked.worker, "two asked host {host} at a time");
        }
        let later = match busy_until {
            Some((host, until, _)) if host == asked.host => asked.to.max(until),
            _ => asked.to,
        };
        busy_until = Some((asked.host, later, &asked.worker));
    }
    polls
}
