//! How channels stand, and what became of deliveries.

use jiff::Timestamp;

use super::fault::Outcome;
use super::outbox::kind_of;
use super::rows::{self, count, maybe_moment, moment, ms};
use super::tx::{Row, Tx, params};
use crate::model::delivery::{ChannelState, Chosen, PastDelivery, Stands};

/// The columns of [`state`] but for the counts, of a table named `c`.
const STATE: &str = "coalesce(c.refusals, 0), c.error, c.help, c.rests_until, c.quiet_until";

/// Every channel of which there is something to say.
pub(super) fn all_channels(tx: &Tx<'_>) -> Outcome<Vec<ChannelState>> {
    tx.all(
        &format!(
            "SELECT n.name, sum(n.owed), sum(n.dead), {STATE}
             FROM (SELECT channel AS name, 1 AS owed, 0 AS dead FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL
                 UNION ALL SELECT channel, 0, 1 FROM outbox WHERE dead_at IS NOT NULL
                 UNION ALL SELECT name, 0, 0 FROM channel) AS n
             LEFT JOIN channel c ON c.name = n.name
             GROUP BY n.name, c.name ORDER BY n.name"
        ),
        &[],
        |row| Ok(ChannelState { owed: count(row, 1)?, dead: count(row, 2)?, ..state(row, row.get(0)?, 3)? }),
    )
}

/// How a channel stands, but for what it is owed.
pub(super) fn channel(tx: &Tx<'_>, name: &str) -> Outcome<ChannelState> {
    let found = tx.first(&format!("SELECT {STATE} FROM channel c WHERE c.name = ?1"), params![name], |row| {
        state(row, name.to_owned(), 0)
    })?;
    Ok(found.unwrap_or_else(|| ChannelState { name: name.to_owned(), ..ChannelState::default() }))
}

fn state(row: &Row<'_>, name: String, from: usize) -> Outcome<ChannelState> {
    Ok(ChannelState {
        name,
        refusals: count(row, from)?,
        error: row.get(from + 1)?,
        help: row.get(from + 2)?,
        rests_until: maybe_moment(row, from + 3)?,
        quiet_until: maybe_moment(row, from + 4)?,
        owed: 0,
        dead: 0,
    })
}

/// Keeps all but a channel's quiet.
pub(super) fn put(tx: &Tx<'_>, state: &ChannelState) -> Outcome<()> {
    tx.execute(
        "INSERT INTO channel (name, refusals, error, help, rests_until) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (name) DO UPDATE SET refusals = ?2, error = ?3, help = ?4, rests_until = ?5",
        params![state.name, state.refusals, state.error, state.help, state.rests_until.map(ms)],
    )?;
    Ok(())
}

/// Keeps a channel's quiet.
pub(super) fn quiet(tx: &Tx<'_>, name: &str, until: Option<Timestamp>) -> Outcome<()> {
    tx.execute(
        "INSERT INTO channel (name, quiet_until) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET quiet_until = ?2",
        params![name, until.map(ms)],
    )?;
    Ok(())
}

/// Gives up what is owed to channels that nobody names.
pub(super) fn give_up_unknown(tx: &Tx<'_>, known: &[String], error: &str, now: Timestamp) -> Outcome<u32> {
    let mut gone = 0;
    let owed = "SELECT DISTINCT channel FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL";
    for channel in strangers(tx, owed, known)? {
        gone += tx.execute(
            "UPDATE outbox SET dead_at = ?3, lease_until = NULL, error = coalesce(error, ?2)
             WHERE channel = ?1 AND sent_at IS NULL AND dead_at IS NULL",
            params![channel, error, ms(now)],
        )?;
    }
    for channel in strangers(tx, "SELECT name FROM channel", known)? {
        tx.execute("DELETE FROM channel WHERE name = ?1", params![channel])?;
    }
    Ok(u32::try_from(gone).unwrap_or(u32::MAX))
}

/// The names that a query gives and that are not known.
fn strangers(tx: &Tx<'_>, sql: &str, known: &[String]) -> Outcome<Vec<String>> {
    let mut names: Vec<String> = tx.all(sql, &[], |row| row.get(0))?;
    names.retain(|name| !known.contains(name));
    Ok(names)
}

