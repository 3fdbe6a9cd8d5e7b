//! Bulk loads: made-up data, imports. PostgreSQL takes them by `COPY`, the others in
//! statements of many rows.

mod cells;
mod loader;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{
    CancellationPreset, ChangedBy, Comment, HouseId, HouseOffer, HouseTerms, Occupant, OrderStatus, Quote, Stay,
    UserId, terms_of,
};
use minsu_ports::{NewUser, StoreError};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};

use crate::{
    SqlStore,
    entity::{
        house, house_day, house_description, house_facility, house_guest, house_word,
        order::{self, QuoteColumns},
        order_change, order_line, user,
    },
    errors::failed,
    executor::Executor,
    repos::{sql::Sql, values::Table},
};
use cells::Rows;
use loader::Loader;

/// A landlord with houses.
#[derive(Debug, Clone)]
pub struct LandlordBatch {
    /// The account of the landlord.
    pub landlord: NewUser,
    /// The offers, and when each was published.
    pub houses: Vec<(HouseOffer, DateTime<Utc>)>,
}

/// A guest with orders.
#[derive(Debug, Clone)]
pub struct GuestBatch {
    /// The account of the guest.
    pub guest: NewUser,
    /// The guest's orders.
    pub orders: Vec<PastOrder>,
}

/// An order in any state.
#[derive(Debug, Clone)]
pub struct PastOrder {
    /// The house.
    pub house: HouseId,
    /// Its landlord.
    pub landlord: UserId,
    /// The days of the stay.
    pub stay: Stay,
    /// The price of the stay.
    pub quote: Quote,
    /// The state of the order.
    pub status: OrderStatus,
    /// The guest's comment, on a completed order.
    pub comment: Option<Comment>,
    /// When it was placed, and commented.
    pub created_at: DateTime<Utc>,
}

/// A house to order, by its id.
pub type Bookable = (HouseId, HouseTerms);

impl SqlStore {
    /// Writes landlords and their houses, all or none.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when another account has one of the mobiles or names.
    pub async fn load_landlords(&self, landlord_batches: &[LandlordBatch]) -> Result<(), StoreError> {
        let mut loader = Loader::begin(self).await?;
        let landlords = loader.ids("users", landlord_batches.len()).await?;
        let houses = landlord_batches.iter().map(|landlord_batch| landlord_batch.houses.len()).sum();
        let mut house_ids = loader.ids("houses", houses).await?.into_iter();
        let (mut users, mut houses, mut facilities) = (Rows::new(), Rows::new(), Rows::new());
        let (mut descriptions, mut words) = (Rows::new(), Vec::new());
        for (landlord_batch, landlord) in landlord_batches.iter().zip(landlords) {
            users.push(&user(landlord, &landlord_batch.landlord));
            for ((offer, created_at), id) in landlord_batch.houses.iter().zip(&mut house_ids) {
                houses.push(&house::Model::new(id, landlord, offer, *created_at));
                let each = offer.facilities.iter().map(|facility| facility.get());
                facilities.extend(each.map(|facility_id| house_facility::Model { house_id: id, facility_id }));
                let description = offer.description.clone();
                descriptions
                    .extend(description.map(|description| house_description::Model { house_id: id, description }));
                let terms = terms_of([offer.title.as_str(), offer.address.as_str()]);
                words.extend(terms.into_iter().map(|term| (term.number(), id)));
            }
        }
        // Neighbours in an index are written together.
        words.sort_unstable();
        let mut word_rows = Rows::new();
        word_rows.extend(words.into_iter().map(|(pair, house_id)| house_word::Model { pair, house_id }));
        loader.write(users).await?;
        loader.write(houses).await?;
        loader.write(facilities).await?;
        loader.write(descriptions).await?;
        loader.write(word_rows).await?;
        loader.commit().await
    }

    /// Writes guests and their orders with the days that these hold, all or none; a completed order
    /// counts for its house, as one whose stay has begun.
    ///
    /// # Errors
    /// As [`Self::load_landlords`], and [`StoreError::Duplicate`] for a day that is occupied already.
    pub async fn load_guests(&self, batches: &[GuestBatch]) -> Result<(), StoreError> {
        let mut loader = Loader::begin(self).await?;
        let guests = loader.ids("users", batches.len()).await?;
        let orders = batches.iter().map(|batch| batch.orders.len()).sum();
        let mut order_ids = loader.ids("orders", orders).await?.into_iter();
        let (mut users, mut orders, mut changes) = (Rows::new(), Rows::new(), Rows::new());
        let mut lines = Rows::new();
        let (mut days, mut completed) = (Vec::new(), BTreeMap::<i64, (usize, usize)>::new());
        let mut house_guests = Rows::new();
        for (batch, guest) in batches.iter().zip(guests) {
            users.push(&user(guest, &batch.guest));
            let mut stayed_in = BTreeSet::new();
            for (past, id) in batch.orders.iter().zip(&mut order_ids) {
                orders.push(&order(id, guest, past)?);
                changes.push(&change(id, past));
                lines.extend(order_line::rows(id, &past.quote));
                if past.status.holds_days() {
                    let order = Table("orders").order("id", id)?;
                    days.extend(past.stay.occupied().map(|day| (past.house, day, order)));
                }
                if past.status == OrderStatus::Complete {
                    completed.entry(past.house.get()).or_default().0 += 1;
                    stayed_in.insert(past.house.get());
                }
            }
            for house_id in stayed_in {
                completed.entry(house_id).or_default().1 += 1;
                house_guests.push(&house_guest::Model { house_id, guest_id: guest, stayed: 1 });
            }
        }
        days.sort_unstable();
        let mut occupied = Rows::new();
        let day = |(house, day, order)| house_day::Model::new(house, day, Occupant::Order(order));
        occupied.extend(days.into_iter().map(day));
        loader.write(users).await?;
        loader.write(orders).await?;
        loader.write(changes).await?;
        loader.write(lines).await?;
        loader.write(occupied).await?;
        loader.write(house_guests).await?;
        loader.count_completed(completed).await?;
        loader.commit().await
    }

