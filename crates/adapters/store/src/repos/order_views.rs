//! Orders with all that their parties may see, one by one and page by page.

use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{OrderId, Version};
use minsu_ports::{OrderFilter, OrderParty, OrderSide, OrderView, StoreError};
use sea_orm::{EntityTrait, FromQueryResult, QuerySelect, Statement};

use crate::{
    entity::order::{self, QuoteColumns, number},
    errors::{CorruptRow, failed},
    executor::Executor,
    repos::{
        order_lines::{self, Lines},
        pages::one,
        sql::Sql,
        values::Table,
    },
};

const ORDERS: Table = Table("orders");

const COLUMNS: &str = "SELECT o.id, o.house_id, h.title, h.index_picture, h.deposit, o.guest_id, \
     g.name AS guest_name, o.landlord_id, l.name AS landlord_name, o.start_day, o.end_day, o.days, o.price, o.amount, \
     o.line_count, \
     o.status, o.comment, o.commented_at, o.reject_reason, o.created_at, o.version, o.expires_at, o.cancellation, o.guests \
     FROM orders o JOIN houses h ON h.id = o.house_id JOIN users g ON g.id = o.guest_id \
     JOIN users l ON l.id = o.landlord_id WHERE ";

/// A page of a list, see [`minsu_ports::OrderRepo::page`].
pub(crate) async fn page(
    db: &Executor,
    filter: &OrderFilter,
    after: Option<OrderId>,
    limit: u32,
) -> Result<Vec<OrderView>, StoreError> {
    let behind = match after {
        None => None,
        Some(after) => match place(db, after).await? {
            Some(place) => Some((place, after)),
            None => return Ok(Vec::new()),
        },
    };
    let mut sql = Sql::new(sea_orm::ConnectionTrait::get_database_backend(db));
    sql.push(COLUMNS).push(match filter.side {
        OrderSide::Guest => "o.guest_id = ",
        OrderSide::Landlord => "o.landlord_id = ",
    });
    sql.bind(filter.party.get());
    if let Some(house) = filter.house {
        sql.push(" AND o.house_id = ").bind(house.get());
    }
    for (place, state) in filter.states.iter().enumerate() {
        sql.push(if place == 0 { " AND o.status IN (" } else { ", " }).bind(number(*state));
    }
    if !filter.states.is_empty() {
        sql.push(")");
    }
    if let Some(from) = filter.from {
        sql.push(" AND o.start_day >= ").bind(from);
    }
    if let Some(to) = filter.to {
        sql.push(" AND o.start_day <= ").bind(to);
    }
    if let Some((created_at, id)) = behind {
        sql.push(" AND o.created_at <= ").bind(created_at).push(" AND (o.created_at < ").bind(created_at);
        sql.push(" OR o.id < ").bind(id.get()).push(")");
    }
    sql.push(" ORDER BY o.created_at DESC, o.id DESC").limit(u64::from(limit), 0);
    views(db, sql.done()).await
}

/// One order, see [`minsu_ports::OrderRepo::view`].
pub(crate) async fn view(db: &Executor, id: OrderId) -> Result<Option<OrderView>, StoreError> {
    let mut sql = Sql::new(sea_orm::ConnectionTrait::get_database_backend(db));
    sql.push(COLUMNS).push("o.id = ").bind(id.get());
    Ok(views(db, sql.done()).await?.pop())
}

/// When an order was placed, as exactly as the database knows it.
async fn place(db: &Executor, id: OrderId) -> Result<Option<DateTime<Utc>>, StoreError> {
    let select = order::Entity::find_by_id(id.get()).select_only().column(order::Column::CreatedAt);
    Ok(one(db, select).await?.map(|row: PlaceRow| row.created_at))
}

async fn views(db: &Executor, statement: Statement) -> Result<Vec<OrderView>, StoreError> {
    let rows = Row::find_by_statement(statement).all(db).await.map_err(failed)?;
    let lines = order_lines::of(db, rows.iter().map(|row| (row.id, row.line_count))).await?;
    rows.into_iter().map(|row| Ok(read(row, &lines)?)).collect()
}

#[derive(FromQueryResult)]
struct PlaceRow {
    created_at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    house_id: i64,
    title: String,
    index_picture: Option<String>,
    deposit: i64,
    guest_id: i64,
    guest_name: String,
    landlord_id: i64,
    landlord_name: String,
    start_day: NaiveDate,
    end_day: NaiveDate,
    days: i32,
    price: i64,
    amount: i64,
    line_count: i32,
    status: i16,
    comment: Option<String>,
    commented_at: Option<DateTime<Utc>>,
    reject_reason: Option<String>,
    created_at: DateTime<Utc>,
    version: i32,
    expires_at: Option<DateTime<Utc>>,
    cancellation: i16,
    guests: i32,
}

fn read(row: Row, lines: &Lines) -> Result<OrderView, CorruptRow> {
    let (houses, users) = (Table("houses"), Table("users"));
    let quote = QuoteColumns { days: row.days, price: row.price, amount: row.amount, line_count: row.line_count };
    let lines = lines.get(&row.id).map_or(&[][..], Vec::as_slice);
    Ok(OrderView {
        id: ORDERS.order("id", row.id)?,
        house: ORDERS.house("house_id", row.house_id)?,
        title: row.title,
        picture: houses.picture("index_picture", row.index_picture.as_deref())?,
        deposit: houses.money("deposit", row.deposit)?,
        guest: OrderParty {
            id: ORDERS.user("guest_id", row.guest_id)?,
            name: users.user_name("name", &row.guest_name)?,
        },
        landlord: OrderParty {
            id: ORDERS.user("landlord_id", row.landlord_id)?,
            name: users.user_name("name", &row.landlord_name)?,
        },
        start: row.start_day,
        end: row.end_day,
        guests: ORDERS.count("guests", row.guests)?,
        quote: quote.read(row.start_day, lines).ok_or(ORDERS.corrupt("amount"))?,
        status: order::status(row.status).ok_or(ORDERS.corrupt("status"))?,
        version: ORDERS.checked("version", Version::new(ORDERS.count("version", row.version)?))?,
        comment: row.comment.zip(row.commented_at),
        reason: row.reject_reason,
        created_at: row.created_at,
        expires_at: row.expires_at,
        cancellation: order::cancellation(row.cancellation).ok_or(ORDERS.corrupt("cancellation"))?,
    })
}
