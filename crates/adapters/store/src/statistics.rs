//! Counts of the data of a site.

use std::{collections::BTreeMap, ops::RangeInclusive};

use chrono::NaiveDate;
use minsu_domain::{AreaId, OrderStatus};
use minsu_ports::StoreError;
use sea_orm::ConnectionTrait;

use crate::{
    SqlStore,
    entity::order,
    errors::failed,
    repos::{sql::Sql, values::Table},
};

/// The counts of one district.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AreaStatistics {
    /// Houses.
    pub houses: u64,
    /// Orders for them, in every state.
    pub orders: u64,
    /// Occupied days of these houses.
    pub held_days: u64,
}

/// The counts of a site.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statistics {
    /// By district; one without houses has no entry.
    pub areas: BTreeMap<AreaId, AreaStatistics>,
    /// Occupied days of all houses, by day; a day without any has no entry.
    pub days: BTreeMap<NaiveDate, u64>,
}

const HELD: &str = "SELECT h.area_id, COUNT(*) FROM house_day d JOIN houses h ON h.id = d.house_id WHERE d.day >= ";

impl SqlStore {
    /// Counts everything; occupied days within a range.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] on a site that is too large to be counted within the statement
    /// timeout.
    pub async fn statistics(&self, range: RangeInclusive<NaiveDate>) -> Result<Statistics, StoreError> {
        let mut statistics = Statistics::default();
        let counted = self.by_area("SELECT area_id, COUNT(*) FROM houses GROUP BY area_id", None).await?;
        for (area, houses) in counted {
            statistics.areas.entry(area).or_default().houses = houses;
        }
        let orders = "SELECT h.area_id, COUNT(*) FROM orders o JOIN houses h ON h.id = o.house_id GROUP BY h.area_id";
        for (area, orders) in self.by_area(orders, None).await? {
            statistics.areas.entry(area).or_default().orders = orders;
        }
        for (area, days) in self.by_area(HELD, Some(&range)).await? {
            statistics.areas.entry(area).or_default().held_days = days;
        }
        let mut sql = Sql::new(self.readers.get_database_backend());
        sql.push("SELECT day, COUNT(*) FROM house_day WHERE day >= ").bind(*range.start());
        sql.push(" AND day <= ").bind(*range.end()).push(" GROUP BY day");
        for row in self.reader().query_all_raw(sql.done()).await.map_err(failed)? {
            let days: i64 = row.try_get_by_index(1).map_err(failed)?;
            statistics.days.insert(row.try_get_by_index(0).map_err(failed)?, days.unsigned_abs());
        }
        Ok(statistics)
    }

    /// Orders by state, in one statement that reads all of them; a state without orders has no entry.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], also when it takes longer than the statement timeout.
    pub async fn order_states(&self) -> Result<Vec<(OrderStatus, u64)>, StoreError> {
        let mut sql = Sql::new(self.readers.get_database_backend());
        sql.push("SELECT status, COUNT(*) FROM orders GROUP BY status");
        let rows = self.reader().query_all_raw(sql.done()).await.map_err(failed)?;
        let row = |row: sea_orm::QueryResult| {
            let number: i16 = row.try_get_by_index(0).map_err(failed)?;
            let status = order::status(number).ok_or(Table("orders").corrupt("status"))?;
            let orders: i64 = row.try_get_by_index(1).map_err(failed)?;
            Ok((status, orders.unsigned_abs()))
        };
        rows.into_iter().map(row).collect()
    }

    async fn by_area(
        &self,
        select: &str,
        range: Option<&RangeInclusive<NaiveDate>>,
    ) -> Result<Vec<(AreaId, u64)>, StoreError> {
        let mut sql = Sql::new(self.readers.get_database_backend());
        sql.push(select);
        if let Some(range) = range {
            sql.bind(*range.start()).push(" AND d.day <= ").bind(*range.end()).push(" GROUP BY h.area_id");
        }
        let rows = self.reader().query_all_raw(sql.done()).await.map_err(failed)?;
        let row = |row: sea_orm::QueryResult| {
            let area = Table("houses").area("area_id", row.try_get_by_index(0).map_err(failed)?)?;
            let number: i64 = row.try_get_by_index(1).map_err(failed)?;
            Ok((area, number.unsigned_abs()))
        };
        rows.into_iter().map(row).collect()
    }
}
