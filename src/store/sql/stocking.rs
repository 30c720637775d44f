//! Many sources at once on their way into the state: what is new is written in a few statements for all of them.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use url::Url;

use super::fault::Outcome;
use super::given::row;
use super::merged::{self, Stored as Merged};
use super::rows::ms;
use super::sources::{self, Stored};
use super::stored::keep_written;
use super::texts;
use super::tx::{Row, Tx};
use super::value::{Bind, Kind, Owned};
use crate::model::host::{Host, stable_id};
use crate::model::source::{Source, SourceId};
use crate::store::contract::{SourceRef, Synced};
use crate::store::stored::{Offered, Put};

/// Ids with a number behind them are tried up to this one; then those with a mark of the address, however many others there are.
const NUMBERED: u32 = 9;

/// Rows in one statement. Few different numbers, so that the statements stay prepared.
const PORTIONS: [usize; 3] = [128, 16, 1];

/// What is stored under an id.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) stored: Stored,
    pub(super) url: String,
    pub(super) written: Option<String>,
}

/// An offered source by its place, and the id that it may have.
struct Asked {
    place: usize,
    id: SourceId,
    tries: u32,
}

/// Puts sources into the state.
pub(super) fn put(tx: &Tx<'_>, offered: &[Offered], now: Timestamp) -> Outcome<Vec<Put>> {
    // Two who put the same id in at once would both find it free.
    tx.alone()?;
    let merged = merged::stored(tx)?;
    let mut answers: Vec<Option<Put>> = offered.iter().map(|_| None).collect();
    let mut fresh: Vec<(usize, Source)> = Vec::new();
    // Of this batch, with their addresses.
    let mut coming: HashMap<SourceId, Url> = HashMap::new();
    let mut again: Vec<usize> = Vec::new();
    let mut asked: Vec<Asked> = (0..offered.len()).map(|place| ask(offered, place, 1)).collect();
    while !asked.is_empty() {
        let found = find(tx, &asked.iter().map(|asked| &asked.id).collect::<Vec<_>>())?;
        for Asked { place, id, tries } in std::mem::take(&mut asked) {
            let Offered { source, id_is_suggested, .. } = &offered[place];
            // A suggested id makes way for whoever has it; a given one at another address is the same source moved.
            let makes_way = |url: &str| *id_is_suggested && url != source.url.as_str();
            match (coming.get(&id), found.get(&id)) {
                (Some(url), _) if makes_way(url.as_str()) => asked.push(ask(offered, place, tries + 1)),
                // The same one twice in a batch: the second is compared with the first when that is there.
                (Some(_), _) => again.push(place),
                (None, Some(there)) if makes_way(&there.url) => asked.push(ask(offered, place, tries + 1)),
                (None, Some(there)) => {
                    coming.insert(id.clone(), source.url.clone());
                    let source = Source { id, ..source.clone() };
                    answers[place] = Some(put_over(tx, there, source, &offered[place], &merged, now)?);
                }
                (None, None) => {
                    coming.insert(id.clone(), source.url.clone());
                    answers[place] = Some(Put::Added(id.clone()));
                    fresh.push((place, Source { id, ..source.clone() }));
                }
            }
        }
    }
    add(tx, offered, &fresh, &merged, now)?;
    for place in again {
        // One at a time from here on: it is there now.
        answers[place] = put(tx, std::slice::from_ref(&offered[place]), now)?.pop();
    }
    Ok(answers.into_iter().flatten().collect())
}

fn ask(offered: &[Offered], place: usize, tries: u32) -> Asked {
    let Offered { source, id_is_suggested, .. } = &offered[place];
    let id = if *id_is_suggested { candidate(&source.id, &source.url, tries) } else { source.id.clone() };
    Asked { place, id, tries }
}

/// Makes a source that is there the offered one.
fn put_over(
    tx: &Tx<'_>,
    found: &Found,
    source: Source,
    offered: &Offered,
    merged: &[Merged],
    now: Timestamp,
) -> Outcome<Put> {
    if found.written.is_none() && !found.stored.removed {
        return Ok(Put::OfFile(source.id));
    }
    let (_, hash) = sources::written(&source)?;
    let is_same = found.stored.hash == hash && !found.stored.removed;
    if is_same && found.written.as_deref() == Some(&offered.written) {
        return Ok(Put::Same(source.id));
    }
    if !is_same {
        sources::change(tx, &found.stored, &source, now, &mut Synced::default())?;
    }
    let at = SourceRef { shard: source.host().shard(), number: found.stored.at.number };
    keep_written(tx, at, Some(&offered.written))?;
    if found.stored.removed {
        merged::join(tx, &source.id, at, merged, now)?;
    }
    Ok(Put::Changed(source.id))
}

