//! Events on their way to webhooks.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound as _, Utc};
use minsu_domain::{DeliveryId, DeliveryState, WebhookId};
use minsu_ports::{AfterAttempt, AttemptResult, Cargo, Delivery, DeliveryRepo, NewDelivery, OrderingKey, StoreError};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, sea_query::Value};

use super::{
    maybe, position,
    rows::{column, delivery_state, delivery_state_number, followed, ordering_number},
};
use crate::{
    errors::failed,
    repos::{
        sql::Sql,
        values::{Table, stored},
    },
    session::SqlSession,
};

const DELIVERIES: Table = Table("webhook_deliveries");
const COLUMNS: &str = "d.id, d.webhook_id, d.position, d.kind, d.state, d.attempts, d.next_at, d.created_at, d.ended_at, \
                       d.status, d.error, d.millis";
/// The kind of a test in its column.
const TEST: &str = "test";
/// Rows of one insert: far below the parameters that a statement may have.
const TOGETHER: usize = 100;
/// The most characters of a code that are kept.
const ERROR_CHARS: usize = 40;

#[async_trait]
impl DeliveryRepo for SqlSession {
    async fn lock_cursor(&mut self) -> Result<u64, StoreError> {
        let db = self.db.writing()?;
        let lock = if db.get_database_backend() == DbBackend::Sqlite { "" } else { " FOR UPDATE" };
        self.read_cursor(lock).await
    }

    async fn cursor(&mut self) -> Result<u64, StoreError> {
        self.read_cursor("").await
    }

