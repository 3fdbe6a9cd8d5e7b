//! Occupied days of houses.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::NaiveDate;
use minsu_domain::{Claim, HouseId, Occupant, Order, OrderId};
use minsu_ports::{BookedDay, LockedCalendar, OccupancyRepo, StoreError, UniqueKey};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{InsertStatement, OnConflict},
};

use crate::{
    entity::house_day::{ActiveModel, Column, Entity, Model},
    errors::failed,
    executor::Executor,
    repos::{booked_days, claims},
    session::SqlSession,
};

#[async_trait]
impl OccupancyRepo for SqlSession {
    async fn reserve(&mut self, house: HouseId, order: OrderId, days: &BTreeSet<NaiveDate>) -> Result<(), StoreError> {
        if days.is_empty() {
            return Ok(());
        }
        // One statement, ascending: two transactions meet at the first day they share, and the
        // later one waits there or fails there, holding no lock that the other still needs.
        let rows = days.iter().map(|day| {
            let Model { house_id, day, order_id, source } = Model::new(house, *day, Occupant::Order(order));
            // Every column: `From<Model>` would leave the primary key unset.
            ActiveModel { house_id: Set(house_id), day: Set(day), order_id: Set(order_id), source: Set(source) }
        });
        let db = self.db.writing()?;
        let insert = Entity::insert_many(rows);
        if db.get_database_backend() == DbBackend::Postgres {
            return reserve_what_is_free(db, insert.into_query(), days).await;
        }
        match insert.exec_without_returning(db).await.map_err(failed) {
            Ok(_) => Ok(()),
            // The statement left nothing, and the transaction goes on.
            Err(StoreError::Duplicate(UniqueKey::HouseDay)) => Err(refused(occupied(db, house, days).await?)),
            Err(error) => Err(error),
        }
    }

    async fn prepare(&mut self, house: HouseId, order: OrderId, days: &BTreeSet<NaiveDate>) -> Result<(), StoreError> {
        if days.is_empty() {
            return Ok(());
        }
        let db = self.db.writing()?;
        claims::add(db, house, Claim::Preparation(order), days).await?;
        // Every one of the days has a row now: that of another order is seen here.
        let taken = claims::of_other_orders(db, house, order, days).await?;
        if taken.is_empty() { Ok(()) } else { Err(StoreError::DaysTaken(taken)) }
    }

    async fn release(&mut self, order: &Order) -> Result<u64, StoreError> {
        claims::release(self.db.writing()?, order).await
    }

    async fn claim(
        &mut self,
        calendar: &LockedCalendar,
        claim: Claim,
        days: &BTreeSet<NaiveDate>,
    ) -> Result<(), StoreError> {
        claims::add(self.db.writing()?, calendar.house(), claim, days).await
    }

    async fn unclaim(
        &mut self,
        calendar: &LockedCalendar,
        claim: Claim,
        days: &BTreeSet<NaiveDate>,
    ) -> Result<(), StoreError> {
        claims::remove(self.db.writing()?, calendar.house(), claim, days).await
    }

    async fn claims(
        &mut self,
        house: HouseId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<(NaiveDate, Claim)>, StoreError> {
        claims::find(&self.db, house, from, to).await
    }

    async fn occupied(
        &mut self,
        house: HouseId,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<(NaiveDate, Occupant)>, StoreError> {
        let days = Entity::find().filter(Column::HouseId.eq(house.get())).filter(Column::Day.between(from, to));
        let rows = days.order_by_asc(Column::Day).all(&self.db).await.map_err(failed)?;
        rows.into_iter().map(|row| Ok((row.day, row.occupant()?))).collect()
    }

    async fn booked(
        &mut self,
        house: Option<HouseId>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<BookedDay>, StoreError> {
        booked_days::find(&self.db, house, from, to).await
    }
}

/// PostgreSQL ends a transaction with a statement that fails, and then nothing tells any more which days are taken.
/// Days that are taken are therefore left out, and those that were not inserted are the taken ones.
async fn reserve_what_is_free(
    db: &Executor,
    mut insert: InsertStatement,
    days: &BTreeSet<NaiveDate>,
) -> Result<(), StoreError> {
    insert.on_conflict(OnConflict::columns([Column::HouseId, Column::Day]).do_nothing().to_owned());
    insert.returning_col(Column::Day);
    let rows = db.query_all(&insert).await.map_err(failed)?;
    if rows.len() == days.len() {
        return Ok(());
    }
    let free: Result<BTreeSet<NaiveDate>, _> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
    Err(refused(days.difference(&free.map_err(failed)?).copied().collect()))
}

/// Which of the days are occupied.
async fn occupied(db: &Executor, house: HouseId, days: &BTreeSet<NaiveDate>) -> Result<Vec<NaiveDate>, StoreError> {
    let occupied = Entity::find()
        .select_only()
        .column(Column::Day)
        .filter(Column::HouseId.eq(house.get()).and(Column::Day.is_in(days.iter().copied())))
        .order_by_asc(Column::Day);
    occupied.into_tuple().all(db).await.map_err(failed)
}

fn refused(taken: Vec<NaiveDate>) -> StoreError {
    if taken.is_empty() {
        return StoreError::Conflict("the days were freed meanwhile".into());
    }
    StoreError::DaysTaken(taken)
}