/// Adds sources that are not there.
fn add(tx: &Tx<'_>, offered: &[Offered], fresh: &[(usize, Source)], merged: &[Merged], now: Timestamp) -> Outcome<()> {
    let wanted: Vec<i64> = fresh.iter().map(|(_, source)| stable_id(source.id.as_str().as_bytes())).collect();
    let mut taken = taken_numbers(tx, &wanted)?;
    let mut hosts: HashMap<(i64, i64), Host> = HashMap::new();
    let (mut rows, mut states, mut refs) = (Vec::new(), Vec::new(), Vec::new());
    for ((place, source), mut number) in fresh.iter().zip(wanted) {
        while !taken.insert(number) {
            number = sources::free_number(tx, number.checked_add(1).unwrap_or_default())?;
        }
        let (host, (definition, hash)) = (source.host(), sources::written(source)?);
        let choice = (!source.choice.is_usual()).then(|| serde_json::to_string(&source.choice)).transpose()?;
        let text = |text: Option<&str>| text.map_or(Owned::Null, |text| Owned::Text(text.to_owned()));
        rows.push(vec![
            Owned::Int(host.shard()),
            Owned::Int(number),
            Owned::Int(host.id()),
            text(Some(source.id.as_str())),
            text(Some(source.url.as_str())),
            text(source.title.as_deref()),
            Owned::Text(definition),
            Owned::Int(hash),
            Owned::Int(ms(now)),
            text(Some(&offered[*place].written)),
            text(choice.as_deref()),
        ]);
        states.push([host.shard(), number, host.id(), i64::from(source.paused), ms(now)]);
        refs.push(SourceRef { shard: host.shard(), number });
        hosts.insert((host.shard(), host.id()), host);
    }
    let mut led = led(tx, hosts.keys())?;
    sources::wake_all(tx, &hosts.into_values().collect::<Vec<_>>(), now)?;
    tx.insert("source", &columns(&SOURCE), &rows)?;
    let states: Vec<Vec<Owned>> = states
        .into_iter()
        .map(|[shard, number, host, rests, due]| {
            let leads = i64::from(led.insert((shard, host)));
            [shard, number, host, rests, due, leads].map(Owned::Int).to_vec()
        })
        .collect();
    tx.insert("source_state", &columns(&STATE), &states)?;
    for ((_, source), at) in fresh.iter().zip(refs) {
        if source.full_text {
            texts::want(tx, at, true)?;
        }
        merged::join(tx, &source.id, at, merged, now)?;
    }
    Ok(())
}

/// Of these hosts, those that have a source which leads.
fn led<'h>(tx: &Tx<'_>, hosts: impl Iterator<Item = &'h (i64, i64)>) -> Outcome<HashSet<(i64, i64)>> {
    let found = tx.all_each(
        "SELECT h.shard, h.host_id FROM host h /*rows CROSS JOIN */ WHERE h.shard = ?1 AND h.host_id = ?2 AND EXISTS (
             SELECT 1 FROM source_state t
             WHERE t.shard = h.shard AND t.host_id = h.host_id AND t.leads = 1 /*pg AND t.turn = 0 */)",
        &hosts.map(|(shard, id)| row![*shard, *id]).collect::<Vec<_>>(),
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(found.into_iter().collect())
}

/// The columns of a new source.
const SOURCE: [(&str, Kind); 11] = [
    ("shard", Kind::Int),
    ("source_id", Kind::Int),
    ("host_id", Kind::Int),
    ("id", Kind::Text),
    ("url", Kind::Text),
    ("title", Kind::Text),
    ("definition", Kind::Text),
    ("definition_hash", Kind::Int),
    ("added_at", Kind::Int),
    ("written", Kind::Text),
    ("choice", Kind::Text),
];

/// The columns of its state.
const STATE: [(&str, Kind); 6] = [
    ("shard", Kind::Int),
    ("source_id", Kind::Int),
    ("host_id", Kind::Int),
    ("rests", Kind::Int),
    ("due_at", Kind::Int),
    ("leads", Kind::Int),
];

