//! A source gets another id, and its feeds other paths. Its number stays, and with it all that is counted by it.

use super::fault::Outcome;
use super::merged;
use super::rows;
use super::sources::{locate, written};
use super::tx::{Tx, params};
use crate::model::source::{Source, SourceId};
use crate::store::contract::Renamed;

/// Renames a source.
pub(super) fn rename(tx: &Tx<'_>, old: &SourceId, new: &SourceId) -> Outcome<Renamed> {
    tx.alone()?;
    let Some(at) = locate(tx, old)? else { return Ok(Renamed::Unknown) };
    if locate(tx, new)?.is_some() {
        return Ok(Renamed::Taken);
    }
    let json: String = tx.one(
        "SELECT definition FROM source WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number],
        |row| row.get(0),
    )?;
    let source = Source { id: new.clone(), ..rows::json("source", &json)? };
    let (definition, hash) = written(&source)?;
    tx.execute(
        "UPDATE source SET id = ?3, definition = ?4, definition_hash = ?5 WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number, new.as_str(), definition, hash],
    )?;
    merged::raise(tx, at)?;
    // What a document says of its own address is another now.
    tx.execute(
        "UPDATE feed INDEXED BY feed_by_kind SET path = ?3 || substr(path, length(?4) + 1), version = version + 1,
             published_pages = 0
         WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number, new.as_str(), old.as_str()],
    )?;
    Ok(Renamed::Done)
}
