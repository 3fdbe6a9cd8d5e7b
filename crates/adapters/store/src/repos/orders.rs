//! Orders.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{HouseId, Order, OrderChange, OrderId, OrderStatus, Transition, UserId, Version};
use minsu_ports::{
    ErasedUser, LandlordAlone, LockStrength, LockedParties, NewOrder, OrderAct, OrderFilter, OrderLock, OrderNote,
    OrderPlace, OrderRepo, OrderSide, OrderSummary, OrderView, StoreError,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, ExprTrait, FromQueryResult, Iterable, JoinType,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, InsertStatement, Query, SelectStatement},
};

use crate::{
    entity::{
        house,
        order::{self, QuoteColumns, number},
    },
    errors::{CorruptRow, failed, is_missing_value},
    executor::Executor,
    repos::{
        order_changes, order_deadlines,
        order_lines::{self, Lines},
        order_views,
        pages::{insert_counted, limited, one},
        users,
        values::{Table, stored},
    },
    session::SqlSession,
};

const ORDERS: Table = Table("orders");

#[async_trait]
impl OrderRepo for SqlSession {
    async fn insert(&mut self, parties: &LockedParties, order: &NewOrder) -> Result<OrderId, StoreError> {
        let db = self.db.writing()?;
        let inserted = insert_with_first_change(db, insertion(parties, order)?, order).await;
        // Without a landlord: the house has another version.
        let order_id = inserted.map_err(|error| match is_missing_value(&error) {
            true => StoreError::Conflict(Box::new(error)),
            false => failed(error),
        })?;
        order_lines::write(db, order_id, &order.quote).await?;
        Ok(ORDERS.order("id", order_id)?)
    }

    async fn open_of_user(&mut self, user: &ErasedUser, from: NaiveDate) -> Result<Vec<OrderId>, StoreError> {
        let party = user.id().get();
        self.open(order::Column::GuestId.eq(party).or(order::Column::LandlordId.eq(party)), from).await
    }

    async fn open_of_house(
        &mut self,
        _: &LandlordAlone,
        house: HouseId,
        from: NaiveDate,
    ) -> Result<Vec<OrderId>, StoreError> {
        self.open(order::Column::HouseId.eq(house.get()), from).await
    }

    async fn lock(&mut self, lock: OrderLock) -> Result<bool, StoreError> {
        let db = self.db.writing()?;
        let row = order::Entity::find_by_id(lock.order().get()).select_only().column(order::Column::Id);
        let backend = db.get_database_backend();
        let mut statement = backend.build(&row.into_query());
        statement.sql.push_str(users::locking(backend, LockStrength::Exclusive));
        Ok(db.query_one_raw(statement).await.map_err(failed)?.is_some())
    }

    async fn find(&mut self, id: OrderId) -> Result<Option<Order>, StoreError> {
        let row: Option<order::Model> = one(&self.db, order::Entity::find_by_id(id.get())).await?;
        let Some(row) = row else { return Ok(None) };
        let lines = order_lines::of(&self.db, [(row.id, row.line_count)]).await?;
        Ok(Some(found(row, &lines)?))
    }

    async fn advance(
        &mut self,
        id: OrderId,
        step: Transition,
        act: OrderAct,
        note: &OrderNote,
    ) -> Result<bool, StoreError> {
        let mut update = order::Entity::update_many()
            .col_expr(order::Column::Status, number(step.to).into())
            .col_expr(order::Column::Version, Expr::col(order::Column::Version).add(1))
            .filter(order::Column::Id.eq(id.get()).and(order::Column::Status.eq(number(step.from))));
        update = match note {
            OrderNote::None => update,
            OrderNote::Comment(comment, written_at) => update
                .col_expr(order::Column::Comment, comment.as_str().into())
                .col_expr(order::Column::CommentedAt, (*written_at).into()),
            OrderNote::Reason(reason) => update.col_expr(order::Column::RejectReason, reason.as_str().into()),
        };
        if update.exec(self.db.writing()?).await.map_err(failed)?.rows_affected == 0 {
            return Ok(false);
        }
        order_changes::write_step(self.db.writing()?, id, step, act, note).await?;
        Ok(true)
    }

