//! What one person has and did.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{HouseId, OrderStatus};
use minsu_ports::{
    ListingUsage, LockedGuest, LockedLandlord, OrderBounds, OrderUsage, StoreError, UsageRepo, WaitingOrder,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select, sea_query::Expr,
};

use crate::{
    entity::{house, house_picture, order},
    errors::failed,
    repos::{search, sql::Sql},
    session::SqlSession,
};

#[async_trait]
impl UsageRepo for SqlSession {
    async fn listings(&mut self, landlord: &LockedLandlord, since: DateTime<Utc>) -> Result<ListingUsage, StoreError> {
        let houses = house::Entity::find().filter(house::Column::LandlordId.eq(landlord.landlord().get()));
        // Those that were deleted meanwhile count too: deleting makes no room for one more on the same day.
        let since = houses.clone().filter(house::Column::CreatedAt.gte(since));
        Ok(ListingUsage {
            houses: self.count(houses.filter(search::is_kept())).await?,
            published_since: self.count(since).await?,
            picture_bytes: self.picture_bytes(landlord).await?,
        })
    }

    async fn pictures(&mut self, _: &LockedLandlord, house: HouseId) -> Result<u64, StoreError> {
        self.count(house_picture::Entity::find().filter(house_picture::Column::HouseId.eq(house.get()))).await
    }

    async fn orders(
        &mut self,
        guest: &LockedGuest,
        since: DateTime<Utc>,
        from: NaiveDate,
        now: DateTime<Utc>,
        bounds: OrderBounds,
    ) -> Result<OrderUsage, StoreError> {
        let integer = integer(self.db.get_database_backend());
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT COUNT(*), CAST(COALESCE(SUM(w.days), 0) AS ").push(integer);
        sql.push("), (SELECT COUNT(*) FROM (SELECT id FROM orders WHERE guest_id = ").bind(guest.guest().get());
        sql.push(" AND created_at >= ").bind(since).limit(bounds.placed_since, 0).push(") found) FROM (SELECT days");
        waiting(&mut sql, guest, from, now);
        sql.limit(bounds.waiting, 0).push(") w");
        let Some(row) = self.db.query_one_raw(sql.done()).await.map_err(failed)? else {
            return Ok(OrderUsage::default());
        };
        let number = |place| row.try_get_by_index::<i64>(place).map(i64::unsigned_abs).map_err(failed);
        Ok(OrderUsage { waiting: number(0)?, waiting_days: number(1)?, placed_since: number(2)? })
    }

    async fn waiting(
        &mut self,
        guest: &LockedGuest,
        from: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<Vec<WaitingOrder>, StoreError> {
        let mut sql = Sql::new(self.db.get_database_backend());
        waiting(sql.push("SELECT start_day, end_day, expires_at"), guest, from, now);
        let rows = self.db.query_all_raw(sql.done()).await.map_err(failed)?;
        let order = |row: sea_orm::QueryResult| {
            Ok(WaitingOrder {
                start: row.try_get_by_index(0).map_err(failed)?,
                end: row.try_get_by_index(1).map_err(failed)?,
                expires_at: row.try_get_by_index(2).map_err(failed)?,
            })
        };
        rows.into_iter().map(order).collect()
    }
}

/// The orders of a guest that wait for an answer, do not end before a day and are not expired.
fn waiting(sql: &mut Sql, guest: &LockedGuest, from: NaiveDate, now: DateTime<Utc>) {
    sql.push(" FROM orders WHERE guest_id = ").bind(guest.guest().get());
    sql.push(" AND status = ").bind(order::number(OrderStatus::WaitAccept)).push(" AND end_day >= ").bind(from);
    sql.push(" AND (expires_at IS NULL OR expires_at > ").bind(now).push(")");
}

/// The type of whole numbers; a sum of them is a decimal number to PostgreSQL and MySQL.
fn integer(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::MySql => "SIGNED",
        _ => "BIGINT",
    }
}

impl SqlSession {
    async fn count<E: EntityTrait>(&self, rows: Select<E>) -> Result<u64, StoreError> {
        let count = rows.select_only().column_as(Expr::cust("COUNT(*)"), "rows").into_query();
        let row = self.db.query_one(&count).await.map_err(failed)?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0)).map_err(failed)?;
        Ok(count.unsigned_abs())
    }

    async fn picture_bytes(&self, landlord: &LockedLandlord) -> Result<u64, StoreError> {
        let integer = integer(self.db.get_database_backend());
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT CAST(COALESCE(SUM(p.bytes), 0) AS ").push(integer);
        sql.push(") FROM house_pictures p JOIN houses h ON h.id = p.house_id WHERE h.landlord_id = ");
        sql.bind(landlord.landlord().get());
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?;
        let bytes: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0)).map_err(failed)?;
        Ok(bytes.unsigned_abs())
    }
}
