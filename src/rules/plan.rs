//! What is told now, in which messages, and what waits until when.
//!
//! What may have arrived before goes out in the message in which it was. The rest: what a rule's digest collected, and
//! what waited for other reasons, is one message a rule; of what is fresh, a source's few posts are told apart and its
//! many together. Messages keep the order in which their first parts were owed.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::cap::Cap;
use super::set::{Decision, Rules};
use crate::model::delivery::{About, Delivery};

/// How a channel wants to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    /// Posts of a source that are told apart; more come together.
    pub apart: usize,
    /// Messages at once about fresh posts; where it would be more, all are one. `None`: as many as come.
    pub at_once: Option<usize>,
    /// Deliveries in a message.
    pub most: usize,
    /// Messages in a while, whatever rules say.
    pub cap: Option<Cap>,
}

/// How things stand with a channel.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The rules in force.
    pub rules: &'a Rules,
    /// The channel's manner.
    pub manner: Manner,
    /// What was sent over it as far back as caps look, the oldest first, each with the rule that counts it.
    pub sent: &'a [(Timestamp, Option<String>)],
    /// A person wants to hear nothing before that moment.
    pub quiet_until: Option<Timestamp>,
    /// The present moment.
    pub now: Timestamp,
}

/// What becomes of deliveries, by their places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// The messages to send, in this order.
    pub tell: Vec<Group>,
    /// What is held back, and until when.
    pub wait: Vec<(usize, Timestamp)>,
}

/// Deliveries that make up a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The message's id.
    pub message: String,
    /// The rule that counts it.
    pub rule: Option<String>,
    /// The places of the deliveries, in order.
    pub members: Vec<usize>,
    /// Whether it was tried before and may have arrived: it is the same message, and no cap holds it.
    pub was_tried: bool,
}

/// What belongs together before it is cut into messages. The first of the key keeps rules apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pool<'a> {
    Bound(&'a str),
    Held { rule: Option<&'a str>, is_event: bool },
    Fresh { rule: Option<&'a str>, source: &'a str },
    Events { rule: Option<&'a str> },
}

/// What is told now and what waits.
pub fn plan(deliveries: &[Delivery], situation: &Situation<'_>) -> Plan {
    let mut plan = Plan::default();
    let mut pools: BTreeMap<Pool<'_>, Vec<usize>> = BTreeMap::new();
    let mut deciding: BTreeMap<&str, &Decision> = BTreeMap::new();
    for (place, delivery) in deliveries.iter().enumerate() {
        if let Some(message) = &delivery.message {
            pools.entry(Pool::Bound(message)).or_default().push(place);
            continue;
        }
        let subject = delivery.subject();
        let decision = situation.rules.deciding(&subject);
        let quiet = situation.quiet_until.filter(|until| *until > situation.now);
        // What was owed by a clock that was ahead counts as owed now.
        let owed = delivery.owed_since.min(situation.now);
        let held = decision.and_then(|rule| rule.holds_until(owed, situation.now));
        if let Some(until) = quiet.max(held) {
            plan.wait.push((place, until));
            continue;
        }
        let rule = decision.map(|rule| rule.id.as_str());
        deciding.extend(decision.map(|decision| (decision.id.as_str(), decision)));
        let is_event = subject.about == About::Failures;
        let pool = if delivery.waited || decision.is_some_and(|rule| rule.digest.is_some()) {
            Pool::Held { rule, is_event }
        } else if is_event {
            Pool::Events { rule }
        } else {
            Pool::Fresh { rule, source: delivery.source.as_str() }
        };
        pools.entry(pool).or_default().push(place);
    }
    let groups = groups(deliveries, pools, &situation.manner);
    cap(groups, &deciding, situation, &mut plan);
    plan
}

/// Cuts pools into messages.
fn groups(deliveries: &[Delivery], pools: BTreeMap<Pool<'_>, Vec<usize>>, manner: &Manner) -> Vec<Group> {
    let fresh = pools.iter().filter(|(pool, _)| matches!(pool, Pool::Fresh { .. }));
    let messages: usize = fresh.map(|(_, members)| if members.len() <= manner.apart { members.len() } else { 1 }).sum();
    let is_flood = manner.at_once.is_some_and(|most| messages > most);
    let mut groups = Vec::new();
    let mut flood: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (pool, members) in pools {
        let rule = match pool {
            Pool::Bound(message) => {
                groups.push(Group { message: message.to_owned(), rule: None, members, was_tried: true });
                continue;
            }
            Pool::Fresh { rule, .. } if is_flood => {
                flood.entry(rule).or_default().extend(members);
                continue;
            }
            Pool::Held { rule, .. } | Pool::Fresh { rule, .. } | Pool::Events { rule } => rule,
        };
        let is_apart = !matches!(pool, Pool::Held { .. }) && members.len() <= manner.apart;
        let size = if is_apart { 1 } else { manner.most };
        groups.extend(members.chunks(size).map(|members| Group::of(deliveries, rule, members)));
    }
    for (rule, mut members) in flood {
        members.sort_unstable();
        groups.extend(members.chunks(manner.most).map(|members| Group::of(deliveries, rule, members)));
    }
    groups.sort_by_key(|group| group.members.first().copied());
    groups
}

impl Group {
    fn of(deliveries: &[Delivery], rule: Option<&str>, members: &[usize]) -> Self {
        let message = match members {
            // The same thing over the same channel has one id, whoever made the message.
            [only] => deliveries[*only].id.clone(),
            several => {
                let ids: Vec<&str> = several.iter().map(|place| deliveries[*place].id.as_str()).collect();
                format!("{:032x}", xxhash_rust::xxh3::xxh3_128(format!("digest\n{}", ids.join("\n")).as_bytes()))
            }
        };
        Self { message, rule: rule.map(str::to_owned), members: members.to_vec(), was_tried: false }
    }
}

/// Lets as many messages go out as caps allow.
fn cap(groups: Vec<Group>, deciding: &BTreeMap<&str, &Decision>, situation: &Situation<'_>, plan: &mut Plan) {
    let now = situation.now;
    let mut all: Vec<Timestamp> = situation.sent.iter().map(|(at, _)| *at).collect();
    let mut by_rule: BTreeMap<&str, Vec<Timestamp>> = BTreeMap::new();
    for (at, rule) in situation.sent {
        if let Some(rule) = rule {
            by_rule.entry(rule).or_default().push(*at);
        }
    }
    for group in groups {
        let decision = group.rule.as_deref().and_then(|rule| deciding.get(rule));
        let of_rule = decision.and_then(|rule| by_rule.get(rule.id.as_str())).map_or(&[][..], Vec::as_slice);
        let full = situation.manner.cap.and_then(|cap| cap.full_until(&all, now));
        let full = full.max(decision.and_then(|rule| rule.cap).and_then(|cap| cap.full_until(of_rule, now)));
        if let Some(until) = full.filter(|_| !group.was_tried) {
            plan.wait.extend(group.members.iter().map(|place| (*place, until)));
            continue;
        }
        all.push(now);
        if let Some(decision) = decision {
            by_rule.entry(&decision.id).or_default().push(now);
        }
        plan.tell.push(group);
    }
}

#[cfg(test)]
mod tests;
