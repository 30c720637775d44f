//! Workers and their duties.

use jiff::Timestamp;

use super::fault::{Fault, Outcome};
use super::rows::{moment, ms};
use super::tx::{Tx, params};
use crate::model::worker::{SHOWN_FOR, Worker};

/// Notes that a worker lives, and forgets those that are long gone.
pub(super) fn see(tx: &Tx<'_>, worker: &Worker) -> Outcome<()> {
    let Worker { name, host, pid, roles, files, version, started_at, seen_at } = worker;
    tx.execute(
        "INSERT INTO worker (name, host, pid, roles, files, version, started_at, seen_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (name) DO UPDATE SET roles = excluded.roles, files = excluded.files, seen_at = excluded.seen_at",
        params![name, host, *pid, roles.to_string(), *files, version, ms(*started_at), ms(*seen_at)],
    )?;
    let forgotten = seen_at.checked_sub(SHOWN_FOR).unwrap_or(Timestamp::MIN);
    tx.execute("DELETE FROM worker WHERE seen_at < ?1", params![ms(forgotten)])?;
    Ok(())
}

/// Forgets a worker.
pub(super) fn dismiss(tx: &Tx<'_>, name: &str) -> Outcome<()> {
    tx.execute("DELETE FROM worker WHERE name = ?1", params![name])?;
    tx.execute("DELETE FROM duty WHERE worker = ?1", params![name])?;
    Ok(())
}

/// All workers, by name.
pub(super) fn all(tx: &Tx<'_>) -> Outcome<Vec<Worker>> {
    tx.all("SELECT name, host, pid, roles, files, version, started_at, seen_at FROM worker ORDER BY name", &[], |row| {
        let roles = row.text(3)?;
        Ok(Worker {
            name: row.get(0)?,
            host: row.get(1)?,
            pid: row.get(2)?,
            roles: roles.parse().map_err(|_| Fault::corrupt("list of roles", roles))?,
            files: row.get(4)?,
            version: row.get(5)?,
            started_at: moment(row.get(6)?)?,
            seen_at: moment(row.get(7)?)?,
        })
    })
}

/// Takes a duty that is free or has been this worker's. One statement: of two who ask at once one is told no.
pub(super) fn take_duty(tx: &Tx<'_>, duty: &str, worker: &str, until: Timestamp, now: Timestamp) -> Outcome<bool> {
    let taken = tx.execute(
        "INSERT INTO duty (name, worker, lease_until) VALUES (?1, ?2, ?3)
         ON CONFLICT (name) DO UPDATE SET worker = excluded.worker, lease_until = excluded.lease_until
         WHERE duty.worker = excluded.worker OR duty.lease_until <= ?4",
        params![duty, worker, ms(until), ms(now)],
    )?;
    Ok(taken == 1)
}
