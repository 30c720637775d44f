//! How polls ended, as their sources' states keep it.
//!
//! Nearly all say no more than that nothing is new: those are written by a statement that names few columns.

use std::collections::HashSet;
use std::sync::LazyLock;

use jiff::SignedDuration;

use super::fault::Outcome;
use super::given::{Given, row};
use super::later::Later;
use super::rows::ms;
use super::tx::{Row, Tx};
use crate::model::failure::PollOutcome;
use crate::model::report::{PollReport, ValidatorsUpdate};
use crate::store::contract::{Recorded, SourceRef};

/// How every poll moves the state of its source: `?1` to `?3` say which it is, `?4` under which lease it was read, and the
/// rest is what [`ended`] gives.
///
/// What was read with an older recipe (`void_lease`) moves no validators and leaves the source due; the rhythm is the
/// blog's, however it was read.
const ENDED: &str = "
    due_at = CASE WHEN ?4 > void_lease THEN ?5 ELSE due_at END,
    last_poll = ?6,
    outcome = ?7,
    last_success = CASE WHEN ?8 = 1 THEN ?6 ELSE last_success END,
    failures = CASE WHEN ?8 = 1 THEN 0 ELSE failures + ?9 END,
    ttl_ms = CASE WHEN ?4 > void_lease THEN ?10 ELSE ttl_ms END,
    gap_cursor = ?11";

/// What a poll moves that learnt nothing, beside that.
const NOTHING: &str = "failure = CASE WHEN ?8 = 1 THEN NULL ELSE failure END";

/// What one moves that learnt something: the values are those of [`learnt`].
const LEARNT: &str = "
    failure = CASE WHEN ?8 = 1 THEN NULL ELSE coalesce(?12, failure) END,
    profile = CASE WHEN ?4 > void_lease THEN coalesce(?13, profile) ELSE profile END,
    how = coalesce(?14, how),
    etag = CASE WHEN ?15 = 1 AND ?4 > void_lease THEN ?16 ELSE etag END,
    last_modified = CASE WHEN ?15 = 1 AND ?4 > void_lease THEN ?17 ELSE last_modified END,
    digest = CASE WHEN ?15 = 1 AND ?4 > void_lease THEN ?18 ELSE digest END,
    read_at = CASE WHEN ?15 = 1 AND ?4 > void_lease THEN ?19 ELSE read_at END,
    rhythm = coalesce(?20, rhythm),
    deep_at = coalesce(?21, deep_at),
    deep_cursor = CASE WHEN ?21 IS NULL OR ?4 <= void_lease THEN deep_cursor ELSE ?22 END";

static AS_BEFORE: LazyLock<String> = LazyLock::new(|| sql(NOTHING));
static WITH_MORE: LazyLock<String> = LazyLock::new(|| sql(LEARNT));

fn sql(more: &str) -> String {
    format!(
        "UPDATE source_state SET {ENDED}, {more} /*rows FROM */ WHERE shard = ?1 AND source_id = ?2 AND host_id = ?3"
    )
}

/// Which of these sources are of the hosts that were polled.
pub(super) const STAYING: &str = "SELECT t.shard, t.source_id FROM source_state t /*rows CROSS JOIN */
    WHERE t.shard = ?1 AND t.source_id = ?2 AND t.host_id = ?3";

/// What is written, and is told later.
pub(super) struct Writing<'t> {
    tx: &'t Tx<'t>,
    run: Vec<&'t Recorded>,
    counts: [Later<'t, i64>; 2],
}

impl Writing<'_> {
    /// Says of each poll whether its source is still of the host that was polled: only then anything was written.
    pub(super) fn written(self) -> Outcome<Vec<bool>> {
        let [same, more] = self.counts;
        if same.sum()? + more.sum()? == self.run.len() {
            return Ok(vec![true; self.run.len()]);
        }
        let of_hosts: Vec<_> = self.run.iter().map(|recorded| of_host(recorded)).collect();
        let staying = self.tx.all_each(STAYING, &of_hosts, source_ref)?;
        let staying: HashSet<SourceRef> = staying.into_iter().collect();
        Ok(self.run.iter().map(|recorded| staying.contains(&recorded.at)).collect())
    }
}

