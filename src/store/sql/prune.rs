//! What is stored of sources that the configuration no longer names goes for good.

use super::fault::Outcome;
use super::merged;
use super::rows::{moment, plain};
use super::sources::OWNED;
use super::tx::{Tx, params};
use crate::model::source::SourceId;
use crate::store::contract::SourceRef;

/// Deletes these sources, as far as they were removed.
pub(super) fn prune(tx: &Tx<'_>, sources: &[SourceId]) -> Outcome<Vec<SourceId>> {
    tx.alone()?;
    let mut gone = Vec::new();
    for id in sources {
        let found = tx.first(
            "SELECT shard, source_id, removed_at FROM source WHERE id = ?1 AND removed_at IS NOT NULL",
            params![id.as_str()],
            |row| Ok(([plain::<i64>(row, 0)?, plain::<i64>(row, 1)?], moment(plain(row, 2)?)?)),
        )?;
        let Some((at, removed)) = found else { continue };
        merged::forget_source(tx, SourceRef { shard: at[0], number: at[1] }, removed)?;
        for table in OWNED {
            tx.execute(&format!("DELETE FROM {table} WHERE shard = ?1 AND source_id = ?2"), params![at[0], at[1]])?;
        }
        gone.push(id.clone());
    }
    Ok(gone)
}
