//! One channel and what is owed to it.
//!
//! A message that was refused is tried again, each time later, and nothing of its sources passes it; other sources go
//! on. A channel that refuses several in a row, or asks for it, rests. The desktop is different: where nobody shows
//! notifications all of it waits, for ever, and comes as a digest.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, MutexGuard};
use tracing::{debug, info, warn};

use super::{Delivered, Haste, House, id_of};
use crate::model::delivery::{Bound, ChannelState, Delivery, Settlement};
use crate::model::rescue::Rescue;
use crate::model::source::SourceId;
use crate::notify::Channel;
use crate::notify::compose::{self, compose};
use crate::notify::contract::{Message, Notifier, Refusal, TELLING_TAKES_AT_MOST};
use crate::notify::desktop::CHANNEL as DESKTOP;
use crate::notify::options::LEAST_TRIES;
use crate::rules::{Group, Manner, Plan, Situation, plan};
use crate::store::StoreError;

/// How long a claim holds where the process that made it is gone and the store cannot tell.
const CLAIM: SignedDuration = SignedDuration::from_mins(5);

/// Deliveries claimed at once: on the desktop a blog's whole history fits into one digest, and memory stays small.
const MOST_ON_DESKTOP: usize = 10_000;
const MOST_ELSEWHERE: usize = 1_000;

/// First wait after a refusal; it doubles up to an hour.
const FIRST_RETRY: SignedDuration = SignedDuration::from_secs(30);
const LONGEST_RETRY: SignedDuration = SignedDuration::from_hours(1);

/// Longest rest of the desktop: who logs in need not wait for an hour.
const LONGEST_ABSENCE: SignedDuration = SignedDuration::from_mins(2);

/// Longest wish of the other side that is heeded.
const LONGEST_WISH: SignedDuration = SignedDuration::from_hours(24);

/// Refusals in a round after which the whole channel rests.
const STRIKES: u32 = 3;

/// Quiet that lies farther ahead was wished for by a clock that is right no more.
const LONGEST_QUIET: SignedDuration = SignedDuration::from_hours(24 * 32);

/// Longest sleep of who waits for a turn.
const A_WHILE: Duration = Duration::from_secs(30);

/// A channel at work.
pub(super) struct Outlet {
    pub(super) name: String,
    notifier: Arc<dyn Notifier>,
    manner: Manner,
    /// One round at a time: messages come in order.
    turn: Mutex<()>,
}

/// A round of deliveries under way.
struct Round<'a> {
    outlet: &'a Outlet,
    house: &'a House,
    state: ChannelState,
    /// Sources of which something was refused.
    blocked: BTreeSet<SourceId>,
    strikes: u32,
    delivered: Delivered,
}

impl Outlet {
    pub(super) fn new(channel: Channel, manner: Manner) -> Self {
        Self { name: channel.name, notifier: channel.notifier, manner, turn: Mutex::default() }
    }

    /// Brings one message, within the time that it may take.
    pub(super) async fn tell(&self, message: &Message) -> Result<(), Refusal> {
        let limit = Duration::try_from(TELLING_TAKES_AT_MOST).unwrap_or(Duration::MAX);
        tokio::time::timeout(limit, self.notifier.tell(message)).await.unwrap_or_else(|_| {
            let seconds = TELLING_TAKES_AT_MOST.as_secs();
            Err(Refusal::passing(
                format!("no answer within {seconds} s"),
                "look whether the other side is well; what is owed is tried again",
            ))
        })
    }

    /// Whether what nobody takes waits for ever.
    fn waits(&self) -> bool {
        self.name == DESKTOP
    }

    /// Tells all that is owed and due.
    pub(super) async fn deliver(&self, house: &House, haste: Haste) -> Result<Delivered, StoreError> {
        let _turn = self.turn().await;
        let state = house.store.channel(&self.name).await?;
        let now = house.clock.now();
        let rests = state.rests_until.filter(|until| *until > now && *until <= now + LONGEST_WISH);
        if rests.is_some() && !(self.waits() && haste == Haste::ByHand) {
            return self.resting(house).await;
        }
        self.tell_rescue(house, now).await?;
        let blocked = BTreeSet::new();
        let mut round = Round { outlet: self, house, state, blocked, strikes: 0, delivered: Delivered::default() };
        while round.batch().await? {}
        Ok(round.delivered)
    }

