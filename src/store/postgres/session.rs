//! One connection, used by the thread that owns it.
//!
//! A transaction begins with its first statement, in one round; and what nobody waits for ([`Session::put`]), or not yet
//! (`sql/later.rs`), is sent and answered along with the next statement that somebody does wait for. Whatever takes longer
//! than [`ROUND`] counts as lost, for a network may swallow what is sent; the server is told to give such a session up, too.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures_util::future::{join, join_all};
use futures_util::{Stream, StreamExt};
use tokio::runtime::Runtime;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, SimpleQueryMessage, Statement};

use super::target::Target;
use super::values::type_of;
use crate::store::sql::dialect::for_postgres;
use crate::store::sql::fault::{Fault, Outcome};
use crate::store::sql::tx::{Row, values};
use crate::store::sql::value::{Bind, Kind, Owned};

/// How long one answer may take: longer than the server lets a statement run.
const ROUND: Duration = Duration::from_secs(70);

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// What the server does for us: it ends what runs or waits too long, so that a machine that fell silent holds nothing for
/// long. Statements are short, and compiling them would take longer than they do.
const SETTINGS: &str = "
    SET statement_timeout = '60s';
    SET idle_in_transaction_session_timeout = '3s';
    SET tcp_user_timeout = '10s';
    SET tcp_keepalives_idle = 10;
    SET tcp_keepalives_interval = 3;
    SET tcp_keepalives_count = 3;
    SET jit = off;
";

/// Statements that may be unanswered at once.
const UNANSWERED: usize = 256;

/// What was sent.
type Sent = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

/// A connection.
pub(in crate::store) struct Session {
    runtime: Rc<Runtime>,
    client: Rc<Client>,
    /// What is not answered yet, in order.
    sent: RefCell<Vec<Sent>>,
    statements: RefCell<HashMap<String, Statement>>,
    /// How the transaction begins that no statement has begun yet.
    begin: Cell<Option<&'static str>>,
    /// Whether the transaction has ended with its last statement.
    has_ended: Cell<bool>,
    /// The number of the transaction, once one that asks for it has begun.
    number: Rc<RefCell<Option<String>>>,
    /// How long an answer may take.
    round: Cell<Duration>,
}

impl Session {
    /// Connects.
    pub(super) fn connect(runtime: &Rc<Runtime>, target: &Target) -> Outcome<Self> {
        let connecting = async {
            let (client, connection) = target.config.connect(target.tls.clone()).await?;
            // It ends with the client; what it ends with is told to whoever asks next.
            runtime.spawn(connection);
            client.batch_execute(SETTINGS).await?;
            Ok::<_, Error>(client)
        };
        let connected = runtime.block_on(async { tokio::time::timeout(CONNECT, connecting).await });
        Ok(Self {
            runtime: Rc::clone(runtime),
            client: Rc::new(connected.map_err(|_| Fault::Silent)??),
            sent: RefCell::default(),
            statements: RefCell::default(),
            begin: Cell::new(None),
            has_ended: Cell::new(false),
            number: Rc::default(),
            round: Cell::new(ROUND),
        })
    }

    /// Whether it is known to have ended.
    pub(super) fn is_over(&self) -> bool {
        self.client.is_closed()
    }

    /// Waits for every answer as long as it takes, and has the server do so: what is asked takes its time.
    pub(super) fn be_patient(&self) -> Outcome<()> {
        self.round.set(Duration::from_hours(24));
        self.plain("SET statement_timeout = 0")
    }

    /// Begins a transaction with the statement that comes next.
    pub(super) fn begin(&self, how: &'static str) {
        self.number.take();
        self.has_ended.set(false);
        self.begin.set(Some(how));
    }

    /// The number of the transaction, where what began it asked for that.
    pub(super) fn number(&self) -> Option<String> {
        self.number.borrow().clone()
    }

    /// Whether the transaction has ended with its last statement.
    pub(super) fn has_ended(&self) -> bool {
        self.has_ended.get()
    }

    /// Whether no statement has begun the transaction yet.
    pub(super) fn is_untouched(&self) -> bool {
        self.begin.take().is_some()
    }

    /// Runs statements that have no values and give none.
    pub(super) fn plain(&self, sql: &str) -> Outcome<()> {
        self.wait(self.begun(self.client.batch_execute(sql)))
    }

    /// Runs a statement. Gives how many rows it wrote.
    pub(in crate::store) fn execute(&self, sql: &str, params: &[&dyn Bind]) -> Outcome<usize> {
        let statement = self.prepared(sql, || values(params).map(|value| type_of(value.kind())).collect())?;
        let wrote = self.wait(self.begun(self.client.execute_raw(&statement, values(params))))?;
        Ok(usize::try_from(wrote).unwrap_or(usize::MAX))
    }

    /// Runs a statement whose end nobody waits for. If it fails, so does the next one that somebody waits for.
    pub(in crate::store) fn put(&self, sql: &str, params: &[&dyn Bind]) -> Outcome<()> {
        let statement = self.prepared(sql, || values(params).map(|value| type_of(value.kind())).collect())?;
        let kept: Vec<(Owned, Kind)> = values(params).map(|value| (Owned::from(value), value.kind())).collect();
        let client = Rc::clone(&self.client);
        self.send(async move {
            let values: Vec<_> = kept.iter().map(|(value, kind)| value.of_kind(*kind)).collect();
            client.execute_raw(&statement, values).await.map(drop)
        })
    }

    /// Forgets what was sent: the transaction ends anyhow.
    pub(super) fn forget_sent(&self) {
        self.sent.take();
    }

