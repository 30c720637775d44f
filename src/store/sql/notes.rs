//! robots.txt by origin, and values of the whole installation.

use jiff::Timestamp;
use url::Url;

use super::fault::{Fault, Outcome};
use super::rows::{moment, ms, plain};
use super::tx::{Tx, params};
use crate::model::host::Host;
use crate::store::contract::RobotsFile;

/// robots.txt of an origin.
pub(super) fn robots(tx: &Tx<'_>, origin: &str) -> Outcome<Option<RobotsFile>> {
    tx.first(
        "SELECT status, body, fetched_at FROM robots WHERE shard = ?1 AND origin = ?2",
        params![shard(origin), origin],
        |row| {
            let status: i64 = row.get(0)?;
            let fetched_at: Timestamp = moment(row.get(2)?)?;
            let status = u16::try_from(status).map_err(|_| Fault::corrupt("HTTP status", &status))?;
            Ok(RobotsFile { status, body: row.get(1)?, fetched_at })
        },
    )
}

/// Keeps robots.txt of an origin.
pub(super) fn put_robots(tx: &Tx<'_>, origin: &str, file: &RobotsFile) -> Outcome<()> {
    tx.execute(
        "INSERT INTO robots (shard, origin, status, body, fetched_at) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (shard, origin) DO UPDATE SET status = excluded.status, body = excluded.body,
             fetched_at = excluded.fetched_at",
        params![shard(origin), origin, file.status, file.body, ms(file.fetched_at)],
    )?;
    Ok(())
}

/// The shard of an origin's host; of what is no URL, the first.
fn shard(origin: &str) -> i64 {
    Url::parse(origin).map(|url| Host::of(&url).shard()).unwrap_or_default()
}

/// A value of the whole installation.
pub(super) fn note(tx: &Tx<'_>, name: &str) -> Outcome<Option<String>> {
    tx.first("SELECT value FROM note WHERE name = ?1", params![name], |row| plain(row, 0))
}

/// Keeps a value of the whole installation.
pub(super) fn put_note(tx: &Tx<'_>, name: &str, value: &str) -> Outcome<()> {
    tx.execute(
        "INSERT INTO note (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![name, value],
    )?;
    Ok(())
}
