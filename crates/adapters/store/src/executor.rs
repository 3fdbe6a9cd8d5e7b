//! The one way to the database: a pool to read from, or a transaction.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use minsu_ports::StoreError;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseExecutor, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement, TransactionOptions, TransactionTrait,
};
use tokio::time::Instant;
use tracing::{Instrument, Span};

use crate::{
    connection_quarantine::ConnectionQuarantine,
    errors::{Kind, Misuse, kind},
    pooler::Prelude,
    replica::{Judged, Replica},
};

/// A statement that takes longer is logged, without its values.
const SLOW: Duration = Duration::from_millis(500);

/// State that all statements of a store share.
#[derive(Debug)]
pub(crate) struct Watch {
    /// The longest that a caller waits for an answer. The database gives up earlier; this is for
    /// a database that does not answer at all.
    deadline: Duration,
    quarantine: ConnectionQuarantine,
    /// For a pooler in transaction mode: every statement is sent in a transaction that begins with this.
    pub(crate) prelude: Option<Prelude>,
    statements: AtomicU64,
    without_answer: AtomicU64,
    /// The statements that were sent, for the tests that ask the database for their plans.
    #[cfg(test)]
    pub(crate) sent: std::sync::Mutex<Vec<Statement>>,
}

impl Watch {
    pub(crate) fn new(deadline: Duration, quarantine: ConnectionQuarantine, prelude: Option<Prelude>) -> Self {
        Self {
            deadline,
            quarantine,
            prelude,
            statements: AtomicU64::new(0),
            without_answer: AtomicU64::new(0),
            #[cfg(test)]
            sent: std::sync::Mutex::default(),
        }
    }

    /// How many statements were sent, without those that begin and end transactions.
    pub(crate) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// How many of them got no answer, or no connection.
    pub(crate) fn without_answer(&self) -> u64 {
        self.without_answer.load(Ordering::Relaxed)
    }

    /// The result of a call, or an error at the deadline.
    pub(crate) async fn in_time<T>(&self, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        self.quarantine.unless_answered(self.deadline, work).await.unwrap_or_else(|| Err(no_answer()))
    }

    /// Begins a transaction, and runs its prelude.
    pub(crate) async fn begin(
        &self,
        pool: &DatabaseConnection,
        options: TransactionOptions,
    ) -> Result<DatabaseTransaction, DbErr> {
        let transaction = pool.begin_with_options(options).await?;
        if let Some(prelude) = &self.prelude {
            prelude.run(&transaction).await?;
        }
        Ok(transaction)
    }

    /// Sends a statement to a pool, in a transaction of its own if there is a prelude.
    async fn on_pool<T>(&self, pool: &DatabaseConnection, statement: Statement, send: Send<T>) -> Result<T, DbErr> {
        if self.prelude.is_none() {
            return send(&DatabaseExecutor::Connection(pool), statement).await;
        }
        let transaction = self.begin(pool, TransactionOptions::default()).await?;
        let answer = send(&DatabaseExecutor::Transaction(&transaction), statement).await?;
        transaction.commit().await?;
        Ok(answer)
    }

    async fn over<T>(&self, sql: String, work: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let started = Instant::now();
        let result = self.in_time(work.instrument(span(&sql))).await;
        if result.as_ref().is_err_and(|error| kind(error) == Kind::Unavailable) {
            self.without_answer.fetch_add(1, Ordering::Relaxed);
        }
        let elapsed = started.elapsed();
        if elapsed > SLOW {
            tracing::warn!(elapsed_ms = elapsed.as_millis(), sql, "slow statement");
        }
        result
    }
}

/// The span of a statement, for traces: its text, which has no values in it.
fn span(sql: &str) -> Span {
    let verb = sql.split_whitespace().next().unwrap_or_default();
    tracing::trace_span!("statement", otel.name = verb, otel.kind = "client", db.query.text = sql)
}

