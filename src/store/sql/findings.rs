//! What polls found: posts, what their pages said of the blogs, the feeds of both, and what is owed.
//!
//! The reports are of different sources, and what is written of them is written together, kind by kind.

use std::collections::HashSet;

use jiff::Timestamp;

use super::categories::note_trees;
use super::changes::{self, New, Writer};
use super::fault::{Fault, Outcome};
use super::feeds::{self, Raising};
use super::given::row;
use super::later::Later;
use super::tx::Tx;
use super::{beside, gone, outbox, states, texts};
use crate::model::choice::Choice;
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

/// What the posts of reports of different sources are written with, while it is looked up: nobody else writes what
/// belongs to their sources meanwhile.
pub(super) struct Asked<'t> {
    tx: &'t Tx<'t>,
    writing: Vec<&'t Recorded>,
    /// Those that are still of the host that was polled.
    staying: Later<'t, SourceRef>,
    writers: changes::Asked<'t>,
}

/// Posts that are being written.
pub(super) struct Writing<'t> {
    reports: Vec<&'t Recorded>,
    writers: Vec<Writer<'t>>,
    new: New<'t>,
}

/// Asks for it.
pub(super) fn ask<'t>(tx: &'t Tx<'t>, run: &'t [Recorded]) -> Outcome<Asked<'t>> {
    let writing: Vec<&Recorded> = run.iter().filter(|recorded| writes_posts(&recorded.report)).collect();
    let of_hosts: Vec<_> = writing.iter().map(|recorded| states::of_host(recorded)).collect();
    let staying = tx.all_each_later(states::STAYING, &of_hosts, states::source_ref)?;
    let writers = Writer::ask(tx, writing.iter().map(|recorded| (recorded.at, &recorded.report.changes)).collect())?;
    Ok(Asked { tx, writing, staying, writers })
}

impl<'t> Asked<'t> {
    /// Writes the new posts that come under leases which are held, of sources that are still of their hosts.
    pub(super) fn write_new(self, is_held: impl Fn(&Recorded) -> bool) -> Outcome<Writing<'t>> {
        let staying: HashSet<SourceRef> = self.staying.wait()?.into_iter().collect();
        let writes = |recorded: &Recorded| is_held(recorded) && staying.contains(&recorded.at);
        let both = self.writing.into_iter().zip(self.writers.writers()?);
        let (reports, mut writers): (Vec<_>, Vec<_>) = both.filter(|(recorded, _)| writes(recorded)).unzip();
        let new = changes::write_new(self.tx, &mut writers)?;
        Ok(Writing { reports, writers, new })
    }
}

/// Writes all that reports of different sources found; their new posts are being written.
pub(super) fn write(tx: &Tx<'_>, posts: Writing<'_>, taken: &[&Recorded], now: Timestamp) -> Outcome<()> {
    // Which sources stay was read under the lock of their hosts: the same are taken.
    let of_taken = taken.iter().filter(|recorded| writes_posts(&recorded.report)).map(|recorded| recorded.at);
    if !of_taken.eq(posts.reports.iter().map(|recorded| recorded.at)) {
        return Err(Fault::Missing);
    }
    let (touched, known) = write_posts(tx, posts, now)?;
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
    feeds::raise(tx, &raising.collect::<Vec<_>>(), &known)?;
    outbox::owe(tx, taken, now)
}

/// The feeds of a source that were touched, and what is chosen of it.
type Touch = (SourceRef, feeds::Touched, Choice);

/// Writes what else there is of posts. Gives which feeds of whom that touched, and of which it is known that they are there.
fn write_posts(tx: &Tx<'_>, posts: Writing<'_>, now: Timestamp) -> Outcome<(Vec<Touch>, HashSet<feeds::There>)> {
    let Writing { reports, mut writers, new } = posts;
    let known = new.admit(tx, &mut writers)?;
    let mut touched = Vec::with_capacity(writers.len());
    for (mut writer, recorded) in writers.into_iter().zip(reports) {
        let Recorded { at, lease, report, .. } = recorded;
        writer.change()?;
        if let Some(met) = &report.met {
            gone::take(tx, *at, *lease, met, now, &mut writer)?;
        }
        texts::keep(tx, *at, &report.beside.texts, now, &mut writer)?;
        let (of_source, choice) = writer.finish()?;
        touched.push((*at, of_source, choice));
    }
    Ok((touched, known))
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
