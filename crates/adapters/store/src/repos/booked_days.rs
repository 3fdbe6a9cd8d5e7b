//! How many houses orders hold on each day, and at which prices.

use chrono::NaiveDate;
use minsu_domain::{HouseId, QuoteLineKind};
use minsu_ports::{BookedDay, StoreError};
use sea_orm::{ConnectionTrait, DbBackend};

use crate::{entity::order_line, errors::failed, executor::Executor, repos::sql::Sql};

/// The days from one to another on which an order holds the house, or any. The price of a day is that of its line;
/// an order of one line has it itself.
pub(super) async fn find(
    db: &Executor,
    house: Option<HouseId>,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<BookedDay>, StoreError> {
    let mut sql = Sql::new(db.get_database_backend());
    let integer = if sql.backend() == DbBackend::MySql { "SIGNED" } else { "BIGINT" };
    sql.push("SELECT d.day, COUNT(*), CAST(SUM(COALESCE(l.unit_price, o.price)) AS ").push(integer);
    sql.push(") FROM house_day d JOIN orders o ON o.id = d.order_id");
    sql.push(" LEFT JOIN order_lines l ON l.order_id = d.order_id AND l.kind = ");
    sql.push(&order_line::kind_number(QuoteLineKind::Days).to_string());
    sql.push(" AND l.first_day <= d.day AND l.last_day >= d.day WHERE d.day >= ").bind(from);
    sql.push(" AND d.day <= ").bind(to);
    if let Some(house) = house {
        sql.push(" AND d.house_id = ").bind(house.get());
    }
    sql.push(" GROUP BY d.day ORDER BY d.day");
    let rows = db.query_all_raw(sql.done()).await.map_err(failed)?;
    let row = |row: sea_orm::QueryResult| {
        let houses: i64 = row.try_get_by_index(1).map_err(failed)?;
        Ok(BookedDay {
            date: row.try_get_by_index(0).map_err(failed)?,
            houses: houses.unsigned_abs(),
            fen: row.try_get_by_index(2).map_err(failed)?,
        })
    };
    rows.into_iter().map(row).collect()
}
