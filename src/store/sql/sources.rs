//! Sources: what the configuration names, what left it, what moved.
//!
//! A source that is not there any more keeps its rows. One that moved to another host takes them along to the
//! shard of that host. Another id is another source here: `rename.rs` is what gives one source another.

use std::collections::HashMap;
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::fault::Outcome;
use super::rows::{self, ms, plain};
use super::tx::{Row, Tx, params};
use super::value::Bind;
use super::{choice, feeds, gone, recipes, stocking, stored, texts};
use crate::model::host::{Host, stable_id};
use crate::model::source::{Source, SourceId};
use crate::store::contract::{SourceOverview, SourceRef, Synced};

/// Every table whose rows belong to a source: they move with it and go with it.
pub(super) const OWNED: &[&str] = &[
    "source",
    "source_state",
    "post",
    "category",
    "post_category",
    "post_label",
    "merged_source",
    "merged_post",
    "alias",
    "tombstone",
    "edit",
    "outbox",
    "feed",
    "archive_page",
    "archived_post",
    "page",
    "post_text",
    "met",
    "missing",
    "recipe_history",
];

/// A hash by which an unchanged source is known.
#[derive(Debug)]
pub(super) struct Definition {
    id: SourceId,
    hash: i64,
}

/// What is stored of a source whose definition is to be compared.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) at: SourceRef,
    pub(super) host_id: i64,
    pub(super) hash: i64,
    pub(super) removed: bool,
}

/// By what the sources are known. Their texts are not held: most of many sources are stored as they are.
pub(super) fn define(sources: &[Source]) -> Outcome<Vec<Definition>> {
    sources.iter().map(|source| Ok(Definition { id: source.id.clone(), hash: written(source)?.1 })).collect()
}

/// A source as it is stored, and its hash.
pub(super) fn written(source: &Source) -> Outcome<(String, i64)> {
    let json = serde_json::to_string(source)?;
    let hash = stable_id(json.as_bytes());
    Ok((json, hash))
}

