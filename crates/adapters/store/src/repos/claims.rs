//! Claims on days of houses, as statements. A day goes from one occupant to the next by two of them: the rows that
//! nothing justifies any more are deleted, and every claimed day without a row gets one.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use minsu_domain::{Claim, FeedId, HouseId, Order, OrderId};
use minsu_ports::{LockStrength, StoreError};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect, Statement, sea_query::OnConflict,
};

use crate::{
    entity::{
        house,
        house_claim::{self, ActiveModel, Column, Entity, PREPARATION},
        house_day,
    },
    errors::failed,
    executor::Executor,
    repos::{sql::Sql, users},
};

/// An order keeps so many days after its stay at most: the most preparation days of a house.
const MAX_PREPARATION_DAYS: u64 = minsu_domain::HouseRules::MAX_PREPARATION_DAYS.unsigned_abs();

/// Adds claims, and gives each day to its claim that nothing occupies.
pub(super) async fn add(
    db: &Executor,
    house: HouseId,
    claim: Claim,
    days: &BTreeSet<NaiveDate>,
) -> Result<(), StoreError> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(()) };
    let (source, owner) = house_claim::columns(claim);
    let rows = days.iter().map(|day| ActiveModel {
        house_id: Set(house.get()),
        day: Set(*day),
        source: Set(source),
        owner_id: Set(owner),
    });
    let key = [Column::HouseId, Column::Day, Column::Source, Column::OwnerId];
    let once = OnConflict::columns(key).do_nothing_on(key).to_owned();
    Entity::insert_many(rows).on_conflict(once).exec_without_returning(db).await.map_err(failed)?;
    hand_over(db, house, (*first, *last)).await
}

/// Removes claims, and gives each day to another claim on it.
pub(super) async fn remove(
    db: &Executor,
    house: HouseId,
    claim: Claim,
    days: &BTreeSet<NaiveDate>,
) -> Result<(), StoreError> {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return Ok(()) };
    let (source, owner) = house_claim::columns(claim);
    let claims = Entity::delete_many()
        .filter(Column::HouseId.eq(house.get()).and(Column::Day.is_in(days.iter().copied())))
        .filter(Column::Source.eq(source).and(Column::OwnerId.eq(owner)));
    claims.exec(db).await.map_err(failed)?;
    db.execute_raw(unclaimed(db.get_database_backend(), house, source, (*first, *last))).await.map_err(failed)?;
    hand_over(db, house, (*first, *last)).await
}

/// Removes every claim of a feed, and gives each of its days to another claim on it.
pub(super) async fn remove_feed(db: &Executor, house: HouseId, feed: FeedId) -> Result<(), StoreError> {
    let (source, owner) = house_claim::columns(Claim::Feed(feed));
    let of_feed = Column::HouseId.eq(house.get()).and(Column::Source.eq(source)).and(Column::OwnerId.eq(owner));
    let days = Entity::find().select_only().column(Column::Day).filter(of_feed);
    let days: Vec<NaiveDate> = days.into_tuple().all(db).await.map_err(failed)?;
    remove(db, house, Claim::Feed(feed), &days.into_iter().collect()).await
}

