//! A batch of reports, taken in one transaction.
//!
//! Each is fenced by its host's lease. One that says no more than "not modified" costs one update of its source's
//! state, and one of its host when it is the last.

use std::sync::LazyLock;

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
use crate::model::report::{PollReport, ValidatorsUpdate};
use crate::store::contract::{Fenced, Recorded, SourceRef};

/// Takes a batch, report after report.
pub(in crate::store) fn record(tx: &Tx<'_>, batch: &[Recorded], now: Timestamp) -> Outcome<Vec<Fenced>> {
    batch
        .iter()
        .map(|recorded| {
            if !lease::is_held(tx, &recorded.host, recorded.lease)? {
                return Ok(Fenced::LeaseLost);
            }
            // A source that moved to another host meanwhile is not this lease's any more; the host still is.
            let taken = write_state(tx, recorded)?;
            if taken {
                write_rest(tx, recorded, now)?;
            }
            if recorded.last_of_host {
                lease::give_back(tx, &recorded.host)?;
            }
            Ok(if taken { Fenced::Recorded } else { Fenced::LeaseLost })
        })
        .collect()
}

/// Writes all that a report says beyond how the poll ended.
pub(in crate::store) fn write_rest(tx: &Tx<'_>, recorded: &Recorded, now: Timestamp) -> Outcome<()> {
    write_findings(tx, recorded, now)?;
    recipes::learn(tx, recorded.at, recorded.lease, recorded.report.learnt.as_ref())?;
    pace_host(tx, recorded)
}

/// Whether a report may change feeds, and so merged ones.
pub(in crate::store) fn moves_feeds(report: &PollReport) -> bool {
    let site = &report.site;
    let head = site.title.is_some() || site.language.is_some() || site.home.is_some();
    head || report.beside.sinks.is_some() || writes_posts(report)
}

fn writes_posts(report: &PollReport) -> bool {
    let changes = &report.changes;
    let grows = !changes.is_empty() || !changes.categories.is_empty();
    grows || report.met.is_some() || !report.beside.texts.is_empty()
}

/// How a poll moves the state of its source: `?1` to `?3` say which it is, `?4` under which lease it was read, and the
/// rest is [`Moved`], in its order.
///
/// What was read with an older recipe (`void_lease`) moves no validators and leaves the source due; the rhythm is the
/// blog's, however it was read.
pub(in crate::store) const MOVES: &str = "
    due_at = CASE WHEN ?4 > void_lease THEN ?5 ELSE due_at END,
    last_poll = ?6,
    outcome = ?7,
    last_success = CASE WHEN ?8 = 1 THEN ?6 ELSE last_success END,
    failures = CASE WHEN ?8 = 1 THEN 0 ELSE failures + ?9 END,
    failure = CASE WHEN ?8 = 1 THEN NULL ELSE coalesce(?10, failure) END,
    gap_cursor = ?11,
    profile = CASE WHEN ?4 > void_lease THEN coalesce(?12, profile) ELSE profile END,
    how = coalesce(?13, how),
    etag = CASE WHEN ?14 = 1 AND ?4 > void_lease THEN ?15 ELSE etag END,
    last_modified = CASE WHEN ?14 = 1 AND ?4 > void_lease THEN ?16 ELSE last_modified END,
    digest = CASE WHEN ?14 = 1 AND ?4 > void_lease THEN ?17 ELSE digest END,
    read_at = CASE WHEN ?14 = 1 AND ?4 > void_lease THEN ?18 ELSE read_at END,
    rhythm = coalesce(?19, rhythm),
    deep_at = coalesce(?20, deep_at),
    deep_cursor = CASE WHEN ?20 IS NULL OR ?4 <= void_lease THEN deep_cursor ELSE ?21 END,
    ttl_ms = CASE WHEN ?4 > void_lease THEN ?22 ELSE ttl_ms END";

