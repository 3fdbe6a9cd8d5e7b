//! Messages to people that are still to be sent, and which ones people want.

use async_trait::async_trait;
use chrono::{DateTime, SubsecRound as _, Utc};
use minsu_domain::{MessageChoices, MessageId, MessageKind, OrderId, UserId};
use minsu_ports::{Job, MessageRepo, NewMessage, StoreError, WaitingMessage};
use sea_orm::{ConnectionTrait, DbBackend, sea_query::Value};

use super::rows::column;
use crate::{
    errors::failed,
    repos::{
        order_deadlines::without_failed,
        sql::Sql,
        values::{Table, stored},
    },
    session::SqlSession,
};

const MESSAGES: Table = Table("messages");
/// Rows of one insert.
const TOGETHER: usize = 100;

#[async_trait]
impl MessageRepo for SqlSession {
    async fn insert(&mut self, messages: &[NewMessage]) -> Result<(), StoreError> {
        for some in messages.chunks(TOGETHER) {
            let mut sql = self.sql()?;
            sql.push("INSERT INTO messages (user_id, kind, order_id, recorded_at, attempts, next_at) VALUES ");
            for (place, message) in some.iter().enumerate() {
                let at = message.at.trunc_subsecs(6);
                sql.push(if place == 0 { "(" } else { ", (" }).bind(message.user.get()).push(", ");
                sql.bind(message.kind.name()).push(", ").bind(Value::from(message.order.map(OrderId::get)));
                sql.push(", ").bind(at).push(", 0, ").bind(at).push(")");
            }
            self.run(sql).await?;
        }
        Ok(())
    }

    async fn due(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<MessageId>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT id FROM messages WHERE next_at <= ").bind(now);
        without_failed(&mut sql, Job::SendMessages, "messages", now);
        sql.push(" ORDER BY next_at, id").limit(u64::from(limit), 0);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().map(|row| Ok(MESSAGES.checked("id", MessageId::new(column(row, 0)?))?)).collect()
    }

    async fn find(&mut self, id: MessageId) -> Result<Option<WaitingMessage>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT user_id, kind, order_id, recorded_at, attempts FROM messages WHERE id = ").bind(id.get());
        let Some(row) = self.db.query_one_raw(sql.done()).await.map_err(failed)? else { return Ok(None) };
        let kind: String = column(&row, 1)?;
        let order: Option<i64> = column(&row, 2)?;
        let message = NewMessage {
            user: MESSAGES.user("user_id", column(&row, 0)?)?,
            kind: MessageKind::of_name(&kind).ok_or(MESSAGES.corrupt("kind"))?,
            order: order.map(|order| MESSAGES.order("order_id", order)).transpose()?,
            at: column(&row, 3)?,
        };
        Ok(Some(WaitingMessage { id, message, attempts: MESSAGES.count("attempts", column(&row, 4)?)? }))
    }

    async fn claim(&mut self, id: MessageId, seen: u32, next: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE messages SET attempts = attempts + 1, next_at = ").bind(next.trunc_subsecs(6));
        sql.push(" WHERE id = ").bind(id.get()).push(" AND attempts = ").bind(stored(seen));
        Ok(self.run(sql).await? > 0)
    }

    async fn put_off(&mut self, id: MessageId, next: DateTime<Utc>) -> Result<(), StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE messages SET next_at = ").bind(next.trunc_subsecs(6)).push(" WHERE id = ").bind(id.get());
        self.run(sql).await.map(|_| ())
    }

    async fn delete(&mut self, id: MessageId) -> Result<(), StoreError> {
        let mut sql = self.sql()?;
        sql.push("DELETE FROM messages WHERE id = ").bind(id.get());
        self.run(sql).await.map(|_| ())
    }

    async fn forget_all_of(&mut self, user: UserId) -> Result<u64, StoreError> {
        let mut sql = self.sql()?;
        sql.push("DELETE FROM message_choices WHERE user_id = ").bind(user.get());
        self.run(sql).await?;
        let mut sql = self.sql()?;
        sql.push("DELETE FROM messages WHERE user_id = ").bind(user.get());
        self.run(sql).await
    }

    async fn choices(&mut self, user: UserId) -> Result<MessageChoices, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT refused FROM message_choices WHERE user_id = ").bind(user.get());
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?;
        let bits: i32 = row.map_or(Ok(0), |row| column(&row, 0))?;
        Ok(MessageChoices::stored(u16::try_from(bits).unwrap_or_default()))
    }

    async fn choose(&mut self, user: UserId, choices: MessageChoices) -> Result<(), StoreError> {
        let mut sql = self.sql()?;
        let bits = i32::from(choices.bits());
        sql.push("INSERT INTO message_choices (user_id, refused) VALUES (").bind(user.get()).push(", ");
        sql.bind(bits).push(")");
        match sql.backend() {
            DbBackend::MySql => sql.push(" ON DUPLICATE KEY UPDATE refused = "),
            _ => sql.push(" ON CONFLICT (user_id) DO UPDATE SET refused = "),
        };
        sql.bind(bits);
        self.run(sql).await.map(|_| ())
    }
}
