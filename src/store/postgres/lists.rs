//! Statements that are run with many rows of values: each is run once, over an array for each column.
//! They are sent as they come, and waited for where somebody reads their answers.

use std::collections::HashSet;
use std::rc::Rc;

use tokio_postgres::types::{ToSql, Type};

use super::session::Session;
use super::values::storable;
use crate::store::sql::dialect::for_postgres_over_rows;
use crate::store::sql::fault::{Fault, Outcome};
use crate::store::sql::given::Given;
use crate::store::sql::later::Sheet;
use crate::store::sql::tx::Row;
use crate::store::sql::value::{Bind, Kind, Owned, Value};

/// A column of the rows.
type Column = Box<dyn ToSql + Sync>;

impl Session {
    /// Runs a statement whose end nobody waits for. If it fails, so does the next one that somebody waits for.
    pub(in crate::store) fn put_each(&self, sql: &str, rows: &[Vec<Given<'_>>]) -> Outcome<()> {
        let (types, columns) = turned(rows)?;
        let statement = self.prepared_as(sql, || for_postgres_over_rows(sql, types.len()), || types.clone())?;
        let client = Rc::clone(self.client());
        self.send(async move { client.execute_raw(&statement, columns).await.map(drop) })
    }

    /// Sends a statement, and gives where its answer comes, with what the first values of each row name: `keys` are their
    /// columns.
    pub(in crate::store) fn send_writes(
        &self,
        sql: &str,
        keys: &str,
        rows: &[Vec<Given<'_>>],
    ) -> Outcome<(Sheet, Vec<Vec<Owned>>)> {
        let width = keys.split(',').count();
        let stored = |given: &Given<'_>| match given.value() {
            Value::Text(text) => Owned::Text(storable(text).into_owned()),
            other => Owned::from(other),
        };
        let named = rows.iter().map(|row| row[..width].iter().map(stored).collect()).collect();
        Ok((self.ask_each(&format!("{sql} RETURNING {keys}"), rows)?, named))
    }

    /// Sends a statement, and gives where it is told how many rows it wrote.
    pub(in crate::store) fn send_counted(&self, sql: &str, rows: &[Vec<Given<'_>>]) -> Outcome<Sheet> {
        let name = format!("{sql} RETURNING 1");
        self.ask_each_as(&name, |written| format!("WITH wrote AS ({written}) SELECT count(*) FROM wrote"), rows)
    }

    /// Sends a query, and gives where its answer comes.
    pub(in crate::store) fn ask_each(&self, sql: &str, rows: &[Vec<Given<'_>>]) -> Outcome<Sheet> {
        self.ask_each_as(sql, |asked| asked, rows)
    }

    fn ask_each_as(&self, sql: &str, told: impl Fn(String) -> String, rows: &[Vec<Given<'_>>]) -> Outcome<Sheet> {
        let (types, columns) = turned(rows)?;
        let text = || told(for_postgres_over_rows(sql, types.len()));
        let statement = self.prepared_as(sql, text, || types.clone())?;
        let sheet = Sheet::default();
        let (client, comes) = (Rc::clone(self.client()), Rc::clone(&sheet));
        self.send(async move {
            let columns: Vec<&(dyn ToSql + Sync)> = columns.iter().map(AsRef::as_ref).collect();
            comes.replace(Some(client.query(&statement, &columns).await?));
            Ok(())
        })?;
        Ok(sheet)
    }

    /// An answer that was sent for. All that was sent has come with it.
    pub(in crate::store) fn answer(&self, sheet: &Sheet) -> Outcome<Vec<tokio_postgres::Row>> {
        if sheet.borrow().is_none() {
            self.wait(async { Ok(()) })?;
        }
        sheet.take().ok_or(Fault::Missing)
    }
}

/// Whether what each row names was written, as the rows of an answer say.
pub(in crate::store) fn written(rows: &[Vec<Owned>], wrote: &[tokio_postgres::Row]) -> Outcome<Vec<bool>> {
    // No two name the same, and each writes one row at most.
    if wrote.len() == rows.len() {
        return Ok(vec![true; rows.len()]);
    }
    let width = rows.first().map_or(0, Vec::len);
    let mut named: HashSet<Vec<Owned>> = HashSet::with_capacity(wrote.len());
    for row in wrote {
        let row = Row::Postgres(row);
        named.insert((0..width).map(|column| Ok(Owned::from(row.cell(column)?))).collect::<Outcome<_>>()?);
    }
    Ok(rows.iter().map(|row| named.contains(row)).collect())
}

/// Rows, column by column, with the types of these.
fn turned(rows: &[Vec<Given<'_>>]) -> Outcome<(Vec<Type>, Vec<Column>)> {
    let width = rows.first().map_or(0, Vec::len);
    (0..width).map(|place| column(rows, place)).collect()
}

fn column(rows: &[Vec<Given<'_>>], place: usize) -> Outcome<(Type, Column)> {
    let values = rows.iter().map(|row| row[place].value());
    Ok(match rows[0][place].value().kind() {
        Kind::Int => (Type::INT8_ARRAY, Box::new(read(values, |value| as_int(&value))?)),
        Kind::Text => (Type::TEXT_ARRAY, Box::new(read(values, as_text)?)),
        Kind::Blob => (Type::BYTEA_ARRAY, Box::new(read(values, as_blob)?)),
    })
}

/// The values of a column; `None` among them where there is none.
fn read<'v, T>(
    values: impl Iterator<Item = Value<'v>>,
    as_one: impl Fn(Value<'v>) -> Option<T>,
) -> Outcome<Vec<Option<T>>> {
    let mixed = || Fault::Unstorable("the values of a column are of one kind".into());
    values
        .map(|value| match value {
            Value::Null(_) => Ok(None),
            value => as_one(value).map(Some).ok_or_else(mixed),
        })
        .collect()
}

fn as_int(value: &Value<'_>) -> Option<i64> {
    if let Value::Int(number) = value { Some(*number) } else { None }
}

fn as_text(value: Value<'_>) -> Option<String> {
    if let Value::Text(text) = value { Some(storable(text).into_owned()) } else { None }
}

fn as_blob(value: Value<'_>) -> Option<Vec<u8>> {
    if let Value::Blob(bytes) = value { Some(bytes.to_vec()) } else { None }
}