    /// Tells once that the state was damaged: no source owes that. What is refused is tried again in the next round.
    async fn tell_rescue(&self, house: &House, now: Timestamp) -> Result<(), StoreError> {
        let note = house.store.note(Rescue::NOTE).await?;
        let rescue = note.and_then(|note| serde_json::from_str::<Rescue>(&note).ok());
        let Some(rescue) = rescue.filter(|rescue| rescue.is_recent(now)) else { return Ok(()) };
        let (told, at) = (Rescue::told_note(&self.name), rescue.at.to_string());
        if house.store.note(&told).await?.as_ref() == Some(&at) {
            return Ok(());
        }
        let id = id_of("rescue", &self.name, &at);
        match self.tell(&compose::rescued(&id, &rescue, house.words)).await {
            Ok(()) => house.store.put_note(&told, &at).await,
            Err(_) => Ok(()),
        }
    }

    /// Our turn. Who waits for long wakes now and then: it is the other round that may be stuck.
    async fn turn(&self) -> MutexGuard<'_, ()> {
        let mut free = pin!(self.turn.lock());
        loop {
            if let Ok(turn) = tokio::time::timeout(A_WHILE, &mut free).await {
                return turn;
            }
        }
    }

    /// What stands while the channel rests.
    async fn resting(&self, house: &House) -> Result<Delivered, StoreError> {
        let states = house.store.channels().await?;
        let state = states.into_iter().find(|state| state.name == self.name && state.owed > 0).unwrap_or_default();
        let trouble = state.error.map(|error| (error, state.help.unwrap_or_default()));
        Ok(Delivered { waiting: state.owed, trouble, ..Delivered::default() })
    }
}