/// The values of [`MOVES`] from `?5` on.
pub(in crate::store) struct Moved<'r> {
    pub(in crate::store) due: Option<i64>,
    pub(in crate::store) at: i64,
    pub(in crate::store) outcome: &'static str,
    pub(in crate::store) is_success: bool,
    pub(in crate::store) failed: i64,
    pub(in crate::store) failure: Option<String>,
    pub(in crate::store) gap: Option<String>,
    pub(in crate::store) profile: Option<String>,
    pub(in crate::store) how: Option<&'r str>,
    /// `None`: they stay. Then come whether they do not, and what is in them.
    pub(in crate::store) validators: Option<&'r Validators>,
    pub(in crate::store) rhythm: Option<String>,
    pub(in crate::store) deep_at: Option<i64>,
    pub(in crate::store) deep_cursor: Option<String>,
    pub(in crate::store) ttl: Option<i64>,
}

impl<'r> Moved<'r> {
    /// What a report moves.
    pub(in crate::store) fn by(recorded: &'r Recorded) -> Outcome<Self> {
        let report = &recorded.report;
        let deep_cursor = report.deep.as_ref().and_then(|deep| deep.cursor.as_ref());
        Ok(Self {
            due: report.next_check.map(ms),
            at: ms(report.at),
            outcome: report.outcome.word(),
            is_success: report.outcome.is_success(),
            failed: match &report.outcome {
                PollOutcome::Failed(_) | PollOutcome::Gone(_) => 1,
                PollOutcome::NotModified
                | PollOutcome::Unchanged
                | PollOutcome::Baseline
                | PollOutcome::Changed
                | PollOutcome::Repaired
                | PollOutcome::Deferred { .. }
                | PollOutcome::Offline(_) => 0,
            },
            failure: report.outcome.failure().map(serde_json::to_string).transpose()?,
            gap: report.gap.as_ref().map(serde_json::to_string).transpose()?,
            profile: report.profile.as_ref().map(serde_json::to_string).transpose()?,
            how: (!report.how.is_empty()).then_some(&report.how),
            validators: match &report.validators {
                ValidatorsUpdate::Keep => None,
                ValidatorsUpdate::Replace(validators) => Some(validators),
            },
            rhythm: report.rhythm.as_ref().map(serde_json::to_string).transpose()?,
            deep_at: report.deep.as_ref().map(|deep| ms(deep.due)),
            deep_cursor: deep_cursor.map(serde_json::to_string).transpose()?,
            ttl: report.ttl.map(whole_ms),
        })
    }
}

/// Writes how the poll ended. `false`: the source is not of this host.
fn write_state(tx: &Tx<'_>, recorded: &Recorded) -> Outcome<bool> {
    static SQL: LazyLock<String> = LazyLock::new(|| {
        format!("UPDATE source_state SET {MOVES} WHERE shard = ?1 AND source_id = ?2 AND host_id = ?3")
    });
    let moved = Moved::by(recorded)?;
    let validators = moved.validators;
    let updated = tx.execute(
        &SQL,
        params![
            recorded.at.shard,
            recorded.at.number,
            recorded.host.id(),
            recorded.lease,
            moved.due,
            moved.at,
            moved.outcome,
            moved.is_success,
            moved.failed,
            moved.failure,
            moved.gap,
            moved.profile,
            moved.how,
            validators.is_some(),
            validators.and_then(|validators| validators.etag.as_deref()),
            validators.and_then(|validators| validators.last_modified.as_deref()),
            validators.and_then(|validators| validators.digest).map(u128::to_be_bytes),
            validators.and_then(|validators| validators.read_at).map(ms),
            moved.rhythm,
            moved.deep_at,
            moved.deep_cursor,
            moved.ttl
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
    let (touched, choice) = if writes_posts(report) {
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
            "UPDATE source_state SET declared = ?3 WHERE shard = ?1 AND source_id = ?2
                 AND declared IS DISTINCT FROM ?3",
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
             site_title IS DISTINCT FROM coalesce(?3, site_title) OR language IS DISTINCT FROM coalesce(?4, language)
             OR home_url IS DISTINCT FROM coalesce(?5, home_url))",
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
             blocked_until = CASE WHEN ?4 IS NULL OR blocked_until > ?4 THEN blocked_until ELSE ?4 END
         WHERE shard = ?1 AND host_id = ?2",
        params![host.shard(), host.id(), report.host_gap_ms, report.host_blocked_until.map(ms)],
    )?;
    Ok(())
}
