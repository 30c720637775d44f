//! What polls found: posts, what their pages said of the blogs, the feeds of both, and what is owed.
//!
//! The reports are of different sources, and what is written of them is written together, kind by kind.

use std::collections::HashSet;

use jiff::Timestamp;

use super::categories::note_trees;
use super::changes::{self, Writer};
use super::fault::Outcome;
use super::feeds::{self, Raising};
use super::given::row;
use super::tx::Tx;
use super::{beside, gone, outbox, texts};
use crate::model::report::PollReport;
use crate::store::contract::{Recorded, SourceRef};

/// Whether a report may change feeds, and so merged ones.
pub(super) fn moves_feeds(report: &PollReport) -> bool {
    let site = &report.site;
    let head = site.title.is_some() || site.language.is_some() || site.home.is_some();
    head || report.beside.sinks.is_some() || writes_posts(report)
}

fn writes_posts(report: &PollReport) -> bool {
    let changes = &report.changes;
    let grows = !changes.is_empty() || !changes.categories.is_empty();
    grows || report.met.is_some() || !report.beside.texts.is_empty()
}

/// Writes all that reports of different sources found.
pub(super) fn write(tx: &Tx<'_>, taken: &[&Recorded], now: Timestamp) -> Outcome<()> {
    let touched = write_posts(tx, taken, now)?;
    for recorded in taken {
        beside::keep(tx, recorded.at, recorded.lease, &recorded.report.beside)?;
    }
    let may_lack = taken.iter().filter(|recorded| {
        let Recorded { report, .. } = recorded;
        !report.changes.is_empty() || !report.beside.asked.is_empty() || report.beside.settles_all
    });
    beside::note_lacks(tx, may_lack.map(|recorded| recorded.at))?;
    let mut raised = HashSet::new();
    for recorded in taken {
        if let Some(sinking) = recorded.report.beside.sinks
            && beside::sink(tx, recorded.at, sinking)?
        {
            feeds::raise_all(tx, recorded.at)?;
            raised.insert(recorded.at);
        }
    }
    write_sites(tx, taken, &mut raised)?;
    let raising = touched.into_iter().map(|(at, touched, choice)| {
        let is_raised = raised.contains(&at);
        Raising { at, touched, choice, is_raised }
    });
    feeds::raise(tx, raising.collect())?;
    outbox::owe(tx, taken, now)
}

/// Writes posts. Gives which feeds of whom that touched, and what is chosen of each.
fn write_posts(
    tx: &Tx<'_>,
    taken: &[&Recorded],
    now: Timestamp,
) -> Outcome<Vec<(SourceRef, feeds::Touched, crate::model::choice::Choice)>> {
    let writing: Vec<&Recorded> = taken.iter().copied().filter(|recorded| writes_posts(&recorded.report)).collect();
    let sources: Vec<_> = writing.iter().map(|recorded| (recorded.at, &recorded.report.changes)).collect();
    let mut writers = Writer::of_each(tx, &sources)?;
    changes::write_new(tx, &mut writers)?;
    let mut touched = Vec::with_capacity(writers.len());
    for (mut writer, recorded) in writers.into_iter().zip(writing) {
        let Recorded { at, lease, report, .. } = recorded;
        writer.change()?;
        if let Some(met) = &report.met {
            gone::take(tx, *at, *lease, met, now, &mut writer)?;
        }
        texts::keep(tx, *at, &report.beside.texts, now, &mut writer)?;
        let (of_source, choice) = writer.finish()?;
        touched.push((*at, of_source, choice));
    }
    Ok(touched)
}

/// Writes what pages said of their blogs. Where that stands at the top of a blog's feeds all of them are raised.
fn write_sites(tx: &Tx<'_>, taken: &[&Recorded], raised: &mut HashSet<SourceRef>) -> Outcome<()> {
    note_trees(tx, taken)?;
    let declared: Vec<_> = taken
        .iter()
        .filter(|recorded| recorded.report.site.declared.is_some())
        .map(|recorded| row![recorded.at.shard, recorded.at.number, recorded.report.site.declared])
        .collect();
    tx.put_each(
        "UPDATE source_state SET declared = ?3 /*rows FROM */
         WHERE shard = ?1 AND source_id = ?2 AND declared IS DISTINCT FROM ?3",
        &declared,
    )?;
    let (mut told, mut heads) = (Vec::new(), Vec::new());
    for recorded in taken {
        let (at, site) = (recorded.at, &recorded.report.site);
        let home = site.home.as_ref().map(url::Url::as_str);
        if site.title.is_some() || site.language.is_some() || home.is_some() {
            told.push(at);
            heads.push(row![at.shard, at.number, site.title.as_deref(), site.language.as_deref(), home]);
        }
    }
    let changed = tx.write_each(
        "UPDATE source_state SET site_title = coalesce(?3, site_title), language = coalesce(?4, language),
             home_url = coalesce(?5, home_url) /*rows FROM */
         WHERE shard = ?1 AND source_id = ?2 AND (
             site_title IS DISTINCT FROM coalesce(?3, site_title) OR language IS DISTINCT FROM coalesce(?4, language)
             OR home_url IS DISTINCT FROM coalesce(?5, home_url))",
        "shard, source_id",
        &heads,
    )?;
    for (at, _) in told.into_iter().zip(changed).filter(|(_, changed)| *changed) {
        if raised.insert(at) {
            feeds::raise_all(tx, at)?;
        }
    }
    Ok(())
}
