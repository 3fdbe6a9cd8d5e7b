//! How feeds fare.

use chrono::{DateTime, Utc};
use minsu_ports::{FailingFeeds, FeedHealth, StoreError};
use sea_orm::{ConnectionTrait, QueryResult};

use super::rows::column;
use crate::{errors::failed, repos::values::stored, session::SqlSession};

impl SqlSession {
    pub(super) async fn feed_health(&self, failures: u32, late: DateTime<Utc>) -> Result<FeedHealth, StoreError> {
        let mut sql = self.read_sql();
        sql.push("SELECT host, error, COUNT(*) FROM calendar_feeds WHERE paused = ").bind(false);
        sql.push(" AND failures >= ").bind(stored(failures)).push(" AND error IS NOT NULL GROUP BY host, error ");
        sql.push("ORDER BY COUNT(*) DESC, host, error");
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        let failing = |row: &QueryResult| {
            let feeds = column::<i64>(row, 2)?.unsigned_abs();
            Ok::<_, StoreError>(FailingFeeds { host: column(row, 0)?, error: column(row, 1)?, feeds })
        };
        let failing = rows.iter().map(failing).collect::<Result<_, _>>()?;
        Ok(FeedHealth { read: self.unpaused(None).await?, late: self.unpaused(Some(late)).await?, failing })
    }

    /// How many are not paused, and were due before a time.
    async fn unpaused(&self, due_before: Option<DateTime<Utc>>) -> Result<u64, StoreError> {
        let mut sql = self.read_sql();
        sql.push("SELECT COUNT(*) FROM calendar_feeds WHERE paused = ").bind(false);
        if let Some(time) = due_before {
            sql.push(" AND next_poll_at < ").bind(time);
        }
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?;
        Ok(row.map_or(Ok(0), |row| column::<i64>(&row, 0))?.unsigned_abs())
    }
}