/// Whether the configuration's sources in the store are just these. Reads one index and no definition.
pub(super) fn are_same(tx: &Tx<'_>, definitions: &[Definition]) -> Outcome<bool> {
    let wanted: HashMap<&str, i64> = definitions.iter().map(|wanted| (wanted.id.as_str(), wanted.hash)).collect();
    let mut same = 0;
    let mut is_same = true;
    tx.each("SELECT id, definition_hash FROM source WHERE written IS NULL AND removed_at IS NULL", &[], |row| {
        is_same = wanted.get(row.text(0)?) == Some(&row.get(1)?);
        same += 1;
        Ok(if is_same { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(is_same && same == wanted.len())
}

/// Makes the configuration's sources in the store these. `definitions` stand in the order of `sources`.
pub(super) fn sync(tx: &Tx<'_>, sources: &[Source], definitions: &[Definition], now: Timestamp) -> Outcome<Synced> {
    // Sources move between hosts, and their posts between merged feeds.
    tx.alone()?;
    let mut stored = stored(tx)?;
    let mut synced = Synced::default();
    for (source, definition) in sources.iter().zip(definitions) {
        match stored.remove(&source.id) {
            None => match stored::to_be_taken(tx, &source.id)? {
                None => {
                    add(tx, source, None, now)?;
                    synced.added.push(source.id.clone());
                }
                Some(before) => {
                    change(tx, &before, source, now, &mut synced)?;
                    let at = SourceRef { shard: source.host().shard(), number: before.at.number };
                    stored::keep_written(tx, at, None)?;
                    synced.taken.push(source.id.clone());
                }
            },
            Some(before) if before.hash == definition.hash && !before.removed => {}
            Some(before) => change(tx, &before, source, now, &mut synced)?,
        }
    }
    let mut left: Vec<_> = stored.into_iter().filter(|(_, before)| !before.removed).collect();
    left.sort_by(|one, other| one.0.as_str().cmp(other.0.as_str()));
    for (id, before) in left {
        rest(tx, before.at, now)?;
        synced.removed.push(id);
    }
    Ok(synced)
}

/// Takes a source from the schedule that nobody names any more.
pub(super) fn rest(tx: &Tx<'_>, at: SourceRef, now: Timestamp) -> Outcome<()> {
    tx.execute(
        "UPDATE source SET removed_at = ?3 WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number, ms(now)],
    )?;
    tx.execute("UPDATE source_state SET rests = 1 WHERE shard = ?1 AND source_id = ?2", params![at.shard, at.number])?;
    Ok(())
}

fn stored(tx: &Tx<'_>) -> Outcome<HashMap<SourceId, Stored>> {
    let rows = tx.all(
        "SELECT id, shard, source_id, host_id, definition_hash, removed_at IS NOT NULL FROM source WHERE written IS NULL",
        &[],
        |row| {
            let at = SourceRef { shard: row.get(1)?, number: row.get(2)? };
            let stored = Stored { at, host_id: row.get(3)?, hash: row.get(4)?, removed: row.get(5)? };
            Ok((rows::source_id(row, 0)?, stored))
        },
    )?;
    Ok(rows.into_iter().collect())
}

/// Adds a source: `written` are its keys where the state alone has it.
pub(super) fn add(tx: &Tx<'_>, source: &Source, written_keys: Option<&str>, now: Timestamp) -> Outcome<SourceRef> {
    let (host, (definition, hash)) = (source.host(), written(source)?);
    let number = free_number(tx, stable_id(source.id.as_str().as_bytes()))?;
    wake(tx, &host, now)?;
    tx.execute(
        "INSERT INTO source (shard, source_id, host_id, id, url, title, definition, definition_hash, added_at, written)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            host.shard(),
            number,
            host.id(),
            source.id.as_str(),
            source.url.as_str(),
            source.title,
            definition,
            hash,
            ms(now),
            written_keys
        ],
    )?;
    tx.execute(
        "INSERT INTO source_state (shard, source_id, host_id, rests, due_at, leads) VALUES (?1, ?2, ?3, ?4, ?5,
             CASE WHEN EXISTS (
                 SELECT 1 FROM source_state t WHERE t.shard = ?1 AND t.host_id = ?3 AND t.leads = 1 /*pg AND t.turn = 0 */)
             THEN 0 ELSE 1 END)",
        params![host.shard(), number, host.id(), source.paused, ms(now)],
    )?;
    let at = SourceRef { shard: host.shard(), number };
    if source.full_text {
        texts::want(tx, at, true)?;
    }
    choice::write(tx, at, &source.choice)?;
    Ok(at)
}

/// The first number from `wanted` on that no source has.
pub(super) fn free_number(tx: &Tx<'_>, wanted: i64) -> Outcome<i64> {
    let mut number = wanted;
    while tx.exists("SELECT 1 FROM source WHERE source_id = ?1", params![number])? {
        number = number.checked_add(1).unwrap_or_default();
    }
    Ok(number)
}

/// Makes a source that is stored another.
pub(super) fn change(
    tx: &Tx<'_>,
    before: &Stored,
    source: &Source,
    now: Timestamp,
    synced: &mut Synced,
) -> Outcome<()> {
    let (host, (definition, hash)) = (source.host(), written(source)?);
    let at = SourceRef { shard: host.shard(), number: before.at.number };
    let (url, json) = tx.one(
        "SELECT url, definition FROM source WHERE shard = ?1 AND source_id = ?2",
        params![before.at.shard, at.number],
        |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)),
    )?;
    // What an older version wrote and this one cannot read is a change of everything.
    let old: Option<Source> = serde_json::from_str(&json).ok();
    let moved = url != source.url.as_str();
    let reads_anew = old.as_ref().is_none_or(|old| {
        !old.recipe.reads_lists_as(&source.recipe)
            || old.time_zone != source.time_zone
            || old.base_url != source.base_url
    });
    let head_changed = moved
        || old.as_ref().is_none_or(|old| {
            old.title != source.title || old.language != source.language || old.choice.titles != source.choice.titles
        });
    if before.host_id != host.id() {
        relocate(tx, before.at, &host)?;
    }
    wake(tx, &host, now)?;
    tx.execute(
        "UPDATE source SET url = ?3, title = ?4, definition = ?5, definition_hash = ?6, removed_at = NULL
         WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number, source.url.as_str(), source.title, definition, hash],
    )?;
    // What rested and does so no more is due.
    tx.execute(
        "UPDATE source_state SET rests = ?3,
             due_at = CASE WHEN rests = 1 AND ?3 = 0 AND (due_at IS NULL OR due_at > ?4) THEN ?4 ELSE due_at END
         WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number, source.paused, ms(now)],
    )?;
    if moved || reads_anew {
        void(tx, at, &host, now)?;
    }
    choice::apply(tx, at, &source.choice, now)?;
    let texts_change = old.as_ref().is_none_or(|old| old.full_text != source.full_text);
    if texts_change {
        texts::want(tx, at, source.full_text)?;
    } else if source.full_text && old.as_ref().is_some_and(|old| old.recipe.content() != source.recipe.content()) {
        texts::want_anew(tx, at)?;
    }
    if head_changed || texts_change {
        feeds::raise_all(tx, at)?;
    }
    if moved {
        synced.moved.push(source.id.clone());
    }
    if reads_anew {
        synced.voided.push(source.id.clone());
    }
    Ok(())
}

