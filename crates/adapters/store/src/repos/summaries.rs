//! Houses as lists show them.

use minsu_ports::{HouseSummary, StoreError};
use sea_orm::{FromQueryResult, IdenStatic as _, Iterable as _, Statement};

use crate::{
    entity::house,
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
    let columns: Vec<_> = house::Column::iter().map(|column| format!("h.{}", column.as_str())).collect();
    let statement = Statement {
        sql: format!(
            "SELECT {}, a.name AS area_name, u.name AS landlord_name, u.avatar AS landlord_avatar \
             FROM ({}) AS page \
             JOIN houses h ON h.id = page.id \
             JOIN areas a ON a.id = h.area_id \
             JOIN users u ON u.id = h.landlord_id \
             ORDER BY {order}",
            columns.join(", "),
            page.sql
        ),
        ..page
    };
    let rows = Row::find_by_statement(statement).all(db).await.map_err(failed)?;
    rows.into_iter().map(|row| Ok(summary(row)?)).collect()
}

#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    house: house::Model,
    area_name: String,
    landlord_name: String,
    landlord_avatar: Option<String>,
}

fn summary(row: Row) -> Result<HouseSummary, CorruptRow> {
    let Row { house, area_name, landlord_name, landlord_avatar } = row;
    Ok(HouseSummary {
        guests: house.guests()?,
        id: HOUSES.house("id", house.id)?,
        dwelling: house.dwelling()?,
        title: house.title,
        area: HOUSES.area("area_id", house.area_id)?,
        area_name,
        price: HOUSES.money("price", house.price)?,
        created_at: house.created_at,
        index_picture: HOUSES.picture("index_picture", house.index_picture.as_deref())?,
        address: house.address,
        limits: HOUSES.limits(house.min_days, house.max_days)?,
        has_rules: house.has_rules != 0,
        order_count: HOUSES.count("order_count", house.order_count)?,
        landlord: HOUSES.user("landlord_id", house.landlord_id)?,
        landlord_name: Table("users").user_name("name", &landlord_name)?,
        landlord_avatar: Table("users").picture("avatar", landlord_avatar.as_deref())?,
    })
}
