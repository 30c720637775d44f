//! Recipes that were learnt: the one in use, those before it, those that a person took back.

use jiff::Timestamp;

use super::fault::{Fault, Outcome};
use super::lease;
use super::rows::{self, ms};
use super::sources::locate;
use super::tx::{Tx, params};
use crate::model::report::Learnt;
use crate::model::source::SourceId;
use crate::store::contract::{KeptRecipe, SourceRef};

/// Recipes of one source that are kept: a blog is redesigned once in years.
const KEPT: i64 = 8;

/// Puts a learnt recipe into use, unless it was read with an older recipe of the configuration (`void_lease`).
pub(super) fn learn(tx: &Tx<'_>, at: SourceRef, lease: i64, learnt: Option<&Learnt>) -> Outcome<()> {
    let Some(learnt) = learnt else { return Ok(()) };
    let recipe = serde_json::to_string(&learnt.recipe)?;
    let taken = tx.execute(
        "UPDATE source_state SET recipe_at = ?3 WHERE shard = ?1 AND source_id = ?2 AND ?4 > void_lease",
        params![at.shard, at.number, ms(learnt.at), lease],
    )?;
    if taken == 0 {
        return Ok(());
    }
    tx.execute(
        "INSERT INTO recipe_history (shard, source_id, at, recipe, reason) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (shard, source_id, at) DO UPDATE
             SET recipe = excluded.recipe, reason = excluded.reason, undone_at = NULL",
        params![at.shard, at.number, ms(learnt.at), recipe, learnt.because.word()],
    )?;
    tx.execute(
        "DELETE FROM recipe_history WHERE shard = ?1 AND source_id = ?2 AND at NOT IN (
         SELECT at FROM recipe_history WHERE shard = ?1 AND source_id = ?2 ORDER BY at DESC LIMIT ?3)",
        params![at.shard, at.number, KEPT],
    )?;
    Ok(())
}

/// All that are kept, the newest first.
pub(super) fn kept(tx: &Tx<'_>, at: SourceRef) -> Outcome<Vec<KeptRecipe>> {
    tx.all(
        "SELECT recipe, reason, at, undone_at FROM recipe_history WHERE shard = ?1 AND source_id = ?2 ORDER BY at DESC",
        params![at.shard, at.number],
        |row| {
            let learnt = rows::learnt(row, 0)?.ok_or_else(|| Fault::corrupt("recipe", &"NULL"))?;
            Ok(KeptRecipe { learnt, undone_at: rows::maybe_moment(row, 3)? })
        },
    )
}

/// Takes the one in use back. What stands before it comes into use.
pub(super) fn undo(tx: &Tx<'_>, id: &SourceId, now: Timestamp) -> Outcome<Option<Learnt>> {
    lease::lock_hosts_of(tx, std::slice::from_ref(id))?;
    let Some(at) = locate(tx, id)? else { return Ok(None) };
    let Some(learnt) = tx
        .first(
            "SELECT r.recipe, r.reason, r.at FROM source_state t JOIN recipe_history r
                 ON r.shard = t.shard AND r.source_id = t.source_id AND r.at = t.recipe_at
             WHERE t.shard = ?1 AND t.source_id = ?2",
            params![at.shard, at.number],
            |row| rows::learnt(row, 0),
        )?
        .flatten()
    else {
        return Ok(None);
    };
    tx.execute(
        "UPDATE recipe_history SET undone_at = ?4 WHERE shard = ?1 AND source_id = ?2 AND at = ?3",
        params![at.shard, at.number, ms(learnt.at), ms(now)],
    )?;
    tx.execute(
        "UPDATE source_state SET recipe_at = (
             SELECT max(at) FROM recipe_history
             WHERE shard = ?1 AND source_id = ?2 AND undone_at IS NULL AND at < ?3)
         WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number, ms(learnt.at)],
    )?;
    read_anew(tx, at)?;
    lease::set_due(tx, std::slice::from_ref(id), now)?;
    Ok(Some(learnt))
}

/// Forgets all of a source, so that its next look reads the page in full.
pub(super) fn forget_all(tx: &Tx<'_>, id: &SourceId) -> Outcome<bool> {
    lease::lock_hosts_of(tx, std::slice::from_ref(id))?;
    let Some(at) = locate(tx, id)? else { return Ok(false) };
    forget(tx, at)?;
    read_anew(tx, at)?;
    Ok(true)
}

/// Forgets all of a source.
pub(super) fn forget(tx: &Tx<'_>, at: SourceRef) -> Outcome<()> {
    tx.execute("DELETE FROM recipe_history WHERE shard = ?1 AND source_id = ?2", params![at.shard, at.number])?;
    tx.execute(
        "UPDATE source_state SET recipe_at = NULL WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number],
    )?;
    Ok(())
}

/// Voids what the recipe vouched for, now and when a poll that is under way comes back with it.
fn read_anew(tx: &Tx<'_>, at: SourceRef) -> Outcome<()> {
    tx.execute(
        "UPDATE source_state SET etag = NULL, last_modified = NULL, digest = NULL, read_at = NULL,
             void_lease = (SELECT h.lease_no FROM host h WHERE h.shard = ?1 AND h.host_id = source_state.host_id)
         WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number],
    )?;
    Ok(())
}
