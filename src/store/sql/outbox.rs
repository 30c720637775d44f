//! The outbox: what is owed to channels, claimed by one notifier at a time until it says how it ended.
//!
//! A row stays when it was sent or given up: its id is how the same thing is owed only once. How channels stand, and what
//! became of deliveries, is read in `channels.rs`.

use jiff::Timestamp;

use super::fault::{Fault, Outcome};
use super::given::row;
use super::rows::{self, count, moment, ms};
use super::tx::{Row, Tx, params};
use super::value::Cell;
use crate::model::delivery::{Bound, Delivery, DeliveryKind, Settlement};
use crate::model::link::PostKey;
use crate::store::contract::{OutboxCounts, Recorded, SourceRef};

/// Owes what reports say, unless it was owed before, or tells of a post that stands in no feed.
pub(super) fn owe(tx: &Tx<'_>, taken: &[&Recorded], now: Timestamp) -> Outcome<()> {
    let mut rows = Vec::new();
    for recorded in taken {
        let SourceRef { shard, number } = recorded.at;
        for (delivery, place) in recorded.report.owed.iter().zip(0_i64..) {
            rows.push(row![
                delivery.id(number),
                shard,
                number,
                delivery.kind.word(),
                delivery.key.as_ref().map(PostKey::as_str),
                delivery.channel.as_str(),
                delivery.text.as_deref(),
                ms(now),
                place,
            ]);
        }
    }
    tx.put_each(
        "INSERT INTO outbox (id, shard, source_id, kind, key, channel, text, owed_at, place, not_before)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?8 /*rows FROM */
         WHERE NOT EXISTS (
             SELECT 1 FROM post WHERE shard = ?2 AND source_id = ?3 AND key = ?5 AND excluded = 1)
         ON CONFLICT DO NOTHING",
        &rows,
    )
}

/// Claims what is owed to a channel, the oldest first, but nothing of a source that waits for another try.
pub(super) fn claim(
    tx: &Tx<'_>,
    channel: &str,
    limit: usize,
    now: Timestamp,
    until: Timestamp,
) -> Outcome<Vec<Delivery>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let deliveries = tx.all(
        &format!(
            "SELECT {}, o.id, s.id, coalesce(s.title, t.site_title, s.id), o.kind, o.text, o.owed_at, o.attempts + 1,
                 o.message, o.waited, coalesce(t.home_url, s.url)
             FROM outbox o
             CROSS JOIN source s ON s.shard = o.shard AND s.source_id = o.source_id
             CROSS JOIN source_state t ON t.shard = o.shard AND t.source_id = o.source_id
             LEFT JOIN post p ON p.shard = o.shard AND p.source_id = o.source_id AND p.key = o.key
             WHERE o.channel = ?1 AND o.sent_at IS NULL AND o.dead_at IS NULL AND o.not_before <= ?2
                 AND (o.lease_until IS NULL OR o.lease_until <= ?2)
                 AND NOT EXISTS (SELECT 1 FROM outbox e
                     WHERE e.channel = ?1 AND e.shard = o.shard AND e.source_id = o.source_id
                         AND e.sent_at IS NULL AND e.dead_at IS NULL AND e.attempts > 0 AND e.not_before > ?2)
             ORDER BY o.owed_at, o.place, o.id LIMIT ?3 /*pg FOR UPDATE OF o SKIP LOCKED */",
            rows::POST
        ),
        params![channel, ms(now), limit],
        delivery,
    )?;
    for delivery in &deliveries {
        tx.put(
            "UPDATE outbox SET lease_until = ?2, attempts = attempts + 1 WHERE id = ?1",
            params![delivery.id, ms(until)],
        )?;
    }
    Ok(deliveries)
}

