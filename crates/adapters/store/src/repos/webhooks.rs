//! Webhooks.

mod deliveries;
mod messages;
mod rows;

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound as _, Utc};
use minsu_domain::{EventKinds, UserId, Version, WebhookId, WebhookState};
use minsu_ports::{LockedAccount, NewWebhook, SealedIdentity, StoreError, Webhook, WebhookRepo};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, sea_query::Value};

use self::rows::{column, webhook_state, webhook_state_number};
use crate::{
    errors::failed,
    repos::{
        sql::Sql,
        values::{Table, stored},
    },
    session::SqlSession,
};

const WEBHOOKS: Table = Table("webhooks");
const COLUMNS: &str = "id, user_id, host, key_id, sealed, kinds, state, version, since, former_until, failing_since, \
                       created_at";

#[async_trait]
impl WebhookRepo for SqlSession {
    async fn insert(&mut self, owner: &LockedAccount, webhook: &NewWebhook) -> Result<WebhookId, StoreError> {
        let mut sql = self.sql()?;
        sql.push(
            "INSERT INTO webhooks (user_id, host, key_id, sealed, kinds, state, version, since, created_at) VALUES (",
        );
        sql.bind(owner.user().get()).push(", ").bind(webhook.host.as_str()).push(", ");
        sql.bind(webhook.sealed.key_id.as_str()).push(", ").bind(webhook.sealed.sealed.clone()).push(", ");
        sql.bind(webhook.kinds.to_text()).push(", ").bind(webhook_state_number(WebhookState::On)).push(", 1, ");
        sql.bind(position(webhook.since)).push(", ").bind(webhook.created_at.trunc_subsecs(6)).push(")");
        self.run(sql).await?;
        // The account is locked: no other call adds one.
        let mut sql = self.sql()?;
        sql.push("SELECT MAX(id) FROM webhooks WHERE user_id = ").bind(owner.user().get());
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?.ok_or_else(|| WEBHOOKS.corrupt("id"))?;
        Ok(WEBHOOKS.checked("id", WebhookId::new(column(&row, 0)?))?)
    }

