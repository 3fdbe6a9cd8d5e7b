//! A transaction that takes rows by the thousand.

use std::collections::BTreeMap;

use minsu_ports::StoreError;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ModelTrait, RuntimeErr, SqlxError,
    sqlx::{self, AssertSqlSafe, Executor as _, Postgres},
};

use super::cells::Rows;
use crate::{SqlStore, errors::failed, repos::sql::Sql};

/// Values of one statement; SQLite takes no more than 32,766.
const VALUES: usize = 30_000;

pub(super) enum Loader {
    Postgres(sqlx::Transaction<'static, Postgres>),
    Other(DatabaseTransaction),
}

impl Loader {
    pub(super) async fn begin(store: &SqlStore) -> Result<Self, StoreError> {
        if store.writers.get_database_backend() == DbBackend::Postgres {
            let mut transaction = store.writers.get_postgres_connection_pool().begin().await.map_err(refused)?;
            if let Some(prelude) = &store.watch.prelude {
                prelude.run_raw(&mut transaction).await.map_err(refused)?;
            }
            // The last batches are lost when the machine fails, and are loaded again.
            transaction.execute("SET LOCAL synchronous_commit = off").await.map_err(refused)?;
            let is_superuser = "SELECT current_setting('is_superuser') = 'on'";
            if sqlx::query_scalar(is_superuser).fetch_one(&mut *transaction).await.map_err(refused)? {
                // Every row here refers to one of the same batch, or to one that was just read; to
                // look each of them up again takes longer than to write it.
                transaction.execute("SET LOCAL session_replication_role = replica").await.map_err(refused)?;
            }
            return Ok(Self::Postgres(transaction));
        }
        store.begin_writing().await.map(Self::Other)
    }

    /// Ids for `count` rows, ascending, that no other transaction gets.
    pub(super) async fn ids(&mut self, table: &'static str, count: usize) -> Result<Vec<i64>, StoreError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        match self {
            Self::Postgres(transaction) => {
                let sql = format!(
                    "SELECT nextval(pg_get_serial_sequence('{table}', 'id')) FROM generate_series(1, $1) ORDER BY 1"
                );
                let ids = sqlx::query_scalar(AssertSqlSafe(sql)).bind(count);
                ids.fetch_all(&mut **transaction).await.map_err(refused)
            }
            Self::Other(transaction) => {
                // SQLite has one writer. On MySQL another process may publish a house meanwhile: then the
                // primary key refuses the batch, and the same batch fits the next time.
                let mut sql = Sql::new(transaction.get_database_backend());
                sql.push(&format!("SELECT COALESCE(MAX(id), 0) FROM {table}"));
                let row = transaction.query_one_raw(sql.done()).await.map_err(failed)?;
                let last: i64 = row.map(|row| row.try_get_by_index(0)).transpose().map_err(failed)?.unwrap_or(0);
                Ok((last + 1..=last + count).collect())
            }
        }
    }

    pub(super) async fn write<M: ModelTrait>(&mut self, rows: Rows<M>) -> Result<(), StoreError> {
        let (table, columns) = (Rows::<M>::table(), Rows::<M>::columns().join(", "));
        match self {
            Self::Postgres(transaction) => {
                let statement = format!("COPY {table} ({columns}) FROM STDIN");
                let mut copy = transaction.copy_in_raw(&statement).await.map_err(refused)?;
                copy.send(rows.copy_text()?.as_bytes()).await.map_err(refused)?;
                copy.finish().await.map_err(refused)?;
            }
            Self::Other(transaction) => {
                for chunk in rows.into_chunks(VALUES) {
                    let mut sql = Sql::new(transaction.get_database_backend());
                    sql.push(&format!("INSERT INTO {table} ({columns}) VALUES "));
                    for (place, row) in chunk.into_iter().enumerate() {
                        sql.push(if place == 0 { "(" } else { ", (" });
                        for (place, value) in row.into_iter().enumerate() {
                            sql.push(if place == 0 { "" } else { ", " }).bind(value);
                        }
                        sql.push(")");
                    }
                    transaction.execute_raw(sql.done()).await.map_err(failed)?;
                }
            }
        }
        Ok(())
    }

    /// Adds to the counts of houses: by house, the completed orders and the guests.
    pub(super) async fn count_completed(&mut self, houses: BTreeMap<i64, (usize, usize)>) -> Result<(), StoreError> {
        let mut by_counts: BTreeMap<_, Vec<String>> = BTreeMap::new();
        houses.into_iter().for_each(|(house, counts)| by_counts.entry(counts).or_default().push(house.to_string()));
        for ((orders, guests), houses) in by_counts {
            let sql = format!(
                "UPDATE houses SET order_count = order_count + {orders}, guest_count = guest_count + {guests}, \
                 stayed_guest_count = stayed_guest_count + {guests} WHERE id IN ({})",
                houses.join(", ")
            );
            match self {
                Self::Postgres(transaction) => {
                    transaction.execute(AssertSqlSafe(sql)).await.map_err(refused)?;
                }
                Self::Other(transaction) => {
                    transaction.execute_unprepared(&sql).await.map_err(failed)?;
                }
            }
        }
        Ok(())
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Postgres(transaction) => transaction.commit().await.map_err(refused),
            Self::Other(transaction) => transaction.commit().await.map_err(failed),
        }
    }
}

fn refused(error: SqlxError) -> StoreError {
    failed(DbErr::Exec(RuntimeErr::SqlxError(error.into())))
}
