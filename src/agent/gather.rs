//! What is shown now, and in which notifications. Pure.
//!
//! As on the machine's own desktop: a source's few posts one by one, its many together; too much at once is one
//! notification; what had to wait comes as a digest. The server has decided what is told at all, and when.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::options::Manner;
use super::state::Owed;
use crate::notify::agents::Event;
use crate::notify::compose::digest_of;
use crate::notify::contract::{MOST_POSTS, Message, MessageKind, Named};
use crate::notify::notice::{self, Notice, Words};

/// Quiet that lies farther ahead was wished for by a clock that is right no more.
const LONGEST_QUIET: SignedDuration = SignedDuration::from_hours(25);

/// How things stand with the desktop.
#[derive(Debug, Clone, Copy)]
pub(super) struct Situation<'a> {
    pub(super) manner: Manner,
    /// When notifications were shown as far back as the cap looks, the oldest first.
    pub(super) sent: &'a [Timestamp],
    /// The person wants to see nothing before that moment.
    pub(super) quiet_until: Option<Timestamp>,
    pub(super) words: Words,
    pub(super) now: Timestamp,
}

/// What becomes of what is owed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Gathered {
    /// What is shown, in this order: each with the places of its parts.
    pub(super) show: Vec<(Message, Vec<usize>)>,
    /// The places of what waits.
    pub(super) wait: Vec<usize>,
    /// When to look again.
    pub(super) until: Option<Timestamp>,
}

/// What belongs together before it is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pool<'a> {
    Waited { is_trouble: bool },
    Posts { source: Option<&'a str> },
    Troubles,
}

/// What is shown now and what waits.
pub(super) fn gather(owed: &[Owed], situation: &Situation<'_>) -> Gathered {
    let Situation { manner, now, .. } = *situation;
    let quiet = situation.quiet_until.filter(|until| *until > now && *until <= now + LONGEST_QUIET);
    if quiet.is_some() {
        return Gathered { wait: (0..owed.len()).collect(), until: quiet, show: Vec::new() };
    }
    let mut pools: BTreeMap<Pool<'_>, Vec<usize>> = BTreeMap::new();
    for (place, Owed { event, waited }) in owed.iter().enumerate() {
        let is_trouble = is_trouble(&event.message);
        let pool = match (waited, is_trouble) {
            (true, _) => Pool::Waited { is_trouble },
            (false, true) => Pool::Troubles,
            (false, false) => Pool::Posts { source: event.message.source.as_ref().map(|source| source.id.as_str()) },
        };
        pools.entry(pool).or_default().push(place);
    }
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut posts: Vec<Vec<usize>> = Vec::new();
    for (pool, members) in pools {
        let is_waited = matches!(pool, Pool::Waited { .. });
        let is_apart = !is_waited && members.len() <= manner.apart;
        let cut: Vec<Vec<usize>> =
            if is_apart { members.into_iter().map(|member| vec![member]).collect() } else { vec![members] };
        if matches!(pool, Pool::Posts { .. }) { posts.extend(cut) } else { groups.extend(cut) }
    }
    if posts.len() > manner.at_once {
        let mut all: Vec<usize> = posts.into_iter().flatten().collect();
        all.sort_unstable();
        posts = vec![all];
    }
    groups.extend(posts);
    groups.sort();
    capped(owed, groups, situation)
}

/// Lets as many notifications come up as the cap allows.
fn capped(owed: &[Owed], groups: Vec<Vec<usize>>, situation: &Situation<'_>) -> Gathered {
    let mut sent = situation.sent.to_vec();
    let mut gathered = Gathered::default();
    for group in groups {
        let full = situation.manner.cap.and_then(|cap| cap.full_until(&sent, situation.now));
        if full.is_some() {
            gathered.until = gathered.until.max(full);
            gathered.wait.extend(group);
            continue;
        }
        sent.push(situation.now);
        let parts: Vec<&Event> = group.iter().map(|place| &owed[*place].event).collect();
        gathered.show.push((together(&parts, situation.words), group));
    }
    gathered
}

fn is_trouble(message: &Message) -> bool {
    match message.kind {
        MessageKind::Failure | MessageKind::Repair | MessageKind::Test => true,
        MessageKind::Post | MessageKind::Edit | MessageKind::Digest => false,
    }
}

/// Several messages as one.
fn together(parts: &[&Event], words: Words) -> Message {
    if let [only] = parts {
        return only.message.clone();
    }
    let messages = || parts.iter().map(|part| &part.message);
    let ids: Vec<&str> = messages().map(|message| message.id.as_str()).collect();
    let sources: BTreeSet<Named> = messages().flat_map(|message| message.sources.iter().cloned()).collect();
    let sources: Vec<Named> = sources.into_iter().collect();
    let source = if let [only] = sources.as_slice() { Some(only.clone()) } else { None };
    let home = source.as_ref().and_then(|source| parts.iter().find_map(|part| part.homes.get(&source.id)));
    let mut all = Message {
        id: format!("{:032x}", xxhash_rust::xxh3::xxh3_128(format!("digest\n{}", ids.join("\n")).as_bytes())),
        kind: MessageKind::Digest,
        at: messages().map(|message| message.at).min().unwrap_or(Timestamp::UNIX_EPOCH),
        source,
        sources,
        notice: Notice { summary: String::new(), body: String::new(), link: home.cloned() },
        // The newest is read first.
        posts: messages().rev().flat_map(|message| message.posts.iter().cloned()).take(MOST_POSTS).collect(),
        count: messages().map(|message| message.count).sum(),
    };
    if messages().all(is_trouble) {
        let fails = messages().any(|message| message.kind == MessageKind::Failure);
        all.kind = if fails { MessageKind::Failure } else { MessageKind::Repair };
        let told: Vec<(&str, &str)> =
            messages().map(|message| (message.notice.summary.as_str(), message.notice.body.as_str())).collect();
        all.notice = notice::troubles(&told, words);
    } else {
        all.notice = digest_of(&all, words).notice(words);
    }
    all
}

#[cfg(test)]
mod tests;
