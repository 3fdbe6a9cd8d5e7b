//! Writing much at once: made-up data, imports. PostgreSQL takes it by `COPY`, the others in
//! statements of many rows.

mod cells;
mod loader;

use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{Comment, HouseId, HouseOffer, HouseTerms, OrderStatus, Quote, Stay, StayLimits, UserId, pairs_of};
use minsu_ports::{NewUser, StoreError};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};

use crate::{
    SqlStore,
    errors::failed,
    executor::Executor,
    repos::{sql::Sql, values::Table},
};
use cells::{Cell, Rows, capped};
use loader::Loader;

/// A landlord with houses.
#[derive(Debug, Clone)]
pub struct Estate {
    /// Who owns them.
    pub landlord: NewUser,
    /// What is offered, and since when.
    pub houses: Vec<(HouseOffer, DateTime<Utc>)>,
}

/// A guest with orders.
#[derive(Debug, Clone)]
pub struct Trips {
    /// Who travels.
    pub guest: NewUser,
    /// What they ordered.
    pub orders: Vec<Trip>,
}

/// An order in any state.
#[derive(Debug, Clone)]
pub struct Trip {
    /// The house.
    pub house: HouseId,
    /// Its owner.
    pub landlord: UserId,
    /// When.
    pub stay: Stay,
    /// What it costs.
    pub quote: Quote,
    /// Where it stands.
    pub status: OrderStatus,
    /// What the guest wrote, on a completed order.
    pub comment: Option<Comment>,
    /// When it was placed, and commented.
    pub created_at: DateTime<Utc>,
}

/// A house to order, by its id.
pub type Bookable = (HouseId, HouseTerms);

const USERS: [&str; 5] = ["id", "mobile", "name", "password_hash", "created_at"];
const HOUSES: [&str; 16] = [
    "id",
    "landlord_id",
    "area_id",
    "title",
    "price",
    "deposit",
    "address",
    "room_count",
    "acreage",
    "unit",
    "capacity",
    "beds",
    "min_days",
    "max_days",
    "order_count",
    "created_at",
];
const ORDERS: [&str; 13] = [
    "id",
    "house_id",
    "landlord_id",
    "guest_id",
    "start_day",
    "end_day",
    "days",
    "price",
    "amount",
    "status",
    "comment",
    "commented_at",
    "created_at",
];

impl SqlStore {
    /// Writes landlords and their houses, all or none.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when somebody has a mobile or a name already.
    pub async fn load_estates(&self, estates: &[Estate]) -> Result<(), StoreError> {
        let mut loader = Loader::begin(self).await?;
        let landlords = loader.ids("users", estates.len()).await?;
        let houses = estates.iter().map(|estate| estate.houses.len()).sum();
        let mut house_ids = loader.ids("houses", houses).await?.into_iter();
        let mut users = Rows::new("users", &USERS);
        let mut houses = Rows::new("houses", &HOUSES);
        let mut facilities = Rows::new("house_facilities", &["house_id", "facility_id"]);
        let mut words = Rows::new("house_words", &["pair", "house_id"]);
        for (estate, landlord) in estates.iter().zip(landlords) {
            users.push(user(landlord, &estate.landlord));
            for ((offer, created_at), id) in estate.houses.iter().zip(&mut house_ids) {
                houses.push(house(id, landlord, offer, *created_at));
                let each = offer.facilities.iter().map(|facility| [Cell::Long(id), Cell::Long(facility.get())]);
                facilities.extend(each);
                let pairs = pairs_of([offer.title.as_str(), offer.address.as_str()]);
                words.extend(pairs.into_iter().map(|pair| [Cell::Long(pair.number()), Cell::Long(id)]));
            }
        }
        words.sort_by_first();
        for rows in [users, houses, facilities, words] {
            loader.write(rows).await?;
        }
        loader.commit().await
    }