    async fn move_cursor(&mut self, to: u64) -> Result<(), StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE dispatch_head SET position = ").bind(position(to)).push(" WHERE id = 1");
        self.run(sql).await.map(|_| ())
    }

    async fn insert(&mut self, deliveries: &[NewDelivery]) -> Result<(), StoreError> {
        let waits = self.waits(deliveries).await?;
        for some in deliveries.chunks(TOGETHER) {
            let mut sql = self.sql()?;
            sql.push(
                "INSERT INTO webhook_deliveries (webhook_id, position, kind, ordering_key, state, attempts, next_at, ",
            );
            sql.push("created_at) VALUES ");
            for (place, delivery) in some.iter().enumerate() {
                let (at, kind) = match delivery.cargo {
                    Cargo::Event { position: at, kind } => (Some(position(at)), kind),
                    Cargo::Test => (None, TEST),
                };
                let ordering_key = (delivery.webhook, ordering_number(delivery.ordering_key));
                let created_at = delivery.created_at.trunc_subsecs(6);
                let next_at = waits.get(&ordering_key).map_or(created_at, |waits| created_at.max(*waits));
                sql.push(if place == 0 { "(" } else { ", (" }).bind(delivery.webhook.get()).push(", ");
                sql.bind(Value::from(at)).push(", ").bind(kind).push(", ").bind(ordering_key.1).push(", ");
                sql.bind(delivery_state_number(DeliveryState::Waiting)).push(", 0, ").bind(next_at).push(", ");
                sql.bind(created_at).push(")");
            }
            self.run(sql).await?;
        }
        Ok(())
    }

    async fn due_webhooks(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<WebhookId>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT d.webhook_id, MIN(d.next_at) AS longest FROM webhook_deliveries d JOIN webhooks w ON w.id = ");
        sql.push("d.webhook_id WHERE d.state = ").bind(delivery_state_number(DeliveryState::Waiting));
        sql.push(" AND d.next_at <= ").bind(now).push(" GROUP BY d.webhook_id, w.failing_since ORDER BY ");
        sql.push("CASE WHEN w.failing_since IS NULL THEN 0 ELSE 1 END, longest, d.webhook_id");
        sql.limit(u64::from(limit), 0);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().map(|row| Ok(DELIVERIES.checked("webhook_id", WebhookId::new(column(row, 0)?))?)).collect()
    }

    async fn due_of(
        &mut self,
        webhook: WebhookId,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let waiting = delivery_state_number(DeliveryState::Waiting);
        self.found(|sql| {
            sql.push("d.webhook_id = ").bind(webhook.get()).push(" AND d.state = ").bind(waiting);
            sql.push(" AND d.next_at <= ").bind(now);
            sql.push(" AND (d.ordering_key = 0 OR NOT EXISTS (SELECT 1 FROM webhook_deliveries before_it WHERE ");
            sql.push("before_it.webhook_id = d.webhook_id AND before_it.ordering_key = d.ordering_key AND before_it.state = ");
            sql.bind(waiting).push(" AND before_it.id < d.id)) ORDER BY d.next_at, d.id").limit(u64::from(limit), 0);
        })
        .await
    }

    async fn claim(&mut self, id: DeliveryId, seen: u32, until: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE webhook_deliveries SET attempts = attempts + 1, next_at = ").bind(until.trunc_subsecs(6));
        sql.push(" WHERE id = ").bind(id.get()).push(" AND state = ");
        sql.bind(delivery_state_number(DeliveryState::Waiting)).push(" AND attempts = ").bind(stored(seen));
        Ok(self.run(sql).await? > 0)
    }

    async fn record(
        &mut self,
        id: DeliveryId,
        attempt: u32,
        after: AfterAttempt,
        result: &AttemptResult,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let (state, next_at, ended_at) = match after {
            AfterAttempt::Delivered => (DeliveryState::Delivered, now, Some(now)),
            AfterAttempt::Again(at) => (DeliveryState::Waiting, at, None),
            AfterAttempt::Parked => (DeliveryState::Parked, now, Some(now)),
        };
        let waiting = delivery_state_number(DeliveryState::Waiting);
        let error = result.error.as_ref().map(|error| error.chars().take(ERROR_CHARS).collect::<String>());
        let mut sql = self.sql()?;
        sql.push("UPDATE webhook_deliveries SET state = ").bind(delivery_state_number(state));
        sql.push(", next_at = ").bind(next_at.trunc_subsecs(6)).push(", ended_at = ").bind(maybe(ended_at));
        sql.push(", status = ").bind(Value::from(result.status.and_then(|status| i16::try_from(status).ok())));
        sql.push(", error = ").bind(Value::from(error)).push(", millis = ").bind(stored(result.millis));
        sql.push(" WHERE id = ").bind(id.get()).push(" AND state = ").bind(waiting);
        sql.push(" AND attempts = ").bind(stored(attempt));
        if self.run(sql).await? == 0 {
            return Ok(false);
        }
        self.move_followers(id, next_at).await?;
        Ok(true)
    }

    async fn park_all(&mut self, webhook: WebhookId, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE webhook_deliveries SET state = ").bind(delivery_state_number(DeliveryState::Parked));
        sql.push(", ended_at = ").bind(now.trunc_subsecs(6)).push(" WHERE webhook_id = ").bind(webhook.get());
        sql.push(" AND state = ").bind(delivery_state_number(DeliveryState::Waiting));
        self.run(sql).await
    }

    async fn redeliver(&mut self, webhook: WebhookId, id: DeliveryId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let waiting = delivery_state_number(DeliveryState::Waiting);
        let mut sql = self.sql()?;
        sql.push("UPDATE webhook_deliveries SET state = ").bind(waiting).push(", attempts = 0, ended_at = NULL");
        sql.push(", next_at = ").bind(now.trunc_subsecs(6)).push(" WHERE id = ").bind(id.get());
        sql.push(" AND webhook_id = ").bind(webhook.get()).push(" AND state <> ").bind(waiting);
        Ok(self.run(sql).await? > 0)
    }

    async fn of_webhook(
        &mut self,
        webhook: WebhookId,
        states: &[DeliveryState],
        after: Option<DeliveryId>,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.found(|sql| {
            sql.push("d.webhook_id = ").bind(webhook.get());
            if let Some(after) = after {
                sql.push(" AND d.id < ").bind(after.get());
            }
            if let Some((first, others)) = states.split_first() {
                sql.push(" AND d.state IN (").bind(delivery_state_number(*first));
                for state in others {
                    sql.push(", ").bind(delivery_state_number(*state));
                }
                sql.push(")");
            }
            sql.push(" ORDER BY d.id DESC").limit(u64::from(limit), 0);
        })
        .await
    }

    async fn find(&mut self, webhook: WebhookId, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        let own = |sql: &mut Sql| {
            sql.push("d.id = ").bind(id.get()).push(" AND d.webhook_id = ").bind(webhook.get());
        };
        Ok(self.found(own).await?.pop())
    }

    async fn count_ended(&mut self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT COUNT(*) FROM webhook_deliveries WHERE ended_at < ").bind(before);
        self.counted(sql).await
    }

    async fn delete_ended(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let mut sql = self.sql()?;
        sql.push("SELECT id FROM webhook_deliveries WHERE ended_at < ").bind(before).push(" ORDER BY ended_at");
        sql.limit(u64::from(limit), 0);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        let ids: Result<Vec<i64>, _> = rows.iter().map(|row| column(row, 0)).collect();
        let ids = ids?;
        let Some((first, others)) = ids.split_first() else { return Ok(0) };
        let mut sql = self.sql()?;
        sql.push("DELETE FROM webhook_deliveries WHERE ended_at < ").bind(before).push(" AND id IN (").bind(*first);
        for id in others {
            sql.push(", ").bind(*id);
        }
        sql.push(")");
        self.run(sql).await
    }
}

