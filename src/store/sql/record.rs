//! A batch of reports, taken in one transaction.
//!
//! Each is fenced by its host's lease. One that says no more than "not modified" costs one update of its source's
//! state, and one of its host when it is the last.

use jiff::{SignedDuration, Timestamp};

use super::categories::Categories;
use super::changes::Writer;
use super::fault::Outcome;
use super::feeds::{self, Touched};
use super::rows::ms;
use super::tx::{Tx, params};
use super::{beside, gone, lease, outbox, recipes, texts};
use crate::model::choice::Choice;
use crate::model::failure::PollOutcome;
use crate::model::page::Validators;
use crate::model::post::SiteFacts;
use crate::model::report::ValidatorsUpdate;
use crate::store::contract::{Fenced, Recorded, SourceRef};

/// Takes a batch.
pub(super) fn record(tx: &Tx<'_>, batch: &[Recorded], now: Timestamp) -> Outcome<Vec<Fenced>> {
    batch
        .iter()
        .map(|recorded| {
            if !lease::is_held(tx, &recorded.host, recorded.lease)? {
                return Ok(Fenced::LeaseLost);
            }
            // A source that moved to another host meanwhile is not this lease's any more; the host still is.
            let taken = write_state(tx, recorded)?;
            if taken {
                write_findings(tx, recorded, now)?;
                recipes::learn(tx, recorded.at, recorded.lease, recorded.report.learnt.as_ref())?;
                pace_host(tx, recorded)?;
            }
            if recorded.last_of_host {
                lease::give_back(tx, &recorded.host)?;
            }
            Ok(if taken { Fenced::Recorded } else { Fenced::LeaseLost })
        })
        .collect()
}

/// Writes how the poll ended. `false`: the source is not of this host.
///
/// What was read with an older recipe (`void_lease`) moves no validators and leaves the source due; the rhythm is the
/// blog's, however it was read.
fn write_state(tx: &Tx<'_>, recorded: &Recorded) -> Outcome<bool> {
    let Recorded { at, host, lease, report, .. } = recorded;
    let failed = match &report.outcome {
        PollOutcome::Failed(_) | PollOutcome::Gone(_) => 1,
        PollOutcome::NotModified
        | PollOutcome::Unchanged
        | PollOutcome::Baseline
        | PollOutcome::Changed
        | PollOutcome::Repaired
        | PollOutcome::Deferred { .. }
        | PollOutcome::Offline(_) => 0,
    };
    let (replaces, validators) = match &report.validators {
        ValidatorsUpdate::Keep => (false, Validators::default()),
        ValidatorsUpdate::Replace(validators) => (true, validators.clone()),
    };
    let failure = report.outcome.failure().map(serde_json::to_string).transpose()?;
    let gap = report.gap.as_ref().map(serde_json::to_string).transpose()?;
    let deep_cursor = report.deep.as_ref().and_then(|deep| deep.cursor.as_ref());
    let deep_cursor = deep_cursor.map(serde_json::to_string).transpose()?;
    let profile = report.profile.as_ref().map(serde_json::to_string).transpose()?;
    let rhythm = report.rhythm.as_ref().map(serde_json::to_string).transpose()?;
    let how = (!report.how.is_empty()).then_some(&report.how);
    let updated = tx.execute(
        "UPDATE source_state SET
             due_at = CASE WHEN ?4 > void_lease THEN ?5 ELSE due_at END,
             last_poll = ?6,
             outcome = ?7,
             last_success = CASE WHEN ?8 THEN ?6 ELSE last_success END,
             failures = CASE WHEN ?8 THEN 0 ELSE failures + ?9 END,
             failure = CASE WHEN ?8 THEN NULL ELSE coalesce(?10, failure) END,
             gap_cursor = ?11,
             deep_cursor = CASE WHEN ?20 IS NULL OR ?4 <= void_lease THEN deep_cursor ELSE ?21 END,
             deep_at = coalesce(?20, deep_at),
             ttl_ms = CASE WHEN ?4 > void_lease THEN ?22 ELSE ttl_ms END,
             profile = CASE WHEN ?4 > void_lease THEN coalesce(?12, profile) ELSE profile END,
             rhythm = coalesce(?19, rhythm),
             how = coalesce(?13, how),
             etag = CASE WHEN ?14 AND ?4 > void_lease THEN ?15 ELSE etag END,
             last_modified = CASE WHEN ?14 AND ?4 > void_lease THEN ?16 ELSE last_modified END,
             digest = CASE WHEN ?14 AND ?4 > void_lease THEN ?17 ELSE digest END,
             read_at = CASE WHEN ?14 AND ?4 > void_lease THEN ?18 ELSE read_at END
         WHERE shard = ?1 AND source_id = ?2 AND host_id = ?3",
        params![
            at.shard,
            at.number,
            host.id(),
            lease,
            report.next_check.map(ms),
            ms(report.at),
            report.outcome.word(),
            report.outcome.is_success(),
            failed,
            failure,
            gap,
            profile,
            how,
            replaces,
            validators.etag,
            validators.last_modified,
            validators.digest.map(u128::to_be_bytes),
            validators.read_at.map(ms),
            rhythm,
            report.deep.as_ref().map(|deep| ms(deep.due)),
            deep_cursor,
            report.ttl.map(whole_ms)
        ],
    )?;
    Ok(updated == 1)
}

