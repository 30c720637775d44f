//! A whole state into another database, so that it can be worked on there.
//!
//! Nobody works on either meanwhile. What is copied stands in the order of keys, so what a run that was ended left behind is
//! carried on. When all is there both are read once more and compared, table by table; only then the new one may be used.

use std::collections::BTreeMap;

use crate::store::moving::{Begun, Digest, Digester, Place, tables};
use crate::store::{Store, StoreError};

/// Why a state was not moved.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// One of the two cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is to be moved is itself not whole.
    #[error("the first state was never copied whole: a move into it broke off")]
    Unfinished,
    /// The two have other tables.
    #[error("the states have the schemas {from} and {to}")]
    Schemas {
        /// That of the one that is moved.
        from: i64,
        /// The other's.
        to: i64,
    },
    /// There is something in the way.
    #[error("the second state is not empty: it holds {what}")]
    Taken {
        /// What it holds.
        what: String,
    },
    /// Somebody wrote meanwhile.
    #[error("the states differ in {tables}: somebody wrote while it was copied")]
    Differ {
        /// The tables that differ.
        tables: String,
    },
}

/// How far a move has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// What is done with the table.
    pub stage: Stage,
    /// The table.
    pub table: &'static str,
    /// Rows that are done, of all tables.
    pub done: u64,
    /// Rows of all tables.
    pub all: u64,
}

/// What is done with a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is copied.
    Copy,
    /// It is compared.
    Compare,
}

/// What was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Whether an earlier run had begun.
    pub carried_on: bool,
    /// Every table with what it holds, on both sides.
    pub tables: Vec<(&'static str, Digest)>,
}

/// Copies all that `from` holds into `to`, which is empty or what an earlier run left behind, and compares the two.
///
/// # Errors
/// Where one of the states may not be used so, or somebody wrote meanwhile: then what differs is copied anew by the next
/// run.
pub async fn copy(from: &dyn Store, to: &dyn Store, mut on_step: impl FnMut(Step)) -> Result<Moved, MoveError> {
    let schemas = (from.schema(), to.schema());
    if schemas.0 != schemas.1 {
        return Err(MoveError::Schemas { from: schemas.0, to: schemas.1 });
    }
    if from.note(crate::store::moving::MARK).await?.is_some() {
        return Err(MoveError::Unfinished);
    }
    let log = from.event_log().await?;
    let carried_on = match to.begin_move(&log.name).await? {
        Begun::Fresh => false,
        Begun::CarriedOn => true,
        Begun::Taken { what } => return Err(MoveError::Taken { what }),
    };
    let mut counts = BTreeMap::new();
    for table in tables() {
        counts.insert(table, from.rows(table).await?);
    }
    let all = counts.values().sum();
    let mut done = 0;
    for table in tables() {
        let (after, there) = if carried_on { left_behind(to, table).await? } else { (None, 0) };
        done += there;
        let mut on_rows = |rows: u64| {
            done += rows;
            on_step(Step { stage: Stage::Copy, table, done, all });
        };
        on_rows(0);
        copy_table(from, to, table, after, &mut on_rows).await?;
    }
    let (mut done, mut same, mut other) = (0, Vec::new(), Vec::new());
    for table in tables() {
        on_step(Step { stage: Stage::Compare, table, done, all });
        let (there, here) = tokio::try_join!(digest(from, table), digest(to, table))?;
        done += counts[table];
        if there == here {
            same.push((table, there));
        } else {
            other.push(table);
        }
    }
    if !other.is_empty() {
        for table in &other {
            to.empty(table).await?;
        }
        return Err(MoveError::Differ { tables: other.join(", ") });
    }
    to.end_move(from.event_log().await?.newest).await?;
    Ok(Moved { carried_on, tables: same })
}

/// What an earlier run has copied of a table.
async fn left_behind(to: &dyn Store, table: &'static str) -> Result<(Option<Place>, u64), StoreError> {
    Ok((to.last_place(table).await?, to.rows(table).await?))
}

/// Copies a table from a place on: while rows are written the next ones are read.
async fn copy_table(
    from: &dyn Store,
    to: &dyn Store,
    table: &'static str,
    after: Option<Place>,
    on_rows: &mut impl FnMut(u64),
) -> Result<(), StoreError> {
    let mut portion = from.portion(table, after.as_ref()).await?;
    while !portion.is_empty() {
        let ((), next) = tokio::try_join!(to.take(&portion), from.portion(table, portion.last.as_ref()))?;
        on_rows(portion.len());
        portion = next;
    }
    Ok(())
}

/// What a table holds.
async fn digest(store: &dyn Store, table: &'static str) -> Result<Digest, StoreError> {
    let mut digester = Digester::default();
    let mut portion = store.portion(table, None).await?;
    while !portion.is_empty() {
        digester.add(&portion);
        portion = store.portion(table, portion.last.as_ref()).await?;
    }
    Ok(digester.digest())
}
