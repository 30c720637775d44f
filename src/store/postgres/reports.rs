//! Reports of many hosts, taken in a few statements however many they are.
//!
//! The hosts of the whole batch are locked first, in the order of their keys, as far as their leases are still held: that
//! keeps everybody else from what belongs to their sources until the end. Then come the merged feeds that they may change,
//! which belong to no host. Nobody locks in another order, and [`Tx::alone`] comes before all of it.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use jiff::Timestamp;
use tokio_postgres::types::Type;

use super::claims::give_back;
use super::pool::{Hand, How};
use super::session::Session;
use super::values::storable;
use crate::model::beside::Beside;
use crate::model::post::SiteFacts;
use crate::model::report::{Changes, ValidatorsUpdate};
use crate::store::contract::{Fenced, Recorded};
use crate::store::sql::fault::Outcome;
use crate::store::sql::record::{self, Moved};
use crate::store::sql::rows::ms;
use crate::store::sql::tx::Tx;

/// Takes a batch of reports in one transaction. Where something in it is more than the database takes (a page can say
/// anything, and an index takes no text of every length), each is taken by itself, and of that one no more than how its poll
/// ended: no page holds up the others.
pub(super) fn take(hand: &mut Hand, batch: &[Recorded], now: Timestamp) -> Outcome<Vec<Fenced>> {
    let mut take = |some: &[Recorded]| hand.run(How::Write, |tx| record(tx, some, now));
    match take(batch) {
        Err(fault) if fault.is_of_a_value() => {}
        taken => return taken,
    }
    let mut fenced = Vec::with_capacity(batch.len());
    for one in batch {
        let taken = match take(std::slice::from_ref(one)) {
            Err(fault) if fault.is_of_a_value() => {
                tracing::error!(source = one.at.number, %fault, "what a page says cannot be stored, and is left out");
                take(&[bare(one)])?
            }
            taken => taken?,
        };
        fenced.extend(taken);
    }
    Ok(fenced)
}

/// A report of how a poll ended, without what it found.
fn bare(recorded: &Recorded) -> Recorded {
    let mut bare = recorded.clone();
    let report = &mut bare.report;
    report.validators = ValidatorsUpdate::Keep;
    report.changes = Changes::default();
    report.site = SiteFacts::default();
    report.beside = Beside::default();
    report.gap = None;
    report.deep = None;
    report.learnt = None;
    report.profile = None;
    report.rhythm = None;
    report.met = None;
    report.owed.clear();
    bare
}

/// Takes a batch of reports.
fn record(tx: &Tx<'_>, batch: &[Recorded], now: Timestamp) -> Outcome<Vec<Fenced>> {
    let session = tx.session();
    let held = lock_hosts(session, batch)?;
    if is_tangled(batch) {
        lock_merged(session, batch.iter())?;
        return record::record(tx, batch, now);
    }
    let is_held = |recorded: &&Recorded| held.contains(&(recorded.host.shard(), recorded.host.id(), recorded.lease));
    let fenced: Vec<&Recorded> = batch.iter().filter(is_held).collect();
    let taken = write_states(session, &fenced)?;
    let is_taken = |recorded: &&Recorded| is_held(recorded) && taken.contains(&[recorded.at.shard, recorded.at.number]);
    lock_merged(session, batch.iter().filter(is_taken).filter(|recorded| record::moves_feeds(&recorded.report)))?;
    for recorded in batch.iter().filter(is_taken) {
        record::write_rest(tx, recorded, now)?;
    }
    let last: Vec<[i64; 2]> = fenced
        .iter()
        .filter(|recorded| recorded.last_of_host)
        .map(|recorded| [recorded.host.shard(), recorded.host.id()])
        .collect();
    give_back(session, &last)?;
    let answer = |recorded: &Recorded| if is_taken(&recorded) { Fenced::Recorded } else { Fenced::LeaseLost };
    Ok(batch.iter().map(answer).collect())
}

/// Whether the reports of a batch depend on each other: two of one source, or one that comes after its host's last.
fn is_tangled(batch: &[Recorded]) -> bool {
    let (mut sources, mut given_back) = (HashSet::new(), HashSet::new());
    batch.iter().any(|recorded| {
        let host = (recorded.host.shard(), recorded.host.id());
        let depends = !sources.insert(recorded.at) || given_back.contains(&host);
        if recorded.last_of_host {
            given_back.insert(host);
        }
        depends
    })
}

/// Locks the hosts whose leases are still held, in the order of their keys.
fn lock_hosts(session: &Session, batch: &[Recorded]) -> Outcome<HashSet<(i64, i64, i64)>> {
    let hosts: BTreeSet<(i64, i64, i64)> =
        batch.iter().map(|recorded| (recorded.host.shard(), recorded.host.id(), recorded.lease)).collect();
    let shards: Vec<i64> = hosts.iter().map(|host| host.0).collect();
    let ids: Vec<i64> = hosts.iter().map(|host| host.1).collect();
    let leases: Vec<i64> = hosts.iter().map(|host| host.2).collect();
    let rows = session.rows(
        "SELECT h.shard, h.host_id, h.lease_no
         FROM host h JOIN unnest($1, $2, $3) AS w(shard, host_id, lease_no)
             ON h.shard = w.shard AND h.host_id = w.host_id AND h.lease_no = w.lease_no
         WHERE h.lease_until IS NOT NULL ORDER BY h.shard, h.host_id FOR UPDATE OF h",
        &[Type::INT8_ARRAY, Type::INT8_ARRAY, Type::INT8_ARRAY],
        &[&shards, &ids, &leases],
    )?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
}