/// The database did not answer within the deadline.
pub(crate) fn no_answer() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("no answer within the deadline".to_owned()))
}

enum Target {
    Pool(DatabaseConnection),
    Replica { replica: Arc<Replica>, primary: DatabaseConnection },
    Transaction(DatabaseTransaction),
}

/// Sends statements to the pool or into a transaction, with deadline, span and counters.
pub(crate) struct Executor {
    target: Target,
    watch: Arc<Watch>,
}

impl Executor {
    /// Reads from any connection of a pool.
    pub(crate) fn reading(pool: DatabaseConnection, watch: Arc<Watch>) -> Self {
        Self { target: Target::Pool(pool), watch }
    }

    /// Reads from a copy while it answers.
    pub(crate) fn reading_replica(replica: Arc<Replica>, primary: DatabaseConnection, watch: Arc<Watch>) -> Self {
        Self { target: Target::Replica { replica, primary }, watch }
    }

    /// Reads and writes in a transaction.
    pub(crate) fn within(transaction: DatabaseTransaction, watch: Arc<Watch>) -> Self {
        Self { target: Target::Transaction(transaction), watch }
    }

    /// Itself, if it may write: several statements that belong together must share a transaction.
    pub(crate) fn writing(&self) -> Result<&Self, StoreError> {
        match self.target {
            Target::Pool(_) | Target::Replica { .. } => Err(Misuse::WriteWhileReading.into()),
            Target::Transaction(_) => Ok(self),
        }
    }

    /// Ends the transaction and makes it last.
    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        match self.target {
            Target::Pool(_) | Target::Replica { .. } => Ok(()),
            Target::Transaction(transaction) => {
                self.watch.in_time(transaction.commit().instrument(span("COMMIT"))).await
            }
        }
    }

    /// The executor of the primary: the pool or the transaction.
    fn primary(&self) -> DatabaseExecutor<'_> {
        match &self.target {
            Target::Pool(pool) | Target::Replica { primary: pool, .. } => DatabaseExecutor::Connection(pool),
            Target::Transaction(transaction) => DatabaseExecutor::Transaction(transaction),
        }
    }

    /// Sends a statement that only reads to the replica, if there is one, and to the primary when
    /// the replica does not answer.
    async fn read<T>(&self, statement: Statement, send: Send<T>) -> Result<T, DbErr> {
        #[cfg(test)]
        self.watch.sent.lock().unwrap().push(statement.clone());
        let sql = statement.sql.clone();
        if let Target::Replica { replica, .. } = &self.target
            && replica.is_tried()
        {
            let work = self.watch.on_pool(replica.pool(), statement.clone(), send);
            let result = self.watch.over(sql.clone(), work).await;
            match replica.judge(result) {
                Judged::Final(result) => return result,
                Judged::AskPrimary => {}
            }
        }
        self.send(sql, statement, send).await
    }

    /// Sends a statement to the primary.
    async fn send<T>(&self, sql: String, statement: Statement, send: Send<T>) -> Result<T, DbErr> {
        match self.primary() {
            DatabaseExecutor::Connection(pool) => self.watch.over(sql, self.watch.on_pool(pool, statement, send)).await,
            transaction => self.watch.over(sql, send(&transaction, statement)).await,
        }
    }
}

/// One of the ways to send a statement.
type Send<T> = for<'a> fn(&'a DatabaseExecutor<'a>, Statement) -> BoxFuture<'a, T>;
type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, DbErr>> + std::marker::Send + 'a>>;

#[async_trait]
impl ConnectionTrait for Executor {
    fn get_database_backend(&self) -> DbBackend {
        self.primary().get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let sql = statement.sql.clone();
        self.send(sql, statement, |db, statement| db.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.watch.over(sql.to_owned(), self.primary().execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.read(statement, |db, statement| db.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.read(statement, |db, statement| db.query_all_raw(statement)).await
    }
}
