//! The schema: whether the database is ours, and its migrations.
//!
//! One row tells the number of the schema, and whoever migrates holds it: of several machines that start at once one
//! migrates and the others wait. Each migration is a transaction of its own.

use super::session::Session;
use crate::store::contract::StoreError;
use crate::store::sql::fault::{Fault, Outcome};
use crate::store::sql::tx::{Tx, params};
use crate::store::sqlite::schema::newest;

/// Every migration, in the order of their numbers: those of the embedded store.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/postgres/0001.sql"),
    include_str!("../migrations/postgres/0002.sql"),
    include_str!("../migrations/postgres/0003.sql"),
    include_str!("../migrations/postgres/0004.sql"),
    include_str!("../migrations/postgres/0005.sql"),
    include_str!("../migrations/postgres/0006.sql"),
    include_str!("../migrations/postgres/0007.sql"),
    include_str!("../migrations/postgres/0008.sql"),
    include_str!("../migrations/postgres/0009.sql"),
    include_str!("../migrations/postgres/0010.sql"),
    include_str!("../migrations/postgres/0011.sql"),
    include_str!("../migrations/postgres/0012.sql"),
];

/// The oldest server that is known to work.
const OLDEST_SERVER: i64 = 15;

/// Brings the database up to the schema of this version. `shown`: what it is called in an error.
pub(super) fn bring_up(session: &Session, shown: &str) -> Result<(), StoreError> {
    let action = "bring the database up";
    let told = |fault: Fault| fault.during(action);
    // Another machine may be at it, with tables that are large.
    session.be_patient().map_err(told)?;
    let tx = Tx::postgres(session);
    let server: i64 = tx
        .one("SELECT CAST(current_setting('server_version_num') AS bigint) / 10000", &[], |row| row.get(0))
        .map_err(told)?;
    if server < OLDEST_SERVER {
        return Err(StoreError::ServerTooOld { server: shown.to_owned(), found: server, oldest: OLDEST_SERVER });
    }
    claim(&tx, shown)?;
    loop {
        session.begin("BEGIN");
        match step(&tx) {
            Ok(Step::Newest) => return session.plain("COMMIT").map_err(told),
            Ok(Step::Made) => session.plain("COMMIT").map_err(told)?,
            Ok(Step::Newer(found)) => {
                session.plain("ROLLBACK").map_err(told)?;
                return Err(StoreError::TooNew { path: shown.to_owned(), found, known: newest() });
            }
            Err(fault) => {
                // The first error is the one that counts.
                let _ = session.plain("ROLLBACK");
                return Err(told(fault));
            }
        }
    }
}

/// Makes the row of the schema's number in a database that is empty, or finds it there.
fn claim(tx: &Tx<'_>, shown: &str) -> Result<(), StoreError> {
    let told = |fault: Fault| fault.during("bring the database up");
    let tables = "SELECT CAST(table_name AS text) FROM information_schema.tables
                  WHERE table_schema = current_schema() ORDER BY table_name";
    let tables: Vec<String> = tx.all(tables, &[], |row| row.get(0)).map_err(told)?;
    if tables.iter().any(|table| table == "sosik_schema") {
        return Ok(());
    }
    if let Some(foreign) = tables.first() {
        let reason = format!("it holds tables of another application, such as {foreign:?}");
        return Err(StoreError::NotOurs { path: shown.to_owned(), reason });
    }
    let made = tx
        .execute("CREATE TABLE IF NOT EXISTS sosik_schema (only_one bigint PRIMARY KEY CHECK (only_one = 1), number bigint NOT NULL)", &[])
        .and_then(|_| tx.execute("INSERT INTO sosik_schema VALUES (1, 0) ON CONFLICT DO NOTHING", &[]));
    // Two that make it at once are in each other's way: then it is there.
    match made {
        Err(fault) if !fault.may_pass() => Err(told(fault)),
        Err(_) | Ok(_) => Ok(()),
    }
}

/// What was to be done.
enum Step {
    /// Nothing.
    Newest,
    /// A migration, which is done.
    Made,
    /// Nothing that this version knows: the schema is a newer one's.
    Newer(i64),
}

fn step(tx: &Tx<'_>) -> Outcome<Step> {
    // Whoever made the table may not have put its row there yet.
    tx.execute("INSERT INTO sosik_schema VALUES (1, 0) ON CONFLICT DO NOTHING", &[])?;
    let found: i64 = tx.one("SELECT number FROM sosik_schema /*pg FOR UPDATE */", &[], |row| row.get(0))?;
    let Some(next) = usize::try_from(found).ok().filter(|next| *next < MIGRATIONS.len()) else {
        return Ok(if found == newest() { Step::Newest } else { Step::Newer(found) });
    };
    tx.session().plain(MIGRATIONS[next])?;
    tx.execute("UPDATE sosik_schema SET number = ?1", params![found + 1])?;
    Ok(Step::Made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_stores_have_the_same_migrations() {
        assert_eq!(i64::try_from(MIGRATIONS.len()).unwrap(), newest());
    }
}