/// Locks the merged feeds of these sources, in the order of their keys.
fn lock_merged<'r>(session: &Session, batch: impl Iterator<Item = &'r Recorded>) -> Outcome<()> {
    let (shards, numbers): (Vec<i64>, Vec<i64>) = batch.map(|recorded| (recorded.at.shard, recorded.at.number)).unzip();
    if shards.is_empty() {
        return Ok(());
    }
    session.rows(
        "SELECT 1 FROM feed f WHERE (f.shard, f.feed_id) IN (
             SELECT m.merged_shard, m.feed_id FROM merged_source m
             JOIN unnest($1, $2) AS w(shard, source_id) ON m.shard = w.shard AND m.source_id = w.source_id)
         ORDER BY f.shard, f.feed_id FOR UPDATE OF f",
        &[Type::INT8_ARRAY, Type::INT8_ARRAY],
        &[&shards, &numbers],
    )?;
    Ok(())
}

/// Writes how polls ended, as [`record::record`] does one by one. Gives the sources that are still of their hosts.
fn write_states(session: &Session, batch: &[&Recorded]) -> Outcome<HashSet<[i64; 2]>> {
    let mut columns = Columns::default();
    for recorded in batch {
        columns.push(&Moved::by(recorded)?, recorded);
    }
    let rows = columns.update(session)?;
    rows.iter().map(|row| Ok([row.try_get(0)?, row.try_get(1)?])).collect()
}

static STATES: LazyLock<String> = LazyLock::new(states_sql);

/// The statement for one state, with the columns of a list in the places of its values.
fn states_sql() -> String {
    let mut set = record::MOVES.to_owned();
    for place in (1..=COLUMNS).rev() {
        set = set.replace(&format!("?{place}"), &format!("w.v{place}"));
    }
    let list = |each: fn(usize) -> String| (1..=COLUMNS).map(each).collect::<Vec<_>>().join(", ");
    format!(
        "UPDATE source_state SET {set} FROM unnest({}) AS w({})
         WHERE shard = w.v1 AND source_id = w.v2 AND host_id = w.v3 RETURNING shard, source_id",
        list(|place| format!("${place}")),
        list(|place| format!("v{place}"))
    )
}

/// The values of [`record::MOVES`].
const COLUMNS: usize = 22;

/// The values of many reports, column by column: those of [`record::MOVES`], in its order.
#[derive(Default)]
struct Columns {
    keys: [Vec<i64>; 4],
    due: Vec<Option<i64>>,
    at: Vec<i64>,
    outcome: Vec<&'static str>,
    flags: [Vec<i64>; 2],
    texts: [Vec<Option<String>>; 4],
    replaces: Vec<i64>,
    validators: [Vec<Option<String>>; 2],
    digest: Vec<Option<Vec<u8>>>,
    read_at: Vec<Option<i64>>,
    rhythm: Vec<Option<String>>,
    deep_at: Vec<Option<i64>>,
    deep_cursor: Vec<Option<String>>,
    ttl: Vec<Option<i64>>,
}

impl Columns {
    fn push(&mut self, moved: &Moved<'_>, recorded: &Recorded) {
        let text = |text: Option<&str>| text.map(|text| storable(text).into_owned());
        let key = [recorded.at.shard, recorded.at.number, recorded.host.id(), recorded.lease];
        for (column, value) in self.keys.iter_mut().zip(key) {
            column.push(value);
        }
        self.due.push(moved.due);
        self.at.push(moved.at);
        self.outcome.push(moved.outcome);
        for (column, value) in self.flags.iter_mut().zip([i64::from(moved.is_success), moved.failed]) {
            column.push(value);
        }
        let texts = [moved.failure.as_deref(), moved.gap.as_deref(), moved.profile.as_deref(), moved.how];
        for (column, value) in self.texts.iter_mut().zip(texts) {
            column.push(text(value));
        }
        self.replaces.push(i64::from(moved.validators.is_some()));
        let validators = moved.validators;
        self.validators[0].push(text(validators.and_then(|validators| validators.etag.as_deref())));
        self.validators[1].push(text(validators.and_then(|validators| validators.last_modified.as_deref())));
        let digest = validators.and_then(|validators| validators.digest);
        self.digest.push(digest.map(|digest| digest.to_be_bytes().to_vec()));
        self.read_at.push(validators.and_then(|validators| validators.read_at).map(ms));
        self.rhythm.push(text(moved.rhythm.as_deref()));
        self.deep_at.push(moved.deep_at);
        self.deep_cursor.push(text(moved.deep_cursor.as_deref()));
        self.ttl.push(moved.ttl);
    }

    fn update(&self, session: &Session) -> Outcome<Vec<tokio_postgres::Row>> {
        let (number, text, bytes) = (Type::INT8_ARRAY, Type::TEXT_ARRAY, Type::BYTEA_ARRAY);
        let types = [
            [&number, &number, &number, &number, &number, &number, &text, &number, &number, &text, &text],
            [&text, &text, &number, &text, &text, &bytes, &number, &text, &number, &text, &number],
        ];
        let types: Vec<Type> = types.as_flattened().iter().map(|own| (*own).clone()).collect();
        let [shard, source, host, lease] = &self.keys;
        let [is_success, failed] = &self.flags;
        let [failure, gap, profile, how] = &self.texts;
        let [etag, last_modified] = &self.validators;
        session.rows(
            &STATES,
            &types,
            &[
                shard,
                source,
                host,
                lease,
                &self.due,
                &self.at,
                &self.outcome,
                is_success,
                failed,
                failure,
                gap,
                profile,
                how,
                &self.replaces,
                etag,
                last_modified,
                &self.digest,
                &self.read_at,
                &self.rhythm,
                &self.deep_at,
                &self.deep_cursor,
                &self.ttl,
            ],
        )
    }
}
