//! Orders and the days they hold.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{HouseId, Order, OrderId, OrderStatus, Quote, Transition, UserId};
use minsu_ports::{NewOrder, OrderNote, OrderRepo, OrderSummary, StoreError};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, InsertStatement, LockType, Query, SelectStatement},
};

use crate::{
    entity::{house, house_day, order, user},
    errors::{CorruptRow, failed},
    repos::{
        pages::{insert_counted, limited, one},
        values::{Table, stored},
    },
    session::SqlSession,
};

const ORDERS: Table = Table("orders");

#[async_trait]
impl OrderRepo for SqlSession {
    async fn place(&mut self, order: &NewOrder) -> Result<OrderId, StoreError> {
        let db = self.db.writing()?;
        let order_id = insert_counted(db, insertion(order)?).await.map_err(failed)?;
        // All days in one statement, ascending: two orders meet at the first day they share, and
        // the later one waits there or fails there, holding nothing that the other still needs.
        let days = order.stay.occupied().map(|day| house_day::ActiveModel {
            house_id: Set(order.house.get()),
            day: Set(day),
            order_id: Set(order_id),
        });
        house_day::Entity::insert_many(days).exec_without_returning(db).await.map_err(failed)?;
        Ok(ORDERS.order("id", order_id)?)
    }

    async fn count_waiting(&mut self, guest: UserId) -> Result<u64, StoreError> {
        let db = self.db.writing()?;
        // The guest's row stands for all their orders. SQLite has one writer anyway. PostgreSQL's
        // weaker lock lets the foreign keys of orders refer to the row meanwhile.
        let lock = match db.get_database_backend() {
            DbBackend::Postgres => LockType::NoKeyUpdate,
            _ => LockType::Update,
        };
        let guest_row = user::Entity::find_by_id(guest.get()).select_only().column(user::Column::Id);
        db.query_one(&guest_row.lock(lock).into_query()).await.map_err(failed)?;
        let waiting = order::Entity::find()
            .select_only()
            .column_as(Expr::cust("COUNT(*)"), "waiting")
            .filter(order::Column::GuestId.eq(guest.get()))
            .filter(order::Column::Status.eq(OrderStatus::WaitAccept.number()));
        let row = db.query_one(&waiting.into_query()).await.map_err(failed)?;
        let waiting: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0)).map_err(failed)?;
        Ok(waiting.unsigned_abs())
    }

    async fn count_open(&mut self, party: UserId, today: NaiveDate) -> Result<u64, StoreError> {
        let over = OrderStatus::ALL.into_iter().filter(|status| status.is_final()).map(OrderStatus::number);
        let is_party = order::Column::GuestId.eq(party.get()).or(order::Column::LandlordId.eq(party.get()));
        let open = order::Entity::find()
            .select_only()
            .column_as(Expr::cust("COUNT(*)"), "open")
            .filter(is_party)
            .filter(order::Column::Status.is_not_in(over))
            .filter(order::Column::EndDay.gte(today));
        let row = self.db.query_one(&open.into_query()).await.map_err(failed)?;
        let open: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0)).map_err(failed)?;
        Ok(open.unsigned_abs())
    }

    async fn find(&mut self, id: OrderId) -> Result<Option<Order>, StoreError> {
        let row = one(&self.db, order::Entity::find_by_id(id.get())).await?;
        Ok(row.map(found).transpose()?)
    }

    async fn advance(&mut self, id: OrderId, step: Transition, note: &OrderNote) -> Result<bool, StoreError> {
        let db = self.db.writing()?;
        let mut update = order::Entity::update_many()
            .col_expr(order::Column::Status, step.to.number().into())
            .filter(order::Column::Id.eq(id.get()).and(order::Column::Status.eq(step.from.number())));
        update = match note {
            OrderNote::None => update,
            OrderNote::Comment(comment, written_at) => update
                .col_expr(order::Column::Comment, comment.as_str().into())
                .col_expr(order::Column::CommentedAt, (*written_at).into()),
            OrderNote::RejectReason(reason) => update.col_expr(order::Column::RejectReason, reason.as_str().into()),
        };
        if update.exec(db).await.map_err(failed)?.rows_affected != 1 {
            return Ok(false);
        }
        if !step.to.holds_days() {
            house_day::Entity::delete_many()
                .filter(house_day::Column::OrderId.eq(id.get()))
                .exec(db)
                .await
                .map_err(failed)?;
        }
        Ok(true)
    }

    async fn of_guest(&mut self, guest: UserId, limit: u32) -> Result<Vec<OrderSummary>, StoreError> {
        self.newest_orders(order::Column::GuestId, guest, limit).await
    }

    async fn of_landlord(&mut self, landlord: UserId, limit: u32) -> Result<Vec<OrderSummary>, StoreError> {
        self.newest_orders(order::Column::LandlordId, landlord, limit).await
    }
}

