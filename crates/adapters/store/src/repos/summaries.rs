//! Houses as lists show them.

use chrono::{DateTime, Utc};
use minsu_ports::{HouseSummary, StoreError};
use sea_orm::{FromQueryResult, Statement};

use crate::{
    errors::{CorruptRow, failed},
    executor::Executor,
    repos::values::Table,
};

const HOUSES: Table = Table("houses");

/// The houses whose ids `page` selects, in the order `order` (of `h`, the house).
///
/// The page is found first, in an index alone; only its few rows are then looked up and joined.
/// Otherwise every skipped row would be, and MariaDB would start from the small table and sort all.
pub(crate) async fn summaries(db: &Executor, page: Statement, order: &str) -> Result<Vec<HouseSummary>, StoreError> {
    let statement = Statement {
        sql: format!(
            "SELECT h.id, h.title, a.name AS area_name, h.price, h.created_at, h.index_picture, h.address, \
             h.room_count, h.order_count, u.avatar AS landlord_avatar \
             FROM ({}) AS page \
             JOIN houses h ON h.id = page.id \
             JOIN areas a ON a.id = h.area_id \
             JOIN users u ON u.id = h.landlord_id \
             ORDER BY {order}",
            page.sql
        ),
        ..page
    };
    let rows = Row::find_by_statement(statement).all(db).await.map_err(failed)?;
    rows.into_iter().map(|row| Ok(summary(row)?)).collect()
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    title: String,
    area_name: String,
    price: i64,
    created_at: DateTime<Utc>,
    index_picture: Option<String>,
    address: String,
    room_count: i32,
    order_count: i32,
    landlord_avatar: Option<String>,
}

fn summary(row: Row) -> Result<HouseSummary, CorruptRow> {
    Ok(HouseSummary {
        id: HOUSES.house("id", row.id)?,
        title: row.title,
        area_name: row.area_name,
        price: HOUSES.money("price", row.price)?,
        created_at: row.created_at,
        index_picture: HOUSES.picture("index_picture", row.index_picture.as_deref())?,
        address: row.address,
        room_count: HOUSES.count("room_count", row.room_count)?,
        order_count: HOUSES.count("order_count", row.order_count)?,
        landlord_avatar: Table("users").picture("avatar", row.landlord_avatar.as_deref())?,
    })
}
