//! The connections of searches: a quarter of all, with a statement timeout of their own.

use std::sync::Arc;

use sea_orm::DatabaseConnection;

use crate::{
    ConnectError, Pooler, StoreOptions,
    connection_quarantine::ConnectionQuarantine,
    deadlines::{GRACE, REPLICA_PAUSE},
    engine::Engine,
    executor::{Executor, Watch},
    replica::Replica,
};

/// A store has one part in so many of its connections for searches.
const PART: u32 = 4;

/// What searches read with.
pub(crate) struct SearchSide {
    pub(crate) pool: DatabaseConnection,
    replica: Option<Arc<Replica>>,
    pub(crate) watch: Arc<Watch>,
}

impl SearchSide {
    /// Makes the pools; they connect when they are first used.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub(crate) async fn new(engine: Engine, options: &StoreOptions) -> Result<Self, ConnectError> {
        let quarantine = ConnectionQuarantine::off();
        let options = StoreOptions {
            max_connections: connections(options.max_connections).1,
            statement_timeout: options.search_timeout,
            ..options.clone()
        };
        let replica = match &options.replica_url {
            Some(url) => {
                let pool = engine.connect_replica(url, &options, &quarantine).await?;
                Some(Arc::new(Replica::new(pool, REPLICA_PAUSE)))
            }
            None => None,
        };
        let pool = engine.connect_for_search(&options.url, &options, &quarantine).await?;
        let deadline = options.acquire_timeout + options.statement_timeout + GRACE;
        let pooler = if engine == Engine::Postgres { options.pooler } else { Pooler::None };
        let watch = Arc::new(Watch::new(deadline, quarantine, pooler.prelude(options.statement_timeout)));
        Ok(Self { pool, replica, watch })
    }

    pub(crate) fn executor(&self) -> Executor {
        let (primary, watch) = (self.pool.clone(), Arc::clone(&self.watch));
        match &self.replica {
            Some(replica) => Executor::reading_replica(Arc::clone(replica), primary, watch),
            None => Executor::reading(primary, watch),
        }
    }

    pub(crate) fn fallbacks(&self) -> u64 {
        self.replica.as_ref().map_or(0, |replica| replica.fallbacks())
    }

    /// Closes every connection.
    pub(crate) async fn close(&self) {
        for pool in [Some(&self.pool), self.replica.as_ref().map(|replica| replica.pool())].into_iter().flatten() {
            if let Err(error) = pool.close_by_ref().await {
                tracing::warn!(%error, "a connection did not close");
            }
        }
    }
}

/// How many of these connections everything else has, and how many searches have. Of fewer than four everything
/// else has all, and searches one more.
pub(crate) fn connections(all: u32) -> (u32, u32) {
    let searches = (all / PART).max(1);
    (if all < PART { all.max(1) } else { all - searches }, searches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
    use std::time::Duration;

    #[test]
    fn searches_have_a_quarter_and_at_least_one() {
        assert_eq!(connections(16), (12, 4));
        assert_eq!(connections(4), (3, 1));
        assert_eq!(connections(5), (4, 1));
        assert_eq!((connections(3), connections(1)), ((3, 1), (1, 1)));
    }

    #[test]
    fn a_search_has_less_time_than_other_statements() {
        let options = StoreOptions::new("sqlite://x");
        assert!(options.search_timeout < options.statement_timeout);
        assert!(options.search_timeout > Duration::ZERO);
    }

    /// A dear search ends after its own time and takes no connection from anything else.
    #[tokio::test]
    async fn searches_end_early_and_leave_connections_to_others() {
        let server = minsu_testservers::postgres().await;
        let options = StoreOptions {
            max_connections: 4,
            acquire_timeout: Duration::from_secs(3),
            search_timeout: Duration::from_millis(700),
            ..StoreOptions::new(server.url())
        };
        let store = crate::SqlStore::connect(&options).await.unwrap();
        let slow = || Statement::from_string(DbBackend::Postgres, "SELECT pg_sleep(2)");
        let session = |store: &crate::SqlStore| store.search_executor();
        let (one, other) = (session(&store), session(&store));
        let (one, other) = tokio::join!(one.query_one_raw(slow()), other.query_one_raw(slow()));
        assert!(one.is_err() && other.is_err());
        // While a search waits, everything else has its connections.
        let waiting = session(&store);
        let searching = waiting.query_one_raw(slow());
        let reading = async {
            let readers: Vec<_> = (0..3).map(|_| store.reader()).collect();
            let asked = Statement::from_string(DbBackend::Postgres, "SELECT pg_sleep(0.1)");
            let answers = futures_util::future::join_all(readers.iter().map(|db| db.query_one_raw(asked.clone())));
            assert!(answers.await.iter().all(Result::is_ok));
        };
        let (searched, ()) = tokio::join!(searching, reading);
        assert!(searched.is_err());
        for db in [store.reader(), session(&store)] {
            let jit = Statement::from_string(DbBackend::Postgres, "SHOW jit");
            let jit: String = db.query_one_raw(jit).await.unwrap().unwrap().try_get_by_index(0).unwrap();
            assert_eq!(jit, "off");
        }
        store.close().await;
    }
}