impl Round<'_> {
    /// Claims, plans and tells; whether there is more to claim.
    async fn batch(&mut self) -> Result<bool, StoreError> {
        let (outlet, store) = (self.outlet, &self.house.store);
        let most = if outlet.waits() { MOST_ON_DESKTOP } else { MOST_ELSEWHERE };
        let now = self.house.clock.now();
        let claimed = store.claim_deliveries(&outlet.name, most, now, now + CLAIM).await?;
        if claimed.is_empty() {
            return Ok(false);
        }
        let plan = self.plan(&claimed, now).await?;
        let waits = plan.wait.iter().map(|(place, until)| (claimed[*place].id.clone(), waits(*until, true, None)));
        self.settle(waits.collect()).await?;
        let new = plan.tell.iter().filter(|group| !group.was_tried).map(|group| Bound {
            message: group.message.clone(),
            rule: group.rule.clone(),
            deliveries: group.members.iter().map(|place| claimed[*place].id.clone()).collect(),
        });
        let new: Vec<Bound> = new.collect();
        if !new.is_empty() {
            store.bind(&new).await?;
        }
        for (place, group) in plan.tell.iter().enumerate() {
            if self.tell(group, &claimed).await? {
                // The channel rests: what was not tried goes back.
                let left = plan.tell[place + 1..].iter().flat_map(|group| &group.members);
                let back = |place: &usize| (claimed[*place].id.clone(), self.back());
                let left: Vec<_> = left.map(back).collect();
                self.fail(left.len());
                self.settle(left).await?;
                return Ok(false);
            }
        }
        Ok(claimed.len() == most)
    }

    async fn plan(&self, claimed: &[Delivery], now: Timestamp) -> Result<Plan, StoreError> {
        let (rules, manner) = (&self.house.rules, self.outlet.manner);
        let look_back = rules.look_back().max(manner.cap.map(|cap| cap.window()));
        let sent = match look_back {
            Some(window) => {
                let since = now.checked_sub(window).unwrap_or(Timestamp::MIN);
                self.house.store.sent_since(&self.outlet.name, since, now).await?
            }
            None => Vec::new(),
        };
        let quiet_until = self.state.quiet_until.filter(|until| *until <= now + LONGEST_QUIET);
        Ok(plan(claimed, &Situation { rules, manner, sent: &sent, quiet_until, now }))
    }

    /// Tells one message and settles what it tells; whether the channel rests from now on.
    async fn tell(&mut self, group: &Group, claimed: &[Delivery]) -> Result<bool, StoreError> {
        let members: Vec<&Delivery> = group.members.iter().map(|place| &claimed[*place]).collect();
        let now = self.house.clock.now();
        if members.iter().any(|delivery| self.blocked.contains(&delivery.source)) {
            self.fail(members.len());
            self.settle_all(&members, &waits(now, false, None)).await?;
            return Ok(false);
        }
        let Some(message) = compose(&group.message, &members, self.house.words) else {
            // What is left has nothing to tell any more: its post is no longer stored.
            self.settle_all(&members, &Settlement::Sent).await?;
            return Ok(false);
        };
        match self.outlet.tell(&message).await {
            Ok(()) => {
                self.settle_all(&members, &Settlement::Sent).await?;
                self.delivered.notified += 1;
                self.delivered.told += number(members.len());
                debug!(channel = %self.outlet.name, deliveries = members.len(), message = %message.id, "told");
                self.recovered().await?;
                Ok(false)
            }
            Err(refusal) => self.refused(&members, refusal).await,
        }
    }

    /// A message arrived: earlier trouble is over.
    async fn recovered(&mut self) -> Result<(), StoreError> {
        self.strikes = 0;
        if self.state.refusals == 0 && self.state.error.is_none() && self.state.rests_until.is_none() {
            return Ok(());
        }
        info!(channel = %self.outlet.name, "the channel {} takes messages again", self.outlet.name);
        self.state = ChannelState {
            name: self.state.name.clone(),
            quiet_until: self.state.quiet_until,
            ..ChannelState::default()
        };
        self.house.store.put_channel(&self.state).await
    }

    /// What becomes of a message that did not arrive; whether the channel rests from now on.
    async fn refused(&mut self, members: &[&Delivery], refusal: Refusal) -> Result<bool, StoreError> {
        let name = &self.outlet.name;
        let now = self.house.clock.now();
        let Refusal { message, help, lasting, retry_after } = refusal;
        let wish = retry_after.map(|wish| wish.clamp(SignedDuration::ZERO, LONGEST_WISH));
        self.state.refusals += 1;
        self.strikes += 1;
        let tries = members.iter().map(|delivery| delivery.attempts).max().unwrap_or(1);
        let oldest = members.iter().map(|delivery| delivery.owed_since).min().unwrap_or(now);
        let is_over = tries >= LEAST_TRIES && now.duration_since(oldest) >= self.house.give_up;
        let error = Some(message.clone());
        let rest = if self.outlet.waits() {
            let until = now + doubled(self.state.refusals).min(LONGEST_ABSENCE).max(wish.unwrap_or_default());
            warn!(channel = %name, error = %message, "{} notifications wait", members.len());
            // As a digest: whoever comes back finds one notification, not a flood. The channel's rest is all that holds it.
            self.settle_all(members, &waits(now, true, error)).await?;
            self.fail(members.len());
            Some(until)
        } else if lasting || is_over {
            warn!(channel = %name, error = %message, "{} deliveries over {name} are given up", members.len());
            self.settle_all(members, &Settlement::Dead { error: message.clone() }).await?;
            self.delivered.dead += number(members.len());
            self.delivered.failed += number(members.len());
            wish.map(|wish| now + wish)
        } else {
            let at = now + doubled(tries).max(wish.unwrap_or_default());
            warn!(channel = %name, error = %message, tries, "a message over {name} is tried again");
            self.settle_all(members, &Settlement::Retry { at, error: message.clone() }).await?;
            self.fail(members.len());
            self.blocked.extend(members.iter().map(|delivery| delivery.source.clone()));
            let tired = (self.strikes >= STRIKES).then(|| doubled(self.state.refusals / STRIKES));
            wish.max(tired).map(|rest| now + rest)
        };
        self.state.rests_until = rest;
        self.state.error = Some(message.clone());
        self.state.help = Some(help.clone());
        self.delivered.trouble = Some((message, help));
        self.house.store.put_channel(&self.state).await?;
        Ok(rest.is_some())
    }

    /// So many deliveries wait now.
    fn fail(&mut self, deliveries: usize) {
        self.delivered.waiting += number(deliveries);
        self.delivered.failed += number(deliveries);
    }

    /// How what was not tried goes back while the channel rests.
    fn back(&self) -> Settlement {
        waits(self.house.clock.now(), self.outlet.waits(), None)
    }

    async fn settle_all(&self, members: &[&Delivery], settlement: &Settlement) -> Result<(), StoreError> {
        self.settle(members.iter().map(|delivery| (delivery.id.clone(), settlement.clone())).collect()).await
    }

    async fn settle(&self, settled: Vec<(String, Settlement)>) -> Result<(), StoreError> {
        if settled.is_empty() {
            return Ok(());
        }
        self.house.store.settle(&settled, self.house.clock.now()).await
    }
}

fn waits(until: Timestamp, as_digest: bool, error: Option<String>) -> Settlement {
    Settlement::Waits { until, as_digest, error }
}

/// The wait after so many refusals.
fn doubled(refusals: u32) -> SignedDuration {
    let wait = FIRST_RETRY.checked_mul(1 << refusals.saturating_sub(1).min(10));
    wait.unwrap_or(LONGEST_RETRY).min(LONGEST_RETRY)
}

fn number(deliveries: usize) -> u32 {
    u32::try_from(deliveries).unwrap_or(u32::MAX)
}