/// Milliseconds, as many as a column holds.
fn whole_ms(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Writes posts, what the page said of the blog, the feeds of both, and what is owed.
fn write_findings(tx: &Tx<'_>, recorded: &Recorded, now: Timestamp) -> Outcome<()> {
    let Recorded { at, report, .. } = recorded;
    let (at, changes) = (*at, &report.changes);
    let texts = &report.beside.texts;
    let writes = !changes.is_empty() || !changes.categories.is_empty() || report.met.is_some() || !texts.is_empty();
    let (touched, choice) = if writes {
        let mut writer = Writer::of(tx, at)?;
        writer.write(changes)?;
        if let Some(met) = &report.met {
            gone::take(tx, at, recorded.lease, met, now, &mut writer)?;
        }
        texts::keep(tx, at, texts, now, &mut writer)?;
        writer.finish()?
    } else {
        <(Touched, Choice)>::default()
    };
    beside::keep(tx, at, recorded.lease, &report.beside)?;
    if !changes.is_empty() || !report.beside.asked.is_empty() || report.beside.settles_all {
        beside::note_lacks(tx, at)?;
    }
    let sunk = match report.beside.sinks {
        Some(sinking) if beside::sink(tx, at, sinking)? => {
            feeds::raise_all(tx, at)?;
            true
        }
        Some(_) | None => false,
    };
    let raised = write_site(tx, at, &report.site, sunk)?;
    touched.write(tx, at, &choice, raised)?;
    outbox::owe(tx, at, &report.owed, now)
}

/// Writes what the page said of the blog. Whether that stands at the top of its feeds: then all of them are raised.
fn write_site(tx: &Tx<'_>, at: SourceRef, site: &SiteFacts, raised: bool) -> Outcome<bool> {
    let home = site.home.as_ref().map(url::Url::as_str);
    Categories::of(tx, at).note_tree(&site.tree)?;
    if site.declared.is_some() {
        tx.execute(
            "UPDATE source_state SET declared = ?3 WHERE shard = ?1 AND source_id = ?2 AND declared IS NOT ?3",
            params![at.shard, at.number, site.declared],
        )?;
    }
    if site.title.is_none() && site.language.is_none() && home.is_none() {
        return Ok(raised);
    }
    let changed = tx.execute(
        "UPDATE source_state SET site_title = coalesce(?3, site_title), language = coalesce(?4, language),
             home_url = coalesce(?5, home_url)
         WHERE shard = ?1 AND source_id = ?2 AND (
             site_title IS NOT coalesce(?3, site_title) OR language IS NOT coalesce(?4, language)
             OR home_url IS NOT coalesce(?5, home_url))",
        params![at.shard, at.number, site.title, site.language, home],
    )?;
    if changed == 1 && !raised {
        feeds::raise_all(tx, at)?;
    }
    Ok(raised || changed == 1)
}

/// Keeps what the host asks for. A wish to be left alone is never shortened by a later, smaller one.
fn pace_host(tx: &Tx<'_>, recorded: &Recorded) -> Outcome<()> {
    let Recorded { host, report, .. } = recorded;
    if report.host_gap_ms.is_none() && report.host_blocked_until.is_none() {
        return Ok(());
    }
    tx.execute(
        "UPDATE host SET gap_ms = coalesce(?3, gap_ms),
             blocked_until = max(coalesce(?4, blocked_until), coalesce(blocked_until, ?4))
         WHERE shard = ?1 AND host_id = ?2",
        params![host.shard(), host.id(), report.host_gap_ms, report.host_blocked_until.map(ms)],
    )?;
    Ok(())
}