    async fn count(&mut self, owner: &LockedAccount) -> Result<u64, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT COUNT(*) FROM webhooks WHERE user_id = ").bind(owner.user().get());
        self.counted(sql).await
    }

    async fn of_user(&mut self, user: UserId) -> Result<Vec<Webhook>, StoreError> {
        self.webhooks_where(|sql| _ = sql.push("user_id = ").bind(user.get()).push(" ORDER BY id DESC")).await
    }

    async fn find(&mut self, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
        Ok(self.webhooks_where(|sql| _ = sql.push("id = ").bind(id.get())).await?.pop())
    }

    async fn lock_enabled(&mut self, users: &[UserId]) -> Result<Vec<Webhook>, StoreError> {
        let Some((first, others)) = users.split_first() else { return Ok(vec![]) };
        let lock = if self.db.writing()?.get_database_backend() == DbBackend::Sqlite { "" } else { " FOR UPDATE" };
        self.webhooks_where(|sql| {
            sql.push("user_id IN (").bind(first.get());
            for user in others {
                sql.push(", ").bind(user.get());
            }
            sql.push(") AND state = ").bind(webhook_state_number(WebhookState::On)).push(" ORDER BY id").push(lock);
        })
        .await
    }

    async fn replace(&mut self, webhook: &Webhook, seen: Version) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE webhooks SET version = version + 1, host = ").bind(webhook.host.as_str());
        sql.push(", key_id = ").bind(webhook.sealed.key_id.as_str());
        sql.push(", sealed = ").bind(webhook.sealed.sealed.clone());
        sql.push(", kinds = ").bind(webhook.kinds.to_text());
        sql.push(", state = ").bind(webhook_state_number(webhook.state));
        sql.push(", since = ").bind(position(webhook.since));
        sql.push(", former_until = ").bind(maybe(webhook.former_until));
        sql.push(", failing_since = ").bind(maybe(webhook.failing_since));
        sql.push(" WHERE id = ").bind(webhook.id.get()).push(" AND version = ").bind(stored(seen.get()));
        Ok(self.run(sql).await? > 0)
    }

    async fn note_failing(&mut self, id: WebhookId, since: Option<DateTime<Utc>>) -> Result<(), StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE webhooks SET failing_since = ").bind(maybe(since)).push(" WHERE id = ").bind(id.get());
        self.run(sql).await.map(|_| ())
    }

    async fn delete(&mut self, user: UserId, id: WebhookId) -> Result<bool, StoreError> {
        self.lock_webhooks(|sql| _ = sql.push("id = ").bind(id.get()).push(" AND user_id = ").bind(user.get())).await?;
        let mut sql = self.sql()?;
        sql.push("DELETE FROM webhook_deliveries WHERE webhook_id IN (SELECT id FROM webhooks WHERE id = ");
        sql.bind(id.get()).push(" AND user_id = ").bind(user.get()).push(")");
        self.run(sql).await?;
        let mut sql = self.sql()?;
        sql.push("DELETE FROM webhooks WHERE id = ").bind(id.get()).push(" AND user_id = ").bind(user.get());
        Ok(self.run(sql).await? > 0)
    }

    async fn delete_all_of(&mut self, user: UserId) -> Result<u64, StoreError> {
        self.lock_webhooks(|sql| _ = sql.push("user_id = ").bind(user.get())).await?;
        let mut sql = self.sql()?;
        sql.push("DELETE FROM webhook_deliveries WHERE webhook_id IN (SELECT id FROM webhooks WHERE user_id = ");
        sql.bind(user.get()).push(")");
        self.run(sql).await?;
        let mut sql = self.sql()?;
        sql.push("DELETE FROM webhooks WHERE user_id = ").bind(user.get());
        self.run(sql).await
    }

    async fn sealed_otherwise(
        &mut self,
        key_id: &str,
        after: Option<WebhookId>,
        limit: u32,
    ) -> Result<Vec<Webhook>, StoreError> {
        self.webhooks_where(|sql| {
            sql.push("key_id <> ").bind(key_id).push(" AND id > ").bind(after.map_or(0, WebhookId::get));
            sql.push(" ORDER BY id").limit(u64::from(limit), 0);
        })
        .await
    }

    async fn reseal(&mut self, id: WebhookId, old: &SealedIdentity, new: &SealedIdentity) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE webhooks SET key_id = ").bind(new.key_id.as_str());
        sql.push(", sealed = ").bind(new.sealed.clone()).push(" WHERE id = ").bind(id.get());
        sql.push(" AND key_id = ").bind(old.key_id.as_str()).push(" AND sealed = ").bind(old.sealed.clone());
        Ok(self.run(sql).await? > 0)
    }
}

impl SqlSession {
    /// Locks webhooks that are to be deleted, so that none of them gets a delivery any more.
    async fn lock_webhooks(&self, condition: impl FnOnce(&mut Sql)) -> Result<(), StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE webhooks SET state = ").bind(webhook_state_number(WebhookState::Off)).push(" WHERE ");
        condition(&mut sql);
        self.run(sql).await.map(|_| ())
    }

    async fn webhooks_where(&self, condition: impl FnOnce(&mut Sql)) -> Result<Vec<Webhook>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT ").push(COLUMNS).push(" FROM webhooks WHERE ");
        condition(&mut sql);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().map(webhook).collect()
    }
}

fn webhook(row: &QueryResult) -> Result<Webhook, StoreError> {
    let version: i32 = column(row, 7)?;
    let version = u32::try_from(version).map_err(|_| WEBHOOKS.corrupt("version"))?;
    let kinds: String = column(row, 5)?;
    Ok(Webhook {
        id: WEBHOOKS.checked("id", WebhookId::new(column(row, 0)?))?,
        user: WEBHOOKS.user("user_id", column(row, 1)?)?,
        host: column(row, 2)?,
        sealed: SealedIdentity { key_id: column(row, 3)?, sealed: column(row, 4)? },
        kinds: EventKinds::stored(&kinds),
        state: webhook_state(column(row, 6)?).ok_or(WEBHOOKS.corrupt("state"))?,
        version: WEBHOOKS.checked("version", Version::new(version))?,
        since: u64::try_from(column::<i64>(row, 8)?).map_err(|_| WEBHOOKS.corrupt("since"))?,
        former_until: column(row, 9)?,
        failing_since: column(row, 10)?,
        created_at: column(row, 11)?,
    })
}

/// A position as columns have it.
fn position(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

/// An instant that may be absent, to the microsecond.
fn maybe(instant: Option<DateTime<Utc>>) -> Value {
    Value::from(instant.map(|instant| instant.trunc_subsecs(6)))
}
