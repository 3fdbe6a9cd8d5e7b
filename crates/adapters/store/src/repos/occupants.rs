//! The people who stay under orders, sealed.

use async_trait::async_trait;
use chrono::NaiveDate;
use minsu_domain::{OrderId, OrderStatus};
use minsu_ports::{ErasedUser, LockStrength, LockedGuest, OccupantRepo, SealedIdentity, StoreError};
use sea_orm::{ConnectionTrait, QueryResult};

use crate::{
    entity::order::number,
    errors::failed,
    repos::{sql::Sql, users::locking, values::Table},
    session::SqlSession,
};

const OCCUPANTS: Table = Table("order_occupants");
const COLUMNS: &str = "SELECT order_id, key_id, sealed FROM order_occupants WHERE ";

#[async_trait]
impl OccupantRepo for SqlSession {
    async fn lock_order(
        &mut self,
        guest: &LockedGuest,
        order: OrderId,
        status: OrderStatus,
    ) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("SELECT id FROM orders WHERE id = ").bind(order.get());
        sql.push(" AND guest_id = ").bind(guest.guest().get()).push(" AND status = ").bind(number(status));
        let lock = locking(sql.backend(), LockStrength::Exclusive);
        sql.push(lock);
        Ok(self.db.writing()?.query_one_raw(sql.done()).await.map_err(failed)?.is_some())
    }

    async fn replace(
        &mut self,
        order: OrderId,
        last_day: NaiveDate,
        sealed: &SealedIdentity,
    ) -> Result<(), StoreError> {
        self.erase(order).await?;
        let mut sql = self.sql()?;
        sql.push("INSERT INTO order_occupants (order_id, last_day, key_id, sealed) VALUES (").bind(order.get());
        sql.push(", ").bind(last_day).push(", ").bind(sealed.key_id.as_str()).push(", ");
        sql.bind(sealed.sealed.clone()).push(")");
        self.run(sql).await.map(|_| ())
    }

    async fn of_order(&mut self, order: OrderId) -> Result<Option<SealedIdentity>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push(COLUMNS).push("order_id = ").bind(order.get());
        Ok(self.occupants(sql).await?.pop().map(|(_, sealed)| sealed))
    }

    async fn of_orders(&mut self, orders: &[OrderId]) -> Result<Vec<(OrderId, SealedIdentity)>, StoreError> {
        let Some((first, others)) = orders.split_first() else { return Ok(Vec::new()) };
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push(COLUMNS).push("order_id IN (").bind(first.get());
        for order in others {
            sql.push(", ").bind(order.get());
        }
        sql.push(") ORDER BY order_id");
        self.occupants(sql).await
    }

    async fn erase(&mut self, order: OrderId) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("DELETE FROM order_occupants WHERE order_id = ").bind(order.get());
        Ok(self.run(sql).await? > 0)
    }

    async fn erase_of_guest(&mut self, guest: &ErasedUser) -> Result<u64, StoreError> {
        let mut sql = self.sql()?;
        sql.push("DELETE FROM order_occupants WHERE order_id IN (SELECT id FROM orders WHERE guest_id = ");
        sql.bind(guest.id().get()).push(")");
        self.run(sql).await
    }

    async fn erase_past(&mut self, before: NaiveDate, limit: u32) -> Result<u64, StoreError> {
        let mut sql = self.sql()?;
        sql.push("SELECT order_id FROM order_occupants WHERE last_day < ").bind(before);
        sql.push(" ORDER BY last_day, order_id").limit(u64::from(limit), 0);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        let mut delete = self.sql()?;
        delete.push("DELETE FROM order_occupants WHERE order_id IN (");
        for (place, row) in rows.iter().enumerate() {
            let order: i64 = row.try_get_by_index(0).map_err(failed)?;
            delete.push(if place == 0 { "" } else { ", " }).bind(order);
        }
        delete.push(")");
        if rows.is_empty() { Ok(0) } else { self.run(delete).await }
    }

    async fn count_past(&mut self, before: NaiveDate) -> Result<u64, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT COUNT(*) FROM order_occupants WHERE last_day < ").bind(before);
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0)).map_err(failed)?;
        Ok(count.unsigned_abs())
    }

    async fn sealed_otherwise(
        &mut self,
        key_id: &str,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<(OrderId, SealedIdentity)>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push(COLUMNS).push("key_id <> ").bind(key_id).push(" AND order_id > ").bind(after.map_or(0, OrderId::get));
        sql.push(" ORDER BY order_id").limit(u64::from(limit), 0);
        self.occupants(sql).await
    }

    async fn reseal(&mut self, order: OrderId, old: &SealedIdentity, new: &SealedIdentity) -> Result<bool, StoreError> {
        let mut sql = self.sql()?;
        sql.push("UPDATE order_occupants SET key_id = ").bind(new.key_id.as_str()).push(", sealed = ");
        sql.bind(new.sealed.clone()).push(" WHERE order_id = ").bind(order.get()).push(" AND key_id = ");
        sql.bind(old.key_id.as_str()).push(" AND sealed = ").bind(old.sealed.clone());
        Ok(self.run(sql).await? == 1)
    }
}

impl SqlSession {
    async fn occupants(&self, sql: Sql) -> Result<Vec<(OrderId, SealedIdentity)>, StoreError> {
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        rows.iter().map(occupants).collect()
    }
}

fn occupants(row: &QueryResult) -> Result<(OrderId, SealedIdentity), StoreError> {
    let order = OCCUPANTS.order("order_id", row.try_get_by_index(0).map_err(failed)?)?;
    let key_id = row.try_get_by_index(1).map_err(failed)?;
    Ok((order, SealedIdentity { key_id, sealed: row.try_get_by_index(2).map_err(failed)? }))
}