impl SqlSession {
    async fn newest_orders(
        &self,
        party: order::Column,
        user: UserId,
        limit: u32,
    ) -> Result<Vec<OrderSummary>, StoreError> {
        let of_house = order::Entity::belongs_to(house::Entity).from(order::Column::HouseId).to(house::Column::Id);
        let select = order::Entity::find()
            .select_only()
            .columns([
                order::Column::Id,
                order::Column::StartDay,
                order::Column::EndDay,
                order::Column::CreatedAt,
                order::Column::Days,
                order::Column::Amount,
                order::Column::Status,
                order::Column::Comment,
                order::Column::CommentedAt,
                order::Column::RejectReason,
            ])
            .columns([house::Column::Title, house::Column::IndexPicture])
            .join(JoinType::InnerJoin, of_house.into())
            .filter(party.eq(user.get()))
            .order_by_desc(order::Column::CreatedAt)
            .order_by_desc(order::Column::Id)
            .into_query();
        let statement = limited(self.db.get_database_backend(), &select, u64::from(limit), 0);
        let rows = SummaryRow::find_by_statement(statement).all(&self.db).await.map_err(failed)?;
        rows.into_iter().map(|row| Ok(summary(row)?)).collect()
    }
}

#[derive(FromQueryResult)]
struct SummaryRow {
    id: i64,
    title: String,
    index_picture: Option<String>,
    start_day: NaiveDate,
    end_day: NaiveDate,
    created_at: DateTime<Utc>,
    days: i32,
    amount: i64,
    status: i16,
    comment: Option<String>,
    commented_at: Option<DateTime<Utc>>,
    reject_reason: Option<String>,
}

/// The landlord is looked up by the same statement; without a house there is none, and the
/// database refuses the row.
fn insertion(order: &NewOrder) -> Result<InsertStatement, StoreError> {
    let values: [(order::Column, Expr); 10] = [
        (order::Column::HouseId, order.house.get().into()),
        (order::Column::LandlordId, landlord_of(order.house).into()),
        (order::Column::GuestId, order.guest.get().into()),
        (order::Column::StartDay, order.stay.start().into()),
        (order::Column::EndDay, order.stay.end().into()),
        (order::Column::Days, stored(order.quote.days).into()),
        (order::Column::Price, order.quote.price.fen().into()),
        (order::Column::Amount, order.quote.amount.fen().into()),
        (order::Column::Status, OrderStatus::WaitAccept.number().into()),
        (order::Column::CreatedAt, order.created_at.into()),
    ];
    let (columns, values): (Vec<_>, Vec<_>) = values.into_iter().unzip();
    let mut insert = Query::insert();
    insert.into_table(order::Entity).columns(columns);
    insert.values(values).map_err(|mismatch| StoreError::Backend(Box::new(mismatch)))?;
    Ok(insert)
}

fn landlord_of(house: HouseId) -> SelectStatement {
    house::Entity::find_by_id(house.get()).select_only().column(house::Column::LandlordId).into_query()
}

fn status(number: i16) -> Result<OrderStatus, CorruptRow> {
    OrderStatus::from_number(number).ok_or(ORDERS.corrupt("status"))
}

fn found(row: order::Model) -> Result<Order, CorruptRow> {
    Ok(Order {
        id: ORDERS.order("id", row.id)?,
        house: ORDERS.house("house_id", row.house_id)?,
        landlord: ORDERS.user("landlord_id", row.landlord_id)?,
        guest: ORDERS.user("guest_id", row.guest_id)?,
        start: row.start_day,
        end: row.end_day,
        quote: Quote {
            days: ORDERS.count("days", row.days)?,
            price: ORDERS.money("price", row.price)?,
            amount: ORDERS.money("amount", row.amount)?,
        },
        status: status(row.status)?,
        created_at: row.created_at,
    })
}

fn summary(row: SummaryRow) -> Result<OrderSummary, CorruptRow> {
    let status = status(row.status)?;
    Ok(OrderSummary {
        id: ORDERS.order("id", row.id)?,
        title: row.title,
        picture: Table("houses").picture("index_picture", row.index_picture.as_deref())?,
        start: row.start_day,
        end: row.end_day,
        created_at: row.created_at,
        days: ORDERS.count("days", row.days)?,
        amount: ORDERS.money("amount", row.amount)?,
        status,
        note: if status == OrderStatus::Rejected { row.reject_reason } else { row.comment },
        commented_at: row.commented_at,
    })
}