impl SqlSession {
    async fn read_cursor(&self, lock: &str) -> Result<u64, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT position FROM dispatch_head WHERE id = 1").push(lock);
        self.counted(sql).await
    }

    /// Until when deliveries of these ordering keys wait for one that is there already.
    async fn waits(&self, deliveries: &[NewDelivery]) -> Result<HashMap<(WebhookId, i64), DateTime<Utc>>, StoreError> {
        let mut ordering_keys: Vec<_> = deliveries
            .iter()
            .filter(|delivery| delivery.ordering_key != OrderingKey::Free)
            .map(|delivery| (delivery.webhook, ordering_number(delivery.ordering_key)))
            .collect();
        ordering_keys.sort_unstable();
        ordering_keys.dedup();
        let mut waits = HashMap::new();
        let of_webhooks = ordering_keys.chunk_by(|one, other| one.0 == other.0);
        let parts: Vec<_> = of_webhooks.flat_map(|same| same.chunks(TOGETHER)).collect();
        for some in parts {
            let Some((first, others)) = some.split_first() else { continue };
            let mut sql = self.sql()?;
            sql.push("SELECT ordering_key, MAX(next_at) FROM webhook_deliveries WHERE webhook_id = ")
                .bind(first.0.get());
            sql.push(" AND state = ").bind(delivery_state_number(DeliveryState::Waiting));
            sql.push(" AND ordering_key IN (").bind(first.1);
            for (_, ordering_key) in others {
                sql.push(", ").bind(*ordering_key);
            }
            sql.push(") GROUP BY ordering_key");
            for row in self.db.query_all_raw(sql.done()).await.map_err(failed)? {
                waits.insert((first.0, column(&row, 0)?), column(&row, 1)?);
            }
        }
        Ok(waits)
    }

    /// Makes the later deliveries of the same ordering key due with the next one: none of them goes before it, so none is
    /// looked at before.
    async fn move_followers(&self, id: DeliveryId, next_at: DateTime<Utc>) -> Result<(), StoreError> {
        let mut sql = self.sql()?;
        sql.push("SELECT webhook_id, ordering_key FROM webhook_deliveries WHERE id = ").bind(id.get());
        let Some(row) = self.db.query_one_raw(sql.done()).await.map_err(failed)? else { return Ok(()) };
        let (webhook, ordering_key): (i64, i64) = (column(&row, 0)?, column(&row, 1)?);
        if ordering_key == 0 {
            return Ok(());
        }
        let mut sql = self.sql()?;
        sql.push("UPDATE webhook_deliveries SET next_at = ").bind(next_at.trunc_subsecs(6));
        sql.push(" WHERE webhook_id = ")
            .bind(webhook)
            .push(" AND ordering_key = ")
            .bind(ordering_key)
            .push(" AND state = ");
        sql.bind(delivery_state_number(DeliveryState::Waiting)).push(" AND id > ").bind(id.get());
        self.run(sql).await.map(|_| ())
    }

    async fn found(&self, condition: impl FnOnce(&mut Sql)) -> Result<Vec<Delivery>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT ").push(COLUMNS).push(" FROM webhook_deliveries d WHERE ");
        condition(&mut sql);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        // A kind of a later version is left to that version.
        rows.iter().filter_map(|row| delivery(row).transpose()).collect()
    }
}

fn delivery(row: &QueryResult) -> Result<Option<Delivery>, StoreError> {
    let at: Option<i64> = column(row, 2)?;
    let cargo = match at {
        None => Cargo::Test,
        Some(at) => {
            let Some(kind) = followed(&column::<String>(row, 3)?) else { return Ok(None) };
            Cargo::Event { position: u64::try_from(at).map_err(|_| DELIVERIES.corrupt("position"))?, kind }
        }
    };
    let millis: Option<i32> = column(row, 11)?;
    let status: Option<i16> = column(row, 9)?;
    let error: Option<String> = column(row, 10)?;
    let result = |millis: i32| AttemptResult {
        status: status.and_then(|status| u16::try_from(status).ok()),
        error,
        millis: u32::try_from(millis).unwrap_or_default(),
    };
    Ok(Some(Delivery {
        id: DELIVERIES.checked("id", DeliveryId::new(column(row, 0)?))?,
        webhook: DELIVERIES.checked("webhook_id", WebhookId::new(column(row, 1)?))?,
        cargo,
        state: delivery_state(column(row, 4)?).ok_or(DELIVERIES.corrupt("state"))?,
        attempts: DELIVERIES.count("attempts", column(row, 5)?)?,
        last: millis.map(result),
        next_at: column(row, 6)?,
        created_at: column(row, 7)?,
        ended_at: column(row, 8)?,
    }))
}