    /// Writes guests and their orders with the days that these hold, all or none; a completed order
    /// counts for its house.
    ///
    /// # Errors
    /// As [`Self::load_estates`], and for a day that somebody else holds.
    pub async fn load_trips(&self, trips: &[Trips]) -> Result<(), StoreError> {
        let mut loader = Loader::begin(self).await?;
        let guests = loader.ids("users", trips.len()).await?;
        let orders = trips.iter().map(|guest| guest.orders.len()).sum();
        let mut order_ids = loader.ids("orders", orders).await?.into_iter();
        let mut users = Rows::new("users", &USERS);
        let mut orders = Rows::new("orders", &ORDERS);
        let mut days = Rows::new("house_day", &["house_id", "day", "order_id"]);
        let mut completed = Vec::new();
        for (trips, guest) in trips.iter().zip(guests) {
            users.push(user(guest, &trips.guest));
            for (trip, id) in trips.orders.iter().zip(&mut order_ids) {
                orders.push(order(id, guest, trip));
                if trip.status.holds_days() {
                    let held = trip.stay.occupied();
                    days.extend(held.map(|day| [Cell::Long(trip.house.get()), Cell::Day(day), Cell::Long(id)]));
                }
                if trip.status == OrderStatus::Complete {
                    completed.push(trip.house.get());
                }
            }
        }
        days.sort_by_first();
        for rows in [users, orders, days] {
            loader.write(rows).await?;
        }
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
        sql.push("SELECT id, landlord_id, price, min_days, max_days FROM houses WHERE id > ");
        sql.bind(last.map_or(0, HouseId::get)).push(" ORDER BY id").limit(u64::from(limit), 0);
        let rows = BookableRow::find_by_statement(sql.done()).all(&db).await.map_err(failed)?;
        rows.into_iter().map(bookable).collect()
    }

    /// Which days somebody holds of the houses from one id to another.
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

    /// Lets the database look at what it holds now, so that its plans fit; to be called after much
    /// was written.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn settle(&self) -> Result<(), StoreError> {
        let tables = "users, houses, house_facilities, house_words, orders, house_day";
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
    min_days: i32,
    max_days: i32,
}

fn bookable(row: BookableRow) -> Result<Bookable, StoreError> {
    const HOUSES: Table = Table("houses");
    let (min, max) = (HOUSES.count("min_days", row.min_days)?, HOUSES.count("max_days", row.max_days)?);
    let terms = HouseTerms {
        landlord: HOUSES.user("landlord_id", row.landlord_id)?,
        price: HOUSES.money("price", row.price)?,
        limits: HOUSES.checked("max_days", StayLimits::new(min, max))?,
    };
    Ok((HOUSES.house("id", row.id)?, terms))
}

fn user(id: i64, user: &NewUser) -> [Cell; 5] {
    [
        Cell::Long(id),
        Cell::text(user.mobile.as_str()),
        Cell::text(user.name.as_str()),
        Cell::text(&user.password_hash.0),
        Cell::Instant(user.created_at),
    ]
}

fn house(id: i64, landlord: i64, offer: &HouseOffer, created_at: DateTime<Utc>) -> [Cell; 16] {
    [
        Cell::Long(id),
        Cell::Long(landlord),
        Cell::Long(offer.area.get()),
        Cell::text(&offer.title),
        Cell::Long(offer.price.fen()),
        Cell::Long(offer.deposit.fen()),
        Cell::text(&offer.address),
        capped(offer.room_count),
        capped(offer.acreage),
        Cell::text(&offer.unit),
        capped(offer.capacity),
        Cell::text(&offer.beds),
        capped(offer.limits.min_days()),
        capped(offer.limits.max_days()),
        Cell::Int(0),
        Cell::Instant(created_at),
    ]
}

fn order(id: i64, guest: i64, trip: &Trip) -> [Cell; 13] {
    let comment = trip.comment.as_ref();
    [
        Cell::Long(id),
        Cell::Long(trip.house.get()),
        Cell::Long(trip.landlord.get()),
        Cell::Long(guest),
        Cell::Day(trip.stay.start()),
        Cell::Day(trip.stay.end()),
        capped(trip.quote.days),
        Cell::Long(trip.quote.price.fen()),
        Cell::Long(trip.quote.amount.fen()),
        Cell::Small(trip.status.number()),
        comment.map_or(Cell::NoText, |comment| Cell::text(comment.as_str())),
        comment.map_or(Cell::NoInstant, |_| Cell::Instant(trip.created_at)),
        Cell::Instant(trip.created_at),
    ]
}