/// When messages went out, and by which rule. What was sent in a future that is not there any more does not count.
pub(super) fn sent_since(
    tx: &Tx<'_>,
    channel: &str,
    since: Timestamp,
    now: Timestamp,
) -> Outcome<Vec<(Timestamp, Option<String>)>> {
    tx.all(
        "SELECT sent_at, rule FROM (
             SELECT sent_at, rule,
                 row_number() OVER (PARTITION BY coalesce(message, id) ORDER BY sent_at DESC, id) AS place
             FROM outbox WHERE sent_at > ?2 AND sent_at <= ?3 AND channel = ?1) AS last
         WHERE place = 1 ORDER BY sent_at",
        params![channel, ms(since), ms(now)],
        |row| Ok((moment(row.get(0)?)?, row.get(1)?)),
    )
}

/// Notes that a message was seen.
pub(super) fn mark_seen(tx: &Tx<'_>, message: &str, now: Timestamp) -> Outcome<()> {
    tx.execute("UPDATE outbox SET seen_at = ?2 WHERE message = ?1 AND seen_at IS NULL", params![message, ms(now)])?;
    Ok(())
}

/// What is meant by [`Chosen`], of a table named `o`: its parameters are `?1` to `?3`.
const CHOSEN: &str = "(?1 IS NULL OR o.channel = ?1)
     AND (?2 IS NULL OR substr(coalesce(o.message, o.id), 1, length(?2)) = ?2)
     AND (?3 IS NULL OR ?3 = CASE WHEN o.sent_at IS NOT NULL THEN 'sent' WHEN o.dead_at IS NOT NULL THEN 'dead' ELSE 'owed' END)";

/// Deliveries as they stand, the last one first.
pub(super) fn deliveries(tx: &Tx<'_>, chosen: &Chosen, limit: usize) -> Outcome<Vec<PastDelivery>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    tx.all(&format!(
        "SELECT coalesce(o.message, o.id), o.channel, s.id, o.kind, coalesce(nullif(p.title, ''), p.url, o.text, o.key, ''),
             p.url, o.owed_at, o.not_before, o.sent_at, o.dead_at, o.seen_at, o.attempts, o.error
         FROM outbox o
         CROSS JOIN source s ON s.shard = o.shard AND s.source_id = o.source_id
         LEFT JOIN post p ON p.shard = o.shard AND p.source_id = o.source_id AND p.key = o.key
         WHERE {CHOSEN}
         ORDER BY coalesce(o.sent_at, o.dead_at, o.owed_at) DESC, o.owed_at DESC, o.place DESC, o.id LIMIT ?4"
    ), params![chosen.channel, chosen.message, chosen.stands.map(word), limit], past)
}

fn past(row: &Row<'_>) -> Outcome<PastDelivery> {
    let kind: String = row.get(3)?;
    let (sent, dead) = (maybe_moment(row, 8)?, maybe_moment(row, 9)?);
    let (stands, at) = match (sent, dead) {
        (Some(at), _) => (Stands::Sent, at),
        (None, Some(at)) => (Stands::Dead, at),
        (None, None) => (Stands::Owed, moment(row.get(7)?)?),
    };
    Ok(PastDelivery {
        message: row.get(0)?,
        channel: row.get(1)?,
        source: rows::source_id(row, 2)?,
        kind: kind_of(&kind)?,
        title: row.get(4)?,
        url: row.get(5)?,
        stands,
        owed: moment(row.get(6)?)?,
        at,
        seen: maybe_moment(row, 10)?,
        attempts: count(row, 11)?,
        error: row.get(12)?,
    })
}

fn word(stands: Stands) -> &'static str {
    match stands {
        Stands::Owed => "owed",
        Stands::Sent => "sent",
        Stands::Dead => "dead",
    }
}

/// Owes again what was given up: as tried once, so that it stays in its message.
pub(super) fn replay(tx: &Tx<'_>, chosen: &Chosen, now: Timestamp) -> Outcome<u32> {
    let again = tx.execute(
        &format!(
            "UPDATE outbox AS o SET dead_at = NULL, attempts = 1, not_before = ?4, message = coalesce(o.message, o.id)
             WHERE o.dead_at IS NOT NULL AND {CHOSEN}"
        ),
        params![chosen.channel, chosen.message, chosen.stands.map(word), ms(now)],
    )?;
    tx.execute("UPDATE channel SET rests_until = NULL WHERE ?1 IS NULL OR name = ?1", params![&chosen.channel])?;
    Ok(u32::try_from(again).unwrap_or(u32::MAX))
}
