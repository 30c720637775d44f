//! Reports on their way into the shared database: no page holds up the others.

use jiff::Timestamp;

use super::pool::{Hand, How};
use crate::model::beside::Beside;
use crate::model::post::SiteFacts;
use crate::model::report::{Changes, ValidatorsUpdate};
use crate::store::contract::{Fenced, Recorded};
use crate::store::sql::fault::Outcome;
use crate::store::sql::record::record;

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