/// Forgets what the old recipe (or page) vouched for and what was learnt from it, now and when a poll that is under way
/// comes back with it.
fn void(tx: &Tx<'_>, at: SourceRef, host: &Host, now: Timestamp) -> Outcome<()> {
    recipes::forget(tx, at)?;
    gone::forget(tx, at)?;
    tx.execute(
        "UPDATE source_state
         SET etag = NULL, last_modified = NULL, digest = NULL, read_at = NULL, profile = NULL, due_at = ?4,
             deep_cursor = NULL, ttl_ms = NULL,
             void_lease = (SELECT lease_no FROM host WHERE shard = ?1 AND host_id = ?3)
         WHERE shard = ?1 AND source_id = ?2",
        params![at.shard, at.number, host.id(), ms(now)],
    )?;
    tx.execute("DELETE FROM page WHERE shard = ?1 AND source_id = ?2", params![at.shard, at.number])?;
    Ok(())
}

/// Moves all rows of a source to another host. A walk that broke off there is not gone on with here.
fn relocate(tx: &Tx<'_>, from: SourceRef, host: &Host) -> Outcome<()> {
    if from.shard != host.shard() {
        for table in OWNED {
            tx.execute(
                &format!("UPDATE {table} SET shard = ?3 WHERE shard = ?1 AND source_id = ?2"),
                params![from.shard, from.number, host.shard()],
            )?;
        }
    }
    let here = params![host.shard(), from.number, host.id()];
    tx.execute("UPDATE source SET host_id = ?3 WHERE shard = ?1 AND source_id = ?2", here)?;
    tx.execute(
        "UPDATE source_state SET host_id = ?3, gap_cursor = NULL, leads = CASE WHEN EXISTS (
             SELECT 1 FROM source_state t WHERE t.shard = ?1 AND t.host_id = ?3 AND t.leads = 1 /*pg AND t.turn = 0 */)
             THEN 0 ELSE 1 END
         WHERE shard = ?1 AND source_id = ?2",
        here,
    )?;
    Ok(())
}

/// Makes sure that the host is there and looked at now.
fn wake(tx: &Tx<'_>, host: &Host, now: Timestamp) -> Outcome<()> {
    tx.execute(
        "INSERT INTO host (shard, host_id, name, next_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (shard, host_id) DO UPDATE
             SET next_at = CASE WHEN host.next_at < excluded.next_at THEN host.next_at ELSE excluded.next_at END",
        params![host.shard(), host.id(), host.name(), ms(now)],
    )?;
    Ok(())
}

