//! What one person has and did.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{HouseId, OrderStatus};
use minsu_ports::{ListingUsage, LockedGuest, LockedLandlord, OrderUsage, StoreError, UsageRepo, WaitingOrder};
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
    ) -> Result<OrderUsage, StoreError> {
        let guest = guest.guest().get();
        let mut sql = Sql::new(self.db.get_database_backend());
        let instant = match sql.backend() {
            DbBackend::Postgres => "timestamptz",
            DbBackend::MySql => "datetime(6)",
            _ => "text",
        };
        sql.push(
            "SELECT CAST(NULL AS DATE) AS start_day, CAST(NULL AS DATE) AS end_day, COUNT(*) AS placed, CAST(NULL AS ",
        );
        sql.push(instant).push(") AS expires_at");
        sql.push(" FROM orders WHERE guest_id = ").bind(guest).push(" AND created_at >= ").bind(since);
        sql.push(" UNION ALL SELECT start_day, end_day, 0, expires_at FROM orders WHERE guest_id = ").bind(guest);
        sql.push(" AND status = ").bind(order::number(OrderStatus::WaitAccept)).push(" AND end_day >= ").bind(from);
        sql.push(" AND (expires_at IS NULL OR expires_at > ").bind(now).push(")");
        let mut usage = OrderUsage::default();
        for row in self.db.query_all_raw(sql.done()).await.map_err(failed)? {
            let day = |place| row.try_get_by_index::<Option<NaiveDate>>(place).map_err(failed);
            match (day(0)?, day(1)?) {
                (Some(start), Some(end)) => {
                    let expires_at = row.try_get_by_index(3).map_err(failed)?;
                    usage.waiting.push(WaitingOrder { start, end, expires_at });
                }
                _ => usage.placed_since = row.try_get_by_index::<i64>(2).map_err(failed)?.unsigned_abs(),
            }
        }
        Ok(usage)
    }
}

impl SqlSession {
    async fn count<E: EntityTrait>(&self, rows: Select<E>) -> Result<u64, StoreError> {
        let count = rows.select_only().column_as(Expr::cust("COUNT(*)"), "rows").into_query();
        let row = self.db.query_one(&count).await.map_err(failed)?;
        let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0)).map_err(failed)?;
        Ok(count.unsigned_abs())
    }

    /// A sum of integers is a decimal number to PostgreSQL and MySQL.
    async fn picture_bytes(&self, landlord: &LockedLandlord) -> Result<u64, StoreError> {
        let integer = match self.db.get_database_backend() {
            DbBackend::MySql => "SIGNED",
            _ => "BIGINT",
        };
        let mut sql = Sql::new(self.db.get_database_backend());
        sql.push("SELECT CAST(COALESCE(SUM(p.bytes), 0) AS ").push(integer);
        sql.push(") FROM house_pictures p JOIN houses h ON h.id = p.house_id WHERE h.landlord_id = ");
        sql.bind(landlord.landlord().get());
        let row = self.db.query_one_raw(sql.done()).await.map_err(failed)?;
        let bytes: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0)).map_err(failed)?;
        Ok(bytes.unsigned_abs())
    }
}
