//! A connection pooler in front of PostgreSQL, and how the settings of a session reach the server behind
//! it.

use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseTransaction, DbErr,
    sqlx::{AssertSqlSafe, Executor as _},
};

/// The connection pooler in front of PostgreSQL. Other engines ignore it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pooler {
    /// No pooler: connections keep their server, prepared statements and settings.
    #[default]
    None,
    /// A pooler that gives a server to each connection (PgBouncer, `pool_mode = session`).
    Session,
    /// A pooler that gives a server to each transaction (PgBouncer, `pool_mode = transaction`): session state
    /// lasts for one transaction here.
    Transaction,
}

/// Settings of PostgreSQL for the statements of a site, by name.
type Settings = [(&'static str, String); 5];

fn settings(statement: Duration) -> Settings {
    [
        ("statement_timeout", statement.as_millis().to_string()),
        // A process that vanished in a transaction must not keep its locks.
        ("idle_in_transaction_session_timeout", (statement * 3).as_millis().to_string()),
        // A page is found in a millisecond; starting helpers for it takes longer.
        ("max_parallel_workers_per_gather", "0".to_owned()),
        // A query of a page ends before it would be compiled; compiling a dear one took longer than running it.
        ("jit", "off".to_owned()),
        // Indexes are in memory or on a disk without a head to move: to look up ten thousand
        // houses is cheaper than to read a million.
        ("random_page_cost", "1.1".to_owned()),
    ]
}

/// The settings as statements.
fn statements(verb: &str, statement: Duration) -> String {
    settings(statement).map(|(name, value)| format!("{verb} {name} = {value}")).join("; ")
}

impl Pooler {
    /// Makes the connections of a pool have the settings. Poolers refuse them at the start of a
    /// connection; behind one that changes servers only [`Prelude`] has them, and no connection
    /// remembers a prepared statement.
    pub(crate) fn prepare(self, pool: &mut ConnectOptions, statement: Duration) {
        match self {
            Self::None => {
                pool.map_sqlx_postgres_opts(move |server| server.options(settings(statement)));
            }
            Self::Session => {
                pool.map_sqlx_postgres_opts(|server| server.extra_float_digits(None));
            }
            Self::Transaction => {
                pool.map_sqlx_postgres_opts(|server| server.extra_float_digits(None).statement_cache_capacity(0));
            }
        }
    }

    /// The statements that a new connection runs before its first use, if any.
    pub(crate) fn greeting(self, statement: Duration) -> Option<String> {
        (self == Self::Session).then(|| statements("SET", statement))
    }

    /// The statements that each transaction begins with, if any.
    pub(crate) fn prelude(self, statement: Duration) -> Option<Prelude> {
        (self == Self::Transaction).then(|| Prelude(statements("SET LOCAL", statement)))
    }
}

/// The statements that each transaction begins with behind a pooler that gives it any server.
#[derive(Debug, Clone)]
pub(crate) struct Prelude(String);

impl Prelude {
    /// Forgets the prepared statements that earlier transactions left on the server, whose names come
    /// again, and gives this transaction its settings.
    pub(crate) async fn run(&self, transaction: &DatabaseTransaction) -> Result<(), DbErr> {
        forget_statements(transaction).await?;
        transaction.execute_unprepared(&self.0).await?;
        Ok(())
    }

    /// The same for a transaction of the driver.
    pub(crate) async fn run_raw(
        &self,
        transaction: &mut sea_orm::sqlx::Transaction<'static, sea_orm::sqlx::Postgres>,
    ) -> Result<(), sea_orm::SqlxError> {
        transaction.execute(FORGET).await?;
        transaction.execute(AssertSqlSafe(self.0.clone())).await?;
        Ok(())
    }
}

/// A message of its own: from 1.22 on PgBouncer recognises it, and forgets its own notes.
const FORGET: &str = "DEALLOCATE ALL";

/// Forgets every prepared statement of the server that the transaction has.
pub(crate) async fn forget_statements(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    transaction.execute_unprepared(FORGET).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_go_where_the_pooler_lets_them() {
        let second = Duration::from_secs(1);
        assert!(Pooler::None.greeting(second).is_none() && Pooler::None.prelude(second).is_none());
        let greeting = Pooler::Session.greeting(second).unwrap();
        assert!(greeting.starts_with("SET statement_timeout = 1000; SET idle_in_transaction_session_timeout = 3000;"));
        assert!(Pooler::Session.prelude(second).is_none());
        let prelude = Pooler::Transaction.prelude(second).unwrap();
        assert!(prelude.0.starts_with("SET LOCAL statement_timeout = 1000; SET LOCAL "), "{prelude:?}");
        assert!(Pooler::Transaction.greeting(second).is_none());
    }
}
