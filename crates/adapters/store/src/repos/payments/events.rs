//! What providers said: never changed, and forgotten after the retention.

use chrono::{DateTime, Utc};
use minsu_ports::{ProviderEvent, StoreError};
use sea_orm::{ConnectionTrait, DbBackend};

use super::rows::{column, insert_unless_there};
use crate::{errors::failed, repos::sql::Sql, session::SqlSession};

impl SqlSession {
    pub(super) async fn noted(&self, event: &ProviderEvent) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        let (insert, unless_there) = insert_unless_there(sql.backend());
        sql.push(insert).push("provider_events (provider, event_id, number, kind, received_at) VALUES (");
        sql.bind(event.provider.name()).push(", ").bind(event.id.clone()).push(", ").bind(event.number.as_str());
        sql.push(", ").bind(event.kind).push(", ").bind(event.received_at).push(")").push(unless_there);
        Ok(self.run(sql).await? > 0)
    }

    pub(super) async fn forgotten(&self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let mut sql = self.sql()?;
        if sql.backend() == DbBackend::MySql {
            sql.push("DELETE FROM provider_events WHERE received_at < ").bind(before).limit(u64::from(limit), 0);
            return self.run(sql).await;
        }
        sql.push("SELECT provider, event_id FROM provider_events WHERE received_at < ").bind(before);
        sql.limit(u64::from(limit), 0);
        let mut forgotten = 0;
        for row in self.db.query_all_raw(sql.done()).await.map_err(failed)? {
            let (provider, event): (String, String) = (column(&row, 0)?, column(&row, 1)?);
            let mut sql = self.sql()?;
            sql.push("DELETE FROM provider_events WHERE provider = ").bind(provider).push(" AND event_id = ");
            sql.bind(event);
            forgotten += self.run(sql).await?;
        }
        Ok(forgotten)
    }

    pub(super) async fn to_forget(&self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT COUNT(*) FROM provider_events WHERE received_at < ").bind(before);
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?;
        let count: i64 = row.as_ref().map_or(Ok(0), |row| column(row, 0))?;
        Ok(count.unsigned_abs())
    }
}