fn columns(named: &[(&str, Kind)]) -> Vec<(String, Kind)> {
    named.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect()
}

/// What is stored under these ids.
pub(super) fn find(tx: &Tx<'_>, ids: &[&SourceId]) -> Outcome<HashMap<SourceId, Found>> {
    let texts: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
    let sql = "SELECT shard, source_id, host_id, definition_hash, removed_at IS NOT NULL, url, written, id FROM source WHERE id IN";
    let found = among(tx, sql, &texts, |row| {
        let at = SourceRef { shard: row.get(0)?, number: row.get(1)? };
        let stored = Stored { at, host_id: row.get(2)?, hash: row.get(3)?, removed: row.get(4)? };
        Ok((super::rows::source_id(row, 7)?, Found { stored, url: row.get(5)?, written: row.get(6)? }))
    })?;
    Ok(found.into_iter().collect())
}

/// Those of these numbers that a source has.
fn taken_numbers(tx: &Tx<'_>, numbers: &[i64]) -> Outcome<HashSet<i64>> {
    let taken = among(tx, "SELECT source_id FROM source WHERE source_id IN", numbers, |row| row.get::<i64>(0))?;
    Ok(taken.into_iter().collect())
}

/// The rows of a query that ends with what a column may be among.
fn among<V: Bind, T>(tx: &Tx<'_>, sql: &str, values: &[V], read: impl Fn(&Row<'_>) -> Outcome<T>) -> Outcome<Vec<T>> {
    let mut found = Vec::new();
    for portion in portions(values) {
        let places: Vec<String> = (1..=portion.len()).map(|place| format!("?{place}")).collect();
        let params: Vec<&dyn Bind> = portion.iter().map(|value| value as &dyn Bind).collect();
        found.extend(tx.all(&format!("{sql} ({})", places.join(", ")), &params, &read)?);
    }
    Ok(found)
}

/// Values in portions of few different sizes.
pub(super) fn portions<V>(mut values: &[V]) -> Vec<&[V]> {
    let mut portions = Vec::new();
    for size in PORTIONS {
        while values.len() >= size {
            let (portion, rest) = values.split_at(size);
            portions.push(portion);
            values = rest;
        }
    }
    portions
}

/// The id that is tried in its turn. The same address has the same ones, so that whoever puts it in again finds it, however many
/// others of its host there are.
fn candidate(suggested: &SourceId, url: &Url, tries: u32) -> SourceId {
    let mark = match tries {
        1 => return suggested.clone(),
        2..=NUMBERED => format!("-{tries}"),
        _ => format!("-{:016x}", stable_id(format!("{tries} {url}").as_bytes()).cast_unsigned()),
    };
    let room = SourceId::MAX_BYTES - mark.len();
    let base = suggested.as_str().get(..room).unwrap_or(suggested.as_str()).trim_end_matches('-');
    SourceId::try_from(format!("{base}{mark}")).expect("a plain id stays plain with digits and letters behind it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_same_ids_each_time() {
        let url = Url::parse("https://blog.example/one").unwrap();
        let of = |id: &str, tries: u32| candidate(&SourceId::try_from(id.to_owned()).unwrap(), &url, tries);
        assert_eq!([1, 2, 9].map(|tries| of("blog", tries).to_string()), ["blog", "blog-2", "blog-9"]);
        let long = "a".repeat(SourceId::MAX_BYTES);
        assert_eq!(of(&long, 10), of(&long, 10));
        assert_eq!(of(&long, 10).as_str().len(), SourceId::MAX_BYTES);
        let other = candidate(&of("blog", 1), &Url::parse("https://blog.example/two").unwrap(), 10);
        assert_ne!(of("blog", 10), other, "a mark is its address's own");
    }

    #[test]
    fn portions_hold_every_value_once() {
        let check = |count: usize, sizes: &[usize]| {
            let values: Vec<usize> = (0..count).collect();
            let found = portions(&values);
            assert_eq!(found.iter().map(|portion| portion.len()).collect::<Vec<_>>(), sizes);
            assert_eq!(found.concat(), values);
        };
        check(0, &[]);
        check(19, &[16, 1, 1, 1]);
        check(273, &[128, 128, 16, 1]);
    }
}
