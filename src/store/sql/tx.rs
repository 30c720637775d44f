//! A transaction, whichever database it is in.
//!
//! A statement is written once, in the SQL that both databases read. `?1` stands for the first value; what only one of them
//! is told is marked, and the other one passes over it (`dialect.rs`).

use std::ops::ControlFlow;

use super::dialect::Dialect;
use super::fault::{Fault, Outcome};
use super::given::Given;
use super::later::Later;
pub(in crate::store) use super::value::params;
use super::value::{Bind, Cell, Kind, Owned, Stored, Value};
use crate::store::postgres::lists;
use crate::store::postgres::session::Session;
use crate::store::sqlite::statements;

/// A transaction on a connection, or the connection itself where each statement is one.
#[derive(Clone, Copy)]
pub(in crate::store) struct Tx<'c>(Side<'c>);

#[derive(Clone, Copy)]
enum Side<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c Session),
}

impl<'c> Tx<'c> {
    /// One of the embedded database.
    pub(in crate::store) fn sqlite(connection: &'c rusqlite::Connection) -> Self {
        Self(Side::Sqlite(connection))
    }

    /// One of the shared database.
    pub(in crate::store) fn postgres(session: &'c Session) -> Self {
        Self(Side::Postgres(session))
    }

    /// Which database it is in.
    pub(in crate::store) fn dialect(&self) -> Dialect {
        match self.0 {
            Side::Sqlite(_) => Dialect::Sqlite,
            Side::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The connection to the shared database.
    pub(in crate::store) fn session(&self) -> &'c Session {
        match self.0 {
            Side::Postgres(session) => session,
            Side::Sqlite(_) => unreachable!("what is only the shared database's is asked of it alone"),
        }
    }

    /// Runs a statement. Gives how many rows it wrote.
    pub(in crate::store) fn execute(&self, sql: &str, params: &[&dyn Bind]) -> Outcome<usize> {
        match self.0 {
            Side::Sqlite(connection) => statements::execute(connection, sql, params),
            Side::Postgres(session) => session.execute(sql, params),
        }
    }

    /// Runs a statement that gives nothing to go on with. That it failed may be told by a later one.
    pub(in crate::store) fn put(&self, sql: &str, params: &[&dyn Bind]) -> Outcome<()> {
        match self.0 {
            Side::Sqlite(connection) => statements::execute(connection, sql, params).map(drop),
            Side::Postgres(session) => session.put(sql, params),
        }
    }

    /// Runs a statement with each of these rows of values, as [`Tx::put`] does. It says where the list of them comes in
    /// (`dialect.rs`).
    pub(in crate::store) fn put_each(&self, sql: &str, rows: &[Vec<Given<'_>>]) -> Outcome<()> {
        match self.0 {
            _ if rows.is_empty() => Ok(()),
            Side::Sqlite(connection) => statements::execute_each(connection, sql, rows).map(drop),
            Side::Postgres(session) => session.put_each(sql, rows),
        }
    }

    /// As [`Tx::put_each`], and gives whether each row wrote anything. `keys` are the columns of what is written that its
    /// first values are; no two rows have the same.
    pub(in crate::store) fn write_each(&self, sql: &str, keys: &str, rows: &[Vec<Given<'_>>]) -> Outcome<Vec<bool>> {
        match self.0 {
            _ if rows.is_empty() => Ok(Vec::new()),
            Side::Sqlite(connection) => statements::execute_each(connection, sql, rows),
            Side::Postgres(_) => self.write_each_later(sql, keys, rows)?.wait(),
        }
    }

    /// As [`Tx::write_each`], and what is written is told later.
    pub(in crate::store) fn write_each_later(
        &self,
        sql: &str,
        keys: &str,
        rows: &[Vec<Given<'_>>],
    ) -> Outcome<Later<'c, bool>> {
        Ok(match self.0 {
            _ if rows.is_empty() => Later::here(Vec::new()),
            Side::Sqlite(connection) => Later::here(statements::execute_each(connection, sql, rows)?),
            Side::Postgres(session) => {
                let (sheet, named) = session.send_writes(sql, keys, rows)?;
                Later::sent(session, sheet, move |wrote| lists::written(&named, &wrote))
            }
        })
    }

    /// As [`Tx::put_each`], and how many rows are written is told later, in one count or several.
    pub(in crate::store) fn count_each_later(&self, sql: &str, rows: &[Vec<Given<'_>>]) -> Outcome<Later<'c, i64>> {
        Ok(match self.0 {
            _ if rows.is_empty() => Later::here(Vec::new()),
            Side::Sqlite(connection) => {
                let written = statements::execute_each(connection, sql, rows)?;
                Later::here(written.into_iter().map(i64::from).collect())
            }
            Side::Postgres(session) => Later::sent(session, session.send_counted(sql, rows)?, |told| {
                told.iter().map(|row| Row::Postgres(row).get(0)).collect()
            }),
        })
    }

    /// Reads every row of a query that is asked with each of these rows of values.
    pub(in crate::store) fn all_each<T>(
        &self,
        sql: &str,
        rows: &[Vec<Given<'_>>],
        mut read: impl FnMut(&Row<'_>) -> Outcome<T>,
    ) -> Outcome<Vec<T>> {
        match self.0 {
            _ if rows.is_empty() => Ok(Vec::new()),
            Side::Sqlite(connection) => statements::all_each(connection, sql, rows, read),
            Side::Postgres(session) => {
                let sheet = session.ask_each(sql, rows)?;
                session.answer(&sheet)?.iter().map(|row| read(&Row::Postgres(row))).collect()
            }
        }
    }

    /// As [`Tx::all_each`], and read later.
    pub(in crate::store) fn all_each_later<T>(
        &self,
        sql: &str,
        rows: &[Vec<Given<'_>>],
        read: fn(&Row<'_>) -> Outcome<T>,
    ) -> Outcome<Later<'c, T>>
    where
        T: 'static,
    {
        Ok(match self.0 {
            _ if rows.is_empty() => Later::here(Vec::new()),
            Side::Sqlite(connection) => Later::here(statements::all_each(connection, sql, rows, read)?),
            Side::Postgres(session) => Later::sent(session, session.ask_each(sql, rows)?, move |found| {
                found.iter().map(|row| read(&Row::Postgres(row))).collect()
            }),
        })
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
        take: impl FnMut(&Row<'_>) -> Outcome<ControlFlow<()>>,
    ) -> Outcome<()> {
        match self.0 {
            Side::Sqlite(connection) => statements::each(connection, sql, params, take),
            Side::Postgres(session) => session.each(sql, params, take),
        }
    }

    /// Reads the first row of a query, where there is one.
    pub(in crate::store) fn first<T>(
        &self,
        sql: &str,
        params: &[&dyn Bind],
        read: impl FnOnce(&Row<'_>) -> Outcome<T>,
    ) -> Outcome<Option<T>> {
        let (mut read, mut found) = (Some(read), None);
        self.each(sql, params, |row| {
            found = read.take().map(|read| read(row)).transpose()?;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
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

    /// Locks the rows of a query, which says how, until the transaction ends. Where there is one writer nobody else has
    /// them.
    pub(in crate::store) fn lock(&self, sql: &str, params: &[&dyn Bind]) -> Outcome<()> {
        match self.0 {
            Side::Sqlite(_) => Ok(()),
            Side::Postgres(_) => self.each(sql, params, |_| Ok(ControlFlow::Continue(()))),
        }
    }

    /// As [`Tx::lock`], for a query that is asked with each of these rows of values.
    pub(in crate::store) fn lock_each(&self, sql: &str, rows: &[Vec<Given<'_>>]) -> Outcome<()> {
        match self.0 {
            Side::Sqlite(_) => Ok(()),
            Side::Postgres(_) if rows.is_empty() => Ok(()),
            // What is sent later is done later: nobody waits for the answer.
            Side::Postgres(session) => session.put_each(sql, rows),
        }
    }

    /// Keeps all who lease hosts or give them back away until the transaction ends, and so whoever writes what belongs to
    /// a source: for what crosses hosts. Comes before anything else is locked.
    pub(in crate::store) fn alone(&self) -> Outcome<()> {
        match self.0 {
            Side::Sqlite(_) => Ok(()),
            Side::Postgres(session) => session.execute("LOCK TABLE host IN EXCLUSIVE MODE", &[]).map(drop),
        }
    }

    /// The columns of a table, in their order.
    pub(in crate::store) fn columns(&self, table: &str) -> Outcome<Vec<(String, Kind)>> {
        let sql = match self.dialect() {
            Dialect::Sqlite => "SELECT name, type FROM pragma_table_info(?1)",
            Dialect::Postgres => {
                "SELECT CAST(column_name AS text), CAST(data_type AS text) FROM information_schema.columns
                 WHERE table_schema = current_schema() AND table_name = ?1 AND is_generated = 'NEVER'
                 ORDER BY ordinal_position"
            }
        };
        self.all(sql, params![table], |row| {
            let kind = match row.text(1)? {
                "INTEGER" | "bigint" => Kind::Int,
                "TEXT" | "text" => Kind::Text,
                "BLOB" | "bytea" => Kind::Blob,
                other => return Err(Fault::corrupt("type of a column", other)),
            };
            Ok((row.get(0)?, kind))
        })
    }

    /// Writes rows into these columns of a table.
    pub(in crate::store) fn insert(&self, table: &str, columns: &[(String, Kind)], rows: &[Vec<Owned>]) -> Outcome<()> {
        match self.0 {
            Side::Sqlite(connection) => statements::insert(connection, table, columns, rows),
            Side::Postgres(session) => session.insert(table, columns, rows),
        }
    }
}

/// A row of a query.
pub(in crate::store) enum Row<'r> {
    /// Of the embedded database.
    Sqlite(&'r rusqlite::Row<'r>),
    /// Of the shared database.
    Postgres(&'r tokio_postgres::Row),
}

impl Row<'_> {
    /// What a column holds.
    pub(in crate::store) fn cell(&self, column: usize) -> Outcome<Cell<'_>> {
        match self {
            Self::Sqlite(row) => statements::cell(row, column),
            Self::Postgres(row) => Ok(row.try_get(column)?),
        }
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

/// The values of a statement.
pub(in crate::store) fn values<'v>(params: &'v [&dyn Bind]) -> impl ExactSizeIterator<Item = Value<'v>> {
    params.iter().map(|bind| bind.value())
}