/// What [`STAYING`] is asked of a poll.
pub(super) fn of_host(recorded: &Recorded) -> Vec<Given<'_>> {
    row![recorded.at.shard, recorded.at.number, recorded.host.id()]
}

/// A row of [`STAYING`].
pub(super) fn source_ref(row: &Row<'_>) -> Outcome<SourceRef> {
    Ok(SourceRef { shard: row.get(0)?, number: row.get(1)? })
}

/// Writes how the polls of different sources ended.
pub(super) fn write<'t>(tx: &'t Tx<'t>, run: &[&'t Recorded]) -> Outcome<Writing<'t>> {
    let (more, same): (Vec<&Recorded>, Vec<&Recorded>) = run.iter().partition(|one| has_learnt(&one.report));
    let rows = same.into_iter().map(ended).collect::<Outcome<Vec<_>>>()?;
    let same = tx.count_each_later(&AS_BEFORE, &rows)?;
    let rows = more.into_iter().map(|one| Ok([ended(one)?, learnt(&one.report)?].concat()));
    let more = tx.count_each_later(&WITH_MORE, &rows.collect::<Outcome<Vec<_>>>()?)?;
    Ok(Writing { tx, run: run.to_vec(), counts: [same, more] })
}

/// The values of [`ENDED`].
fn ended(recorded: &Recorded) -> Outcome<Vec<Given<'_>>> {
    let report = &recorded.report;
    let failed = match &report.outcome {
        PollOutcome::Failed(_) | PollOutcome::Gone(_) => 1_i64,
        PollOutcome::NotModified
        | PollOutcome::Unchanged
        | PollOutcome::Baseline
        | PollOutcome::Changed
        | PollOutcome::Repaired
        | PollOutcome::Deferred { .. }
        | PollOutcome::Offline(_) => 0,
    };
    Ok(row![
        recorded.at.shard,
        recorded.at.number,
        recorded.host.id(),
        recorded.lease,
        report.next_check.map(ms),
        ms(report.at),
        report.outcome.word(),
        report.outcome.is_success(),
        failed,
        report.ttl.map(whole_ms),
        report.gap.as_ref().map(serde_json::to_string).transpose()?,
    ])
}

/// Whether a report says more than [`ended`].
fn has_learnt(report: &PollReport) -> bool {
    let is_read = report.profile.is_some() || report.rhythm.is_some() || report.deep.is_some();
    let keeps = matches!(report.validators, ValidatorsUpdate::Keep);
    is_read || !keeps || !report.how.is_empty() || report.outcome.failure().is_some()
}

/// The values of [`LEARNT`].
fn learnt(report: &PollReport) -> Outcome<Vec<Given<'_>>> {
    let validators = match &report.validators {
        ValidatorsUpdate::Keep => None,
        ValidatorsUpdate::Replace(validators) => Some(validators),
    };
    let deep_cursor = report.deep.as_ref().and_then(|deep| deep.cursor.as_ref());
    Ok(row![
        report.outcome.failure().map(serde_json::to_string).transpose()?,
        report.profile.as_ref().map(serde_json::to_string).transpose()?,
        (!report.how.is_empty()).then_some(report.how.as_str()),
        validators.is_some(),
        validators.and_then(|validators| validators.etag.as_deref()),
        validators.and_then(|validators| validators.last_modified.as_deref()),
        validators.and_then(|validators| validators.digest).map(u128::to_be_bytes),
        validators.and_then(|validators| validators.read_at).map(ms),
        report.rhythm.as_ref().map(serde_json::to_string).transpose()?,
        report.deep.as_ref().map(|deep| ms(deep.due)),
        deep_cursor.map(serde_json::to_string).transpose()?,
    ])
}

/// Milliseconds, as many as a column holds.
fn whole_ms(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