    /// Sends what nobody waits for.
    pub(super) fn send(&self, statement: impl Future<Output = Result<(), Error>> + 'static) -> Outcome<()> {
        if let Some(begin) = self.begin.take() {
            let (client, number) = (Rc::clone(&self.client), Rc::clone(&self.number));
            self.send_boxed(Box::pin(async move { begin_with(&client, begin, &number).await }))?;
        }
        self.send_boxed(Box::pin(statement))
    }

    fn send_boxed(&self, mut statement: Sent) -> Outcome<()> {
        // The first look at it is what sends it.
        match statement.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => return Ok(done?),
            Poll::Pending => self.sent.borrow_mut().push(statement),
        }
        if self.sent.borrow().len() < UNANSWERED { Ok(()) } else { self.wait(async { Ok(()) }) }
    }

    /// Hands over row after row of a query.
    pub(in crate::store) fn each(
        &self,
        sql: &str,
        params: &[&dyn Bind],
        take: impl FnMut(&Row<'_>) -> Outcome<ControlFlow<()>>,
    ) -> Outcome<()> {
        let statement = self.prepared(sql, || values(params).map(|value| type_of(value.kind())).collect())?;
        let rows = self.wait(self.begun(self.client.query_raw(&statement, values(params))))?;
        self.runtime.block_on(hand_over(rows, take))
    }

    /// Runs the last statement of a transaction, one of `PostgreSQL` alone, and ends that in the same round. Gives every
    /// row. The types of the values are named.
    pub(super) fn last_rows(
        &self,
        sql: &str,
        types: &[Type],
        params: &[&(dyn ToSql + Sync)],
    ) -> Outcome<Vec<tokio_postgres::Row>> {
        let statement = self.prepared(sql, || types.to_vec())?;
        let rows = self.wait(self.begun(async {
            // Both are sent before either is answered. After a statement that failed the end takes nothing.
            let (rows, ended) = join(self.client.query(&statement, params), self.client.batch_execute("COMMIT")).await;
            let rows = rows?;
            ended.map(|()| rows)
        }))?;
        self.has_ended.set(true);
        Ok(rows)
    }

    /// Writes rows into these columns of a table.
    pub(in crate::store) fn insert(&self, table: &str, columns: &[(String, Kind)], rows: &[Vec<Owned>]) -> Outcome<()> {
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let types: Vec<Type> = columns.iter().map(|(_, kind)| type_of(*kind)).collect();
        let sql = format!("COPY {table} ({}) FROM STDIN BINARY", names.join(", "));
        self.wait(self.begun(async {
            let mut writer = pin!(BinaryCopyInWriter::new(self.client.copy_in(&sql).await?, &types));
            for row in rows {
                let values: Vec<_> = columns.iter().zip(row).map(|((_, kind), value)| value.of_kind(*kind)).collect();
                writer.as_mut().write_raw(values).await?;
            }
            writer.finish().await.map(drop)
        }))
    }

    fn prepared(&self, sql: &str, types: impl FnOnce() -> Vec<Type>) -> Outcome<Statement> {
        self.prepared_as(sql, || for_postgres(sql), types)
    }

    /// The statement of that name, prepared once. Its types are told and not guessed: a guess would depend on where a value
    /// stands.
    pub(super) fn prepared_as(
        &self,
        name: &str,
        text: impl FnOnce() -> String,
        types: impl FnOnce() -> Vec<Type>,
    ) -> Outcome<Statement> {
        if let Some(statement) = self.statements.borrow().get(name) {
            return Ok(statement.clone());
        }
        let statement = self.wait(self.client.prepare_typed(&text(), &types()))?;
        self.statements.borrow_mut().insert(name.to_owned(), statement.clone());
        Ok(statement)
    }

    /// The connection itself.
    pub(super) fn client(&self) -> &Rc<Client> {
        &self.client
    }

    /// Sends what begins the transaction ahead of the first round, and waits for both at once.
    pub(super) async fn begun<T>(&self, round: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        match self.begin.take() {
            None => round.await,
            Some(begin) => {
                let (begun, done) = join(begin_with(&self.client, begin, &self.number), round).await;
                begun?;
                done
            }
        }
    }

    /// Waits for all that was sent, and for a round.
    pub(super) fn wait<T>(&self, round: impl Future<Output = Result<T, Error>>) -> Outcome<T> {
        let sent = self.sent.take();
        let both = async {
            let (sent, done) = join(join_all(sent), round).await;
            // The first that failed is why all later ones did.
            sent.into_iter().collect::<Result<(), Error>>()?;
            done
        };
        let waited = self.runtime.block_on(async { tokio::time::timeout(self.round.get(), both).await });
        Ok(waited.map_err(|_| Fault::Silent)??)
    }
}

/// Begins a transaction, and keeps the number that it may tell.
async fn begin_with(client: &Client, begin: &str, number: &RefCell<Option<String>>) -> Result<(), Error> {
    for message in client.simple_query(begin).await? {
        if let SimpleQueryMessage::Row(row) = message {
            number.replace(row.get(0).map(str::to_owned));
        }
    }
    Ok(())
}

async fn hand_over(
    rows: impl Stream<Item = Result<tokio_postgres::Row, Error>>,
    mut take: impl FnMut(&Row<'_>) -> Outcome<ControlFlow<()>>,
) -> Outcome<()> {
    let mut rows = pin!(rows);
    while let Some(row) = tokio::time::timeout(ROUND, rows.next()).await.map_err(|_| Fault::Silent)? {
        if take(&Row::Postgres(&row?))?.is_break() {
            break;
        }
    }
    Ok(())
}