/// The same for many hosts, each of them named once.
pub(super) fn wake_all(tx: &Tx<'_>, hosts: &[Host], now: Timestamp) -> Outcome<()> {
    let values: Vec<(i64, i64)> = hosts.iter().map(|host| (host.shard(), host.id())).collect();
    let (names, now) = (hosts.iter().map(Host::name).collect::<Vec<_>>(), ms(now));
    let hosts: Vec<_> = values.into_iter().zip(names).collect();
    for portion in stocking::portions(&hosts) {
        let place = |number: usize| format!("(?{}, ?{}, ?{}, ?1)", 3 * number + 2, 3 * number + 3, 3 * number + 4);
        let places: Vec<String> = (0..portion.len()).map(place).collect();
        let mut params: Vec<&dyn Bind> = vec![&now];
        for ((shard, id), name) in portion {
            params.extend([shard as &dyn Bind, id, name]);
        }
        tx.execute(
            &format!(
                "INSERT INTO host (shard, host_id, name, next_at) VALUES {}
                 ON CONFLICT (shard, host_id) DO UPDATE
                     SET next_at = CASE WHEN host.next_at < excluded.next_at THEN host.next_at ELSE excluded.next_at END",
                places.join(", ")
            ),
            &params,
        )?;
    }
    Ok(())
}

/// Where a source is stored.
pub(super) fn locate(tx: &Tx<'_>, id: &SourceId) -> Outcome<Option<SourceRef>> {
    tx.first("SELECT shard, source_id FROM source WHERE id = ?1", params![id.as_str()], |row| {
        Ok(SourceRef { shard: plain(row, 0)?, number: plain(row, 1)? })
    })
}

/// All sources, by id; removed ones last.
pub(super) fn overview(tx: &Tx<'_>) -> Outcome<Vec<SourceOverview>> {
    tx.all(&format!("{} ORDER BY s.removed_at IS NOT NULL, s.id", select_overview()), &[], read_overview)
}

/// One source by its id.
pub(super) fn one(tx: &Tx<'_>, id: &SourceId) -> Outcome<Option<SourceOverview>> {
    tx.first(&format!("{} WHERE s.id = ?1", select_overview()), params![id.as_str()], read_overview)
}

/// The columns of [`read_overview`], of a source `s`, its state `t` and its feed `f`.
pub(super) fn select_overview() -> String {
    format!(
        "SELECT {}, s.shard, s.source_id, s.definition, s.removed_at IS NOT NULL, coalesce(f.posts, 0) + t.excluded, s.written IS NOT NULL
         FROM source s JOIN source_state t ON t.shard = s.shard AND t.source_id = s.source_id {}
         LEFT JOIN feed f ON f.shard = s.shard AND f.source_id = s.source_id AND f.kind = 'all' AND f.category = ''",
        rows::STATE,
        rows::RECIPE
    )
}

/// A row of [`select_overview`].
pub(super) fn read_overview(row: &Row<'_>) -> Outcome<SourceOverview> {
    let next = rows::STATE_WIDTH;
    Ok(SourceOverview {
        at: SourceRef { shard: row.get(next)?, number: row.get(next + 1)? },
        source: rows::json("source", row.text(next + 2)?)?,
        state: rows::state(row, 0)?,
        posts: rows::count(row, next + 4)?,
        removed: row.get(next + 3)?,
        stored: row.get(next + 5)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_taken_is_passed_over() {
        let connection = crate::store::sqlite::schema::open_in_memory().unwrap();
        let tx = Tx::sqlite(&connection);
        for (shard, number) in [(1, 7), (2, 8), (3_i64, i64::MAX)] {
            tx.execute(
                "INSERT INTO source (shard, source_id, host_id, id, url, definition, definition_hash, added_at)
                 VALUES (?1, ?2, 0, 'id-' || ?1, '', '', 0, 0)",
                params![shard, number],
            )
            .unwrap();
        }
        for (wanted, free) in [(6, 6), (7, 9), (8, 9), (i64::MAX, 0)] {
            assert_eq!(free_number(&tx, wanted).unwrap(), free);
        }
    }
}