    async fn expired(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<OrderId>, StoreError> {
        order_deadlines::unanswered(&self.db, now, limit).await
    }

    async fn expire_at(&mut self, id: OrderId, at: DateTime<Utc>) -> Result<(), StoreError> {
        let update = order::Entity::update_many().col_expr(order::Column::ExpiresAt, at.into());
        update.filter(order::Column::Id.eq(id.get())).exec(self.db.writing()?).await.map_err(failed)?;
        Ok(())
    }

    async fn unpaid(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<OrderId>, StoreError> {
        order_deadlines::unpaid(&self.db, now, limit).await
    }

    async fn stayed(&mut self, today: NaiveDate, now: DateTime<Utc>, limit: u32) -> Result<Vec<OrderId>, StoreError> {
        order_deadlines::stayed(&self.db, today, now, limit).await
    }

    async fn history(&mut self, id: OrderId, version: Version) -> Result<Vec<OrderChange>, StoreError> {
        order_changes::read(&self.db, id, version).await
    }

    async fn of_guest(&mut self, guest: UserId, limit: u32) -> Result<Vec<OrderSummary>, StoreError> {
        self.newest_orders(order::Column::GuestId, guest, None, limit).await
    }

    async fn of_landlord(&mut self, landlord: UserId, limit: u32) -> Result<Vec<OrderSummary>, StoreError> {
        self.newest_orders(order::Column::LandlordId, landlord, None, limit).await
    }

    async fn summaries(
        &mut self,
        party: UserId,
        side: OrderSide,
        after: Option<OrderPlace>,
        limit: u32,
    ) -> Result<Vec<OrderSummary>, StoreError> {
        let column = match side {
            OrderSide::Guest => order::Column::GuestId,
            OrderSide::Landlord => order::Column::LandlordId,
        };
        self.newest_orders(column, party, after, limit).await
    }

    async fn page(
        &mut self,
        filter: &OrderFilter,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<OrderView>, StoreError> {
        order_views::page(&self.db, filter, after, limit).await
    }

    async fn view(&mut self, id: OrderId) -> Result<Option<OrderView>, StoreError> {
        order_views::view(&self.db, id).await
    }
}

impl SqlSession {
    /// The ids of the orders of this kind that are not final and do not end before `from`.
    async fn open(&self, own: Expr, from: NaiveDate) -> Result<Vec<OrderId>, StoreError> {
        let over = OrderStatus::ALL.into_iter().filter(|status| status.is_final()).map(number);
        let ids = order::Entity::find()
            .select_only()
            .column(order::Column::Id)
            .filter(own)
            .filter(order::Column::Status.is_not_in(over).and(order::Column::EndDay.gte(from)))
            .order_by_asc(order::Column::Id);
        let ids: Vec<i64> = ids.into_tuple().all(&self.db).await.map_err(failed)?;
        Ok(ids.into_iter().map(|id| ORDERS.order("id", id)).collect::<Result<_, _>>()?)
    }

    async fn newest_orders(
        &self,
        party: order::Column,
        user: UserId,
        after: Option<OrderPlace>,
        limit: u32,
    ) -> Result<Vec<OrderSummary>, StoreError> {
        let of_house = order::Entity::belongs_to(house::Entity).from(order::Column::HouseId).to(house::Column::Id);
        let mut select = order::Entity::find()
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
            .order_by_desc(order::Column::Id);
        if let Some(OrderPlace { created_at, id }) = after {
            // The first condition is one that the index can begin at.
            let earlier = order::Column::CreatedAt.lt(created_at).or(order::Column::Id.lt(id.get()));
            select = select.filter(order::Column::CreatedAt.lte(created_at).and(earlier));
        }
        let statement = limited(self.db.get_database_backend(), &select.into_query(), u64::from(limit), 0);
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

/// Inserts an order and the first entry of its history: one statement where the engine takes one.
async fn insert_with_first_change(db: &Executor, mut insert: InsertStatement, order: &NewOrder) -> Result<i64, DbErr> {
    if db.get_database_backend() == DbBackend::Postgres {
        insert.returning_col(order::Column::Id);
        let both = order_changes::with_first(db.get_database_backend().build(&insert), order);
        return db.query_one_raw(both).await?.ok_or(DbErr::RecordNotInserted)?.try_get_by_index(0);
    }
    let id = insert_counted(db, insert).await?;
    order_changes::write(db, order_changes::first(id, order)).await?;
    Ok(id)
}

fn insertion(parties: &LockedParties, order: &NewOrder) -> Result<InsertStatement, StoreError> {
    let quote = QuoteColumns::of(&order.quote)?;
    let values = order::Column::iter().filter_map(|column| Some((column, initial(column, parties, order, quote)?)));
    let (columns, values): (Vec<_>, Vec<_>) = values.unzip();
    let mut insert = Query::insert();
    insert.into_table(order::Entity).columns(columns);
    insert.values(values).map_err(|mismatch| StoreError::Backend(Box::new(mismatch)))?;
    Ok(insert)
}

/// The value of a column of a new order; `None` where the database fills it, or a later update does.
fn initial(column: order::Column, parties: &LockedParties, order: &NewOrder, quote: QuoteColumns) -> Option<Expr> {
    Some(match column {
        order::Column::HouseId => order.house.get().into(),
        // Looked up by the same statement; where the house has changed there is none, and the database refuses the row.
        order::Column::LandlordId => landlord_of(order.house, parties.version()).into(),
        order::Column::GuestId => parties.guest().get().into(),
        order::Column::StartDay => order.stay.start().into(),
        order::Column::EndDay => order.stay.end().into(),
        order::Column::Days => quote.days.into(),
        order::Column::Price => quote.price.into(),
        order::Column::Amount => quote.amount.into(),
        order::Column::Status => number(order.status).into(),
        order::Column::CreatedAt => order.created_at.into(),
        order::Column::Version => 1.into(),
        order::Column::LineCount => quote.line_count.into(),
        order::Column::ExpiresAt => order.expires_at.into(),
        order::Column::Cancellation => order::cancellation_number(order.cancellation).into(),
        order::Column::Guests => stored(order.guests).into(),
        order::Column::Id | order::Column::Comment | order::Column::CommentedAt | order::Column::RejectReason => {
            return None;
        }
    })
}

fn landlord_of(house: HouseId, version: Version) -> SelectStatement {
    let house = house::Entity::find_by_id(house.get()).filter(house::Column::Version.eq(stored(version.get())));
    house.select_only().column(house::Column::LandlordId).into_query()
}

fn status(number: i16) -> Result<OrderStatus, CorruptRow> {
    order::status(number).ok_or(ORDERS.corrupt("status"))
}

fn found(row: order::Model, lines: &Lines) -> Result<Order, CorruptRow> {
    let order::Model { days, price, amount, line_count, .. } = row;
    let columns = QuoteColumns { days, price, amount, line_count };
    let lines = lines.get(&row.id).map_or(&[][..], Vec::as_slice);
    Ok(Order {
        id: ORDERS.order("id", row.id)?,
        house: ORDERS.house("house_id", row.house_id)?,
        landlord: ORDERS.user("landlord_id", row.landlord_id)?,
        guest: ORDERS.user("guest_id", row.guest_id)?,
        start: row.start_day,
        end: row.end_day,
        guests: ORDERS.count("guests", row.guests)?,
        quote: columns.read(row.start_day, lines).ok_or(ORDERS.corrupt("amount"))?,
        status: status(row.status)?,
        created_at: row.created_at,
        expires_at: row.expires_at,
        cancellation: order::cancellation(row.cancellation).ok_or(ORDERS.corrupt("cancellation"))?,
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