    /// The houses behind an id in the order of their ids, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn bookable_after(&self, last: Option<HouseId>, limit: u32) -> Result<Vec<Bookable>, StoreError> {
        let db = self.reader();
        let mut sql = Sql::new(db.get_database_backend());
        sql.push(
            "SELECT id, landlord_id, price, deposit, min_days, max_days, capacity, has_rules FROM houses WHERE id > ",
        );
        sql.bind(last.map_or(0, HouseId::get)).push(" ORDER BY id").limit(u64::from(limit), 0);
        let rows = BookableRow::find_by_statement(sql.done()).all(&db).await.map_err(failed)?;
        rows.into_iter().map(bookable).collect()
    }

    /// The occupied days of the houses from one id to another.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn held_days(&self, houses: RangeInclusive<HouseId>) -> Result<Vec<(HouseId, NaiveDate)>, StoreError> {
        let db = self.reader();
        let mut sql = Sql::new(db.get_database_backend());
        sql.push("SELECT house_id, day FROM house_day WHERE house_id >= ").bind(houses.start().get());
        sql.push(" AND house_id <= ").bind(houses.end().get());
        let rows = db.query_all_raw(sql.done()).await.map_err(failed)?;
        let held = |row: sea_orm::QueryResult| {
            let (house, day) = (row.try_get_by_index(0).map_err(failed)?, row.try_get_by_index(1).map_err(failed)?);
            Ok((Table("house_day").house("house_id", house)?, day))
        };
        rows.into_iter().map(held).collect()
    }

    /// Updates the statistics of the database's planner; to be called after a bulk load.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn settle(&self) -> Result<(), StoreError> {
        let tables = "users, houses, house_facilities, house_descriptions, house_words, orders, order_changes, order_lines, \
                      house_day, house_claims, house_rules, house_seasons, house_dates, house_guests";
        let db = self.unhurried().await?;
        let sql = match db.get_database_backend() {
            DbBackend::Postgres => format!("VACUUM (ANALYZE) {tables}"),
            DbBackend::MySql => format!("ANALYZE TABLE {tables}"),
            _ => "PRAGMA optimize".to_owned(),
        };
        let settled = db.execute_unprepared(&sql).await.map_err(failed);
        if let Err(error) = db.close().await {
            tracing::warn!(%error, "a connection did not close");
        }
        settled.map(|_| ())
    }

    /// Reads from the primary.
    pub(crate) fn reader(&self) -> Executor {
        Executor::reading(self.readers.clone(), self.watch.clone())
    }
}

#[derive(FromQueryResult)]
struct BookableRow {
    id: i64,
    landlord_id: i64,
    price: i64,
    deposit: i64,
    min_days: i32,
    max_days: i32,
    capacity: i32,
    has_rules: i16,
}

fn bookable(row: BookableRow) -> Result<Bookable, StoreError> {
    const HOUSES: Table = Table("houses");
    let terms = HouseTerms {
        landlord: HOUSES.user("landlord_id", row.landlord_id)?,
        price: HOUSES.money("price", row.price)?,
        deposit: HOUSES.money("deposit", row.deposit)?,
        limits: HOUSES.limits(row.min_days, row.max_days)?,
        capacity: HOUSES.count("capacity", row.capacity)?,
        has_rules: row.has_rules != 0,
    };
    Ok((HOUSES.house("id", row.id)?, terms))
}

fn user(id: i64, user: &NewUser) -> user::Model {
    user::Model {
        id,
        mobile: user.mobile.as_str().to_owned(),
        name: user.name.as_str().to_owned(),
        name_key: user.name.key(),
        password_hash: user.password_hash.0.clone(),
        avatar: None,
        identity_key_id: None,
        identity_sealed: None,
        created_at: user.created_at,
    }
}

fn order(id: i64, guest: i64, order: &PastOrder) -> Result<order::Model, StoreError> {
    let QuoteColumns { days, price, amount, line_count } = QuoteColumns::of(&order.quote)?;
    Ok(order::Model {
        id,
        house_id: order.house.get(),
        landlord_id: order.landlord.get(),
        guest_id: guest,
        start_day: order.stay.start(),
        end_day: order.stay.end(),
        days,
        price,
        amount,
        status: order::number(order.status),
        comment: order.comment.as_ref().map(|comment| comment.as_str().to_owned()),
        commented_at: order.comment.as_ref().map(|_| order.created_at),
        reject_reason: None,
        created_at: order.created_at,
        version: 1,
        line_count,
        expires_at: None,
        cancellation: order::cancellation_number(CancellationPreset::default()),
        guests: 1,
    })
}

/// The history of an order that is loaded in its state begins there.
fn change(order_id: i64, order: &PastOrder) -> order_change::Model {
    order_change::Model {
        order_id,
        number: 1,
        changed_at: order.created_at,
        changed_by: order_change::number(ChangedBy::Guest),
        from_status: None,
        to_status: order::number(order.status),
        reason: None,
    }
}
