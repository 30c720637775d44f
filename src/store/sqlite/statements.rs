//! Statements on a connection of `SQLite`, each prepared once.

use std::ops::ControlFlow;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, params_from_iter};

use crate::store::sql::fault::{Fault, Outcome};
use crate::store::sql::given::Given;
use crate::store::sql::tx::{Row, values};
use crate::store::sql::value::{Bind, Cell, Kind, Owned, Value};

/// Bytes from which a text is a long one.
const LONG: usize = 64;

/// Runs a statement. Gives how many rows it wrote.
pub(in crate::store) fn execute(connection: &Connection, sql: &str, params: &[&dyn Bind]) -> Outcome<usize> {
    Ok(connection.prepare_cached(sql)?.execute(params_from_iter(values(params)))?)
}

/// Runs a statement with each of these rows of values. Gives whether each wrote anything.
pub(in crate::store) fn execute_each(
    connection: &Connection,
    sql: &str,
    rows: &[Vec<Given<'_>>],
) -> Outcome<Vec<bool>> {
    let mut statement = connection.prepare_cached(sql)?;
    rows.iter().map(|row| Ok(statement.execute(params_from_iter(row.iter().map(Bind::value)))? > 0)).collect()
}

/// Reads every row of a query that is asked with each of these rows of values.
pub(in crate::store) fn all_each<T>(
    connection: &Connection,
    sql: &str,
    rows: &[Vec<Given<'_>>],
    mut read: impl FnMut(&Row<'_>) -> Outcome<T>,
) -> Outcome<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = Vec::new();
    for row in rows {
        let mut answers = statement.query(params_from_iter(row.iter().map(Bind::value)))?;
        while let Some(answer) = answers.next()? {
            found.push(read(&Row::Sqlite(answer))?);
        }
    }
    Ok(found)
}

/// Hands over row after row.
pub(in crate::store) fn each(
    connection: &Connection,
    sql: &str,
    params: &[&dyn Bind],
    mut take: impl FnMut(&Row<'_>) -> Outcome<ControlFlow<()>>,
) -> Outcome<()> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params_from_iter(values(params)))?;
    while let Some(row) = rows.next()? {
        if take(&Row::Sqlite(row))?.is_break() {
            break;
        }
    }
    Ok(())
}

/// Writes rows into these columns of a table.
pub(in crate::store) fn insert(
    connection: &Connection,
    table: &str,
    columns: &[(String, Kind)],
    rows: &[Vec<Owned>],
) -> Outcome<()> {
    let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let places = vec!["?"; names.len()].join(", ");
    let sql = format!("INSERT INTO {table} ({}) VALUES ({places})", names.join(", "));
    let mut statement = connection.prepare_cached(&sql)?;
    for row in rows {
        let values = columns.iter().zip(row).map(|((_, kind), value)| value.of_kind(*kind));
        statement.execute(params_from_iter(values))?;
    }
    Ok(())
}

/// What a column holds.
pub(in crate::store) fn cell<'r>(row: &'r rusqlite::Row<'_>, column: usize) -> Outcome<Cell<'r>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Int(number),
        ValueRef::Real(number) => return Err(Fault::corrupt("whole number", &number)),
        ValueRef::Text(text) => Cell::Text(read(text).ok_or_else(|| Fault::corrupt("text", "not UTF-8"))?),
        ValueRef::Blob(bytes) => Cell::Blob(bytes),
    })
}

/// Bytes as text. Long ones are seen through by a library that is quicker where letters are not ASCII, and slower to begin.
fn read(bytes: &[u8]) -> Option<&str> {
    if bytes.len() < LONG { std::str::from_utf8(bytes).ok() } else { simdutf8::basic::from_utf8(bytes).ok() }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null(_) => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