fn delivery(row: &Row<'_>) -> Outcome<Delivery> {
    let next = rows::POST_WIDTH;
    let has_post = row.cell(0)? != Cell::Null;
    let kind: String = row.get(next + 3)?;
    Ok(Delivery {
        id: row.get(next)?,
        source: rows::source_id(row, next + 1)?,
        source_title: row.get(next + 2)?,
        kind: kind_of(&kind)?,
        post: if has_post { Some(rows::post(row, 0)?) } else { None },
        text: row.get(next + 4)?,
        owed_since: moment(row.get(next + 5)?)?,
        attempts: count(row, next + 6)?,
        message: row.get(next + 7)?,
        waited: row.get(next + 8)?,
        source_url: row.get(next + 9)?,
    })
}

pub(super) fn kind_of(word: &str) -> Outcome<DeliveryKind> {
    [DeliveryKind::Post, DeliveryKind::Edit, DeliveryKind::Digest, DeliveryKind::Failure, DeliveryKind::Repair]
        .into_iter()
        .find(|kind| kind.word() == word)
        .ok_or_else(|| Fault::corrupt("kind of a delivery", word))
}

/// Notes what goes out together.
pub(super) fn bind(tx: &Tx<'_>, messages: &[Bound]) -> Outcome<()> {
    for Bound { message, rule, deliveries } in messages {
        for id in deliveries {
            tx.put("UPDATE outbox SET message = ?2, rule = ?3 WHERE id = ?1", params![id, message, rule])?;
        }
    }
    Ok(())
}

/// Says how deliveries ended. What has ended once stays so.
pub(super) fn settle(tx: &Tx<'_>, deliveries: &[(String, Settlement)], now: Timestamp) -> Outcome<()> {
    for (id, settlement) in deliveries {
        let (sent_at, dead_at, not_before, error) = match settlement {
            Settlement::Sent => (Some(ms(now)), None, None, None),
            Settlement::Retry { at, error } => (None, None, Some(ms(*at)), Some(error)),
            Settlement::Dead { error } => (None, Some(ms(now)), None, Some(error)),
            Settlement::Waits { until, as_digest, error } => {
                wait(tx, id, *until, *as_digest, error.as_deref())?;
                continue;
            }
        };
        tx.put(
            "UPDATE outbox SET lease_until = NULL, sent_at = ?2, dead_at = ?3,
                 not_before = coalesce(?4, not_before), error = coalesce(?5, error)
             WHERE id = ?1 AND sent_at IS NULL AND dead_at IS NULL",
            params![id, sent_at, dead_at, not_before, error],
        )?;
    }
    Ok(())
}

/// Gives a claim back. What an earlier try may have brought stays in its message.
fn wait(tx: &Tx<'_>, id: &str, until: Timestamp, as_digest: bool, error: Option<&str>) -> Outcome<()> {
    tx.put(
        "UPDATE outbox SET lease_until = NULL, not_before = ?2, waited = CASE WHEN ?3 = 1 THEN 1 ELSE waited END,
             error = coalesce(?4, error),
             attempts = CASE WHEN attempts > 1 THEN attempts - 1 ELSE 0 END,
             message = CASE WHEN attempts > 1 THEN message END
         WHERE id = ?1 AND sent_at IS NULL AND dead_at IS NULL",
        params![id, ms(until), as_digest, error],
    )?;
    Ok(())
}

/// What only waits for its time is due.
pub(super) fn release_held(tx: &Tx<'_>) -> Outcome<()> {
    tx.execute(
        "UPDATE outbox SET not_before = owed_at
         WHERE sent_at IS NULL AND dead_at IS NULL AND attempts = 0 AND not_before > owed_at",
        &[],
    )?;
    Ok(())
}

/// What is owed and what was given up.
pub(super) fn counts(tx: &Tx<'_>) -> Outcome<OutboxCounts> {
    let counts = tx.first(
        "SELECT (SELECT count(*) FROM outbox WHERE sent_at IS NULL AND dead_at IS NULL),
         (SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL)",
        &[],
        |row| Ok(OutboxCounts { owed: count(row, 0)?, dead: count(row, 1)? }),
    )?;
    Ok(counts.unwrap_or_default())
}