/// The claims on days of a house, by day.
pub(super) async fn find(
    db: &Executor,
    house: HouseId,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<(NaiveDate, Claim)>, StoreError> {
    let claims = Entity::find().filter(Column::HouseId.eq(house.get())).filter(Column::Day.between(from, to));
    let claims = claims.order_by_asc(Column::Day).order_by_asc(Column::Source).order_by_asc(Column::OwnerId);
    let rows = claims.all(db).await.map_err(failed)?;
    rows.into_iter().map(|row| Ok((row.day, row.claim()?))).collect()
}

/// Those of the days that an order occupies, but for this one.
pub(super) async fn of_other_orders(
    db: &Executor,
    house: HouseId,
    order: OrderId,
    days: &BTreeSet<NaiveDate>,
) -> Result<Vec<NaiveDate>, StoreError> {
    use house_day::Column::{Day, HouseId, OrderId};
    let taken = house_day::Entity::find()
        .select_only()
        .column(Day)
        .filter(HouseId.eq(house.get()).and(Day.is_in(days.iter().copied())))
        .filter(OrderId.ne(order.get()))
        .order_by_asc(Day);
    taken.into_tuple().all(db).await.map_err(failed)
}

/// Frees the days of an order, its preparation days included, and gives each to a claim on it. Returns how many days
/// the stay had.
pub(super) async fn release(db: &Executor, order: &Order) -> Result<u64, StoreError> {
    let house = order.house;
    // Waits for transactions that change the claims of the house, and makes later ones wait. SQLite has one writer.
    if db.get_database_backend() != DbBackend::Sqlite {
        lock_house(db, house, LockStrength::Shared).await?;
    }
    let of_order = house_day::Entity::delete_many().filter(house_day::Column::OrderId.eq(order.id.get()));
    let freed = of_order.exec(db).await.map_err(failed)?.rows_affected;
    let days = (order.start, order.end + Days::new(MAX_PREPARATION_DAYS));
    end_conflicts(db, order.id).await?;
    let (source, owner) = house_claim::columns(Claim::Preparation(order.id));
    let prepared = Entity::delete_many()
        .filter(Column::HouseId.eq(house.get()).and(Column::Day.between(days.0, days.1)))
        .filter(Column::Source.eq(source).and(Column::OwnerId.eq(owner)));
    if prepared.exec(db).await.map_err(failed)?.rows_affected > 0 {
        let rows = unclaimed(db.get_database_backend(), house, PREPARATION, days);
        db.execute_raw(rows).await.map_err(failed)?;
    }
    hand_over(db, house, days).await?;
    Ok(freed)
}

/// Ends the conflicts of an order with stays at other sites.
async fn end_conflicts(db: &Executor, order: OrderId) -> Result<(), StoreError> {
    let mut sql = Sql::new(db.get_database_backend());
    sql.push("DELETE FROM feed_conflicts WHERE order_id = ").bind(order.get());
    db.execute_raw(sql.done()).await.map_err(failed)?;
    Ok(())
}

/// Locks the row of a house. Shared is what the foreign keys of new orders and days take; exclusive waits for these.
pub(super) async fn lock_house(db: &Executor, house: HouseId, strength: LockStrength) -> Result<bool, StoreError> {
    let backend = db.get_database_backend();
    let row = house::Entity::find_by_id(house.get()).select_only().column(house::Column::Id);
    let mut statement = backend.build(&sea_orm::QueryTrait::into_query(row));
    statement.sql.push_str(users::locking(backend, strength));
    Ok(db.query_one_raw(statement).await.map_err(failed)?.is_some())
}

/// Deletes the occupied days of a source that has no claim on them any more.
fn unclaimed(backend: DbBackend, house: HouseId, source: i16, days: (NaiveDate, NaiveDate)) -> Statement {
    let mut sql = Sql::new(backend);
    sql.push("DELETE FROM house_day WHERE house_id = ").bind(house.get()).push(" AND source = ").bind(source);
    sql.push(" AND day >= ").bind(days.0).push(" AND day <= ").bind(days.1);
    sql.push(" AND NOT EXISTS (SELECT 1 FROM house_claims c WHERE c.house_id = house_day.house_id");
    sql.push(" AND c.day = house_day.day AND c.source = house_day.source)");
    sql.done()
}

/// Occupies every claimed day from the first to the last that nothing occupies.
async fn hand_over(db: &Executor, house: HouseId, days: (NaiveDate, NaiveDate)) -> Result<(), StoreError> {
    let mut sql = Sql::new(db.get_database_backend());
    sql.push(match sql.backend() {
        DbBackend::MySql => "INSERT IGNORE INTO",
        DbBackend::Sqlite => "INSERT OR IGNORE INTO",
        _ => "INSERT INTO",
    });
    sql.push(
        " house_day (house_id, day, source) SELECT house_id, day, MIN(source) FROM house_claims WHERE house_id = ",
    );
    sql.bind(house.get()).push(" AND day >= ").bind(days.0).push(" AND day <= ").bind(days.1);
    sql.push(" GROUP BY house_id, day ORDER BY day");
    if sql.backend() == DbBackend::Postgres {
        sql.push(" ON CONFLICT DO NOTHING");
    }
    db.execute_raw(sql.done()).await.map_err(failed)?;
    Ok(())
}
