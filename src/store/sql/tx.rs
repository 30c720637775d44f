//! A transaction, whichever database it is in.
//!
//! A statement is written once, in the SQL that both databases read. `?1` stands for the first value; what only one of them
//! is told is marked, and the other one passes over it ([`super::dialect`]).

use std::ops::ControlFlow;

use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, ToSql, params_from_iter};

use super::fault::{Fault, Outcome};
pub(in crate::store) use super::value::params;
use super::value::{Bind, Cell, Kind, Owned, Stored, Value};

/// A transaction on a connection, or the connection itself where each statement is one.
pub(in crate::store) struct Tx<'c> {
    connection: &'c rusqlite::Connection,
}

impl<'c> Tx<'c> {
    /// One of the embedded database.
    pub(in crate::store) fn sqlite(connection: &'c rusqlite::Connection) -> Self {
        Self { connection }
    }

    fn prepare(&self, sql: &str) -> Outcome<CachedStatement<'c>> {
        Ok(self.connection.prepare_cached(sql)?)
    }

    /// Runs a statement. Gives how many rows it wrote.
    pub(in crate::store) fn execute(&self, sql: &str, params: &[&dyn Bind]) -> Outcome<usize> {
        Ok(self.prepare(sql)?.execute(values(params))?)
    }

    /// Reads every row of a query.
    pub(in crate::store) fn all<T>(
        &self,
        sql: &str,
        params: &[&dyn Bind],
        mut read: impl FnMut(&Row<'_>) -> Outcome<T>,
    ) -> Outcome<Vec<T>> {
        let mut values = Vec::new();
        self.each(sql, params, |row| {
            values.push(read(row)?);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(values)
    }

    /// Hands over row after row of a query, as long as they are wanted. No statement may run meanwhile.
    pub(in crate::store) fn each(
        &self,
        sql: &str,
        params: &[&dyn Bind],
        mut take: impl FnMut(&Row<'_>) -> Outcome<ControlFlow<()>>,
    ) -> Outcome<()> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(values(params))?;
        while let Some(row) = rows.next()? {
            if take(&Row { row })?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Reads the first row of a query, where there is one.
    pub(in crate::store) fn first<T>(
        &self,
        sql: &str,
        params: &[&dyn Bind],
        read: impl FnOnce(&Row<'_>) -> Outcome<T>,
    ) -> Outcome<Option<T>> {
        let mut statement = self.prepare(sql)?;
        let mut rows = statement.query(values(params))?;
        rows.next()?.map(|row| read(&Row { row })).transpose()
    }

    /// Reads the row that a query must give.
    pub(in crate::store) fn one<T>(
        &self,
        sql: &str,
        params: &[&dyn Bind],
        read: impl FnOnce(&Row<'_>) -> Outcome<T>,
    ) -> Outcome<T> {
        self.first(sql, params, read)?.ok_or(Fault::Missing)
    }

    /// Whether a query gives any row.
    pub(in crate::store) fn exists(&self, sql: &str, params: &[&dyn Bind]) -> Outcome<bool> {
        Ok(self.first(sql, params, |_| Ok(()))?.is_some())
    }

    /// The columns of a table, in their order.
    pub(in crate::store) fn columns(&self, table: &str) -> Outcome<Vec<(String, Kind)>> {
        self.all("SELECT name, type FROM pragma_table_info(?1)", params![table], |row| {
            let kind = match row.text(1)? {
                "INTEGER" => Kind::Int,
                "TEXT" => Kind::Text,
                "BLOB" => Kind::Blob,
                other => return Err(Fault::corrupt("type of a column", other)),
            };
            Ok((row.get(0)?, kind))
        })
    }

    /// Writes rows into these columns of a table.
    pub(in crate::store) fn insert(&self, table: &str, columns: &[(String, Kind)], rows: &[Vec<Owned>]) -> Outcome<()> {
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let places = vec!["?"; names.len()].join(", ");
        let mut statement = self.prepare(&format!("INSERT INTO {table} ({}) VALUES ({places})", names.join(", ")))?;
        for row in rows {
            let values = columns.iter().zip(row).map(|((_, kind), value)| value.of_kind(*kind));
            statement.execute(params_from_iter(values))?;
        }
        Ok(())
    }
}

/// A row of a query.
pub(in crate::store) struct Row<'r> {
    row: &'r rusqlite::Row<'r>,
}

impl Row<'_> {
    /// What a column holds.
    pub(in crate::store) fn cell(&self, column: usize) -> Outcome<Cell<'_>> {
        Ok(match self.row.get_ref(column)? {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(number) => Cell::Int(number),
            ValueRef::Real(number) => return Err(Fault::corrupt("whole number", &number)),
            ValueRef::Text(text) => {
                let text = std::str::from_utf8(text);
                Cell::Text(text.map_err(|_| Fault::corrupt("text", "not UTF-8"))?)
            }
            ValueRef::Blob(bytes) => Cell::Blob(bytes),
        })
    }

    /// A column, read.
    pub(in crate::store) fn get<T: Stored>(&self, column: usize) -> Outcome<T> {
        let cell = self.cell(column)?;
        T::read(cell).ok_or_else(|| Fault::corrupt(std::any::type_name::<T>(), &format!("{cell:?}")))
    }

    /// A column's text, without a copy of it.
    pub(in crate::store) fn text(&self, column: usize) -> Outcome<&str> {
        match self.cell(column)? {
            Cell::Text(text) => Ok(text),
            cell => Err(Fault::corrupt("text", &format!("{cell:?}"))),
        }
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        Ok(rusqlite::types::ToSqlOutput::Borrowed(match self {
            Value::Null(_) => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn values<'v>(params: &'v [&dyn Bind]) -> rusqlite::ParamsFromIter<impl Iterator<Item = Value<'v>>> {
    params_from_iter(params.iter().map(|bind| bind.value()))
}
