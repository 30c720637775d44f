//! What is stored of sources that the configuration no longer names goes for good.

use rusqlite::Transaction;

use super::fault::Outcome;
use super::merged;
use super::rows::{first, moment, plain};
use super::sources::OWNED;
use crate::model::source::SourceId;
use crate::store::contract::SourceRef;

/// Deletes these sources, as far as they were removed.
pub(super) fn prune(tx: &Transaction<'_>, sources: &[SourceId]) -> Outcome<Vec<SourceId>> {
    let mut gone = Vec::new();
    for id in sources {
        let mut statement = tx.prepare_cached(
            "SELECT shard, source_id, removed_at FROM source WHERE id = ?1 AND removed_at IS NOT NULL",
        )?;
        let found = first(&mut statement, [id.as_str()], |row| {
            Ok(([plain::<i64>(row, 0)?, plain::<i64>(row, 1)?], moment(plain(row, 2)?)?))
        })?;
        let Some((at, removed)) = found else { continue };
        merged::forget_source(tx, SourceRef { shard: at[0], number: at[1] }, removed)?;
        for table in OWNED {
            tx.execute(&format!("DELETE FROM {table} WHERE shard = ?1 AND source_id = ?2"), at)?;
        }
        gone.push(id.clone());
    }
    Ok(gone)
}
