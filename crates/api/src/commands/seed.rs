//! `minsu seed`: fills a database with made-up but plausible houses and orders.
//!
//! Whatever is made follows from the seed and a number alone, landlord after landlord and guest after
//! guest, and is written in batches that are there as a whole or not at all. So a run that was broken
//! off goes on where it stopped when it is started again, and a later run with larger numbers adds
//! what is missing.

mod people;
mod pictures;
mod plausible;
mod progress;
mod schedules;
mod shares;
mod stays;

use std::{
    collections::HashSet,
    future::Future,
    ops::{Range, RangeInclusive},
};

use chrono::{DateTime, NaiveDate, Utc};
use minsu_application::App;
use minsu_domain::{AreaId, BookingPolicy, Comment, HouseOffer, Invalid, OrderStatus, Password, PasswordPolicy};
use minsu_store::{Bookable, GuestBatch, HouseBatch, LandlordBatch, PastOrder, SqlStore};

use super::CommandError;
use people::{Kind, People};
use plausible::Plausible;
use progress::Progress;
pub use shares::Shares;

use schedules::MadeSchedule;

/// How much to make.
#[derive(Debug, Clone, Copy)]
pub struct SeedOptions {
    /// Houses.
    pub houses: u64,
    /// Orders; one that would meet another, of a run with fewer houses or of a real guest, or a block is left out.
    pub orders: u64,
    /// The same seed makes the same data on the same day.
    pub seed: u64,
    /// How many houses have more than their offer.
    pub shares: Shares,
}

/// Houses of one landlord.
const HOUSES_PER_LANDLORD: u64 = 20;
/// Orders of one guest.
const ORDERS_PER_GUEST: u64 = 5;
/// Landlords written together: large enough that the commit does not count, small enough that other
/// writers get their turn.
const LANDLORDS: u64 = 200;
/// Guests written together.
const GUESTS: u64 = 2_000;
/// Houses read at once.
const READ: u32 = 50_000;

/// Adds landlords with houses, and guests with orders for the existing houses, until this seed has made the
/// requested numbers. These accounts have a random password that is not stored: no login is possible.
///
/// # Errors
/// When the database refuses, or accounts of another seed use the same mobiles.
pub async fn seed(app: &App, store: &SqlStore, options: SeedOptions) -> Result<(), CommandError> {
    let mut session = app.store.read_own().await?;
    let areas: Vec<_> = session.reference().areas().await?.into_iter().map(|area| area.id).collect();
    drop(session);
    let forgotten =
        Password::new(format!("{:032x}", Plausible::new(options.seed, 0).number()), PasswordPolicy::default())?;
    let hash = app.passwords.hash(&forgotten).await?;
    let maker = Maker {
        people: People::new(options.seed, hash, app.clock.now()),
        areas,
        seed: options.seed,
        shares: options.shares,
        pictures: if options.shares.pictures > 0 { pictures::store(app).await? } else { Vec::new() },
        today: app.today(),
    };
    publish(app, store, &maker, options.houses).await?;
    travel(app, store, &maker, options.orders).await?;
    store.settle().await?;
    Ok(())
}

async fn publish(app: &App, store: &SqlStore, maker: &Maker, houses: u64) -> Result<(), CommandError> {
    let landlords = maker.people.existing(app, Kind::Landlord).await?;
    let made = match landlords.checked_sub(1) {
        None => 0,
        // The last one may have got fewer, at the end of a run that wanted no more.
        Some(last) => last * HOUSES_PER_LANDLORD + maker.people.houses_of(app, last).await?,
    };
    let progress = Progress::new("houses", made, houses);
    let mut made = made;
    let mut next = landlords;
    let mut batch = maker.landlord_batches(next, houses.saturating_sub(made))?;
    while !batch.is_empty() {
        made += batch.iter().map(|landlord_batch| landlord_batch.houses.len() as u64).sum::<u64>();
        next += batch.len() as u64;
        let later = maker.clone();
        let make = move || later.landlord_batches(next, houses.saturating_sub(made));
        batch = alongside(make, store.load_landlords(&batch)).await??;
        progress.at(made);
    }
    progress.done();
    Ok(())
}

async fn travel(app: &App, store: &SqlStore, maker: &Maker, orders: u64) -> Result<(), CommandError> {
    let mut guest = maker.people.existing(app, Kind::Guest).await?;
    if guest * ORDERS_PER_GUEST >= orders {
        return Ok(());
    }
    let mut houses: Vec<Bookable> = Vec::new();
    loop {
        let more = store.bookable_after(houses.last().map(|(id, _)| *id), READ).await?;
        if more.is_empty() {
            break;
        }
        houses.extend(more);
    }
    if houses.is_empty() {
        return Err("there is no house to order".into());
    }
    let calendar = Calendar { today: app.today(), policy: app.policy.booking };
    let progress = Progress::new("orders", guest * ORDERS_PER_GUEST, orders);
    while guest * ORDERS_PER_GUEST < orders {
        let last = orders.div_ceil(ORDERS_PER_GUEST).min(guest + GUESTS);
        let mut batch = maker.guest_batches(guest..last, orders, &houses, &calendar)?;
        let mut held = HashSet::new();
        for run in runs(guest * ORDERS_PER_GUEST..last * ORDERS_PER_GUEST, houses.len() as u64) {
            held.extend(store.held_days(houses[*run.start()].0..=houses[*run.end()].0).await?);
        }
        for guest in &mut batch {
            guest.orders.retain(|order| !order.stay.occupied().any(|day| held.contains(&(order.house, day))));
        }
        store.load_guests(&batch).await?;
        guest = last;
        progress.at((guest * ORDERS_PER_GUEST).min(orders));
    }
    progress.done();
    Ok(())
}

/// The places of the houses that these orders are for, one after the other and round again, as runs of
/// neighbours.
fn runs(orders: Range<u64>, houses: u64) -> Vec<RangeInclusive<usize>> {
    let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let (first, last) = (orders.start % houses, (orders.end - 1) % houses);
    if orders.end - orders.start >= houses {
        vec![0..=place(houses - 1)]
    } else if first <= last {
        vec![place(first)..=place(last)]
    } else {
        vec![place(first)..=place(houses - 1), 0..=place(last)]
    }
}

/// Writes a batch while the next one is made.
async fn alongside<T: Send + 'static, E: Into<CommandError>>(
    make: impl FnOnce() -> T + Send + 'static,
    write: impl Future<Output = Result<(), E>>,
) -> Result<T, CommandError> {
    let made = tokio::task::spawn_blocking(make);
    write.await.map_err(Into::into)?;
    Ok(made.await?)
}

/// When orders may lie.
struct Calendar {
    today: NaiveDate,
    policy: BookingPolicy,
}

/// Makes everything out of a seed and a number.
#[derive(Clone)]
struct Maker {
    people: People,
    areas: Vec<AreaId>,
    seed: u64,
    shares: Shares,
    pictures: Vec<pictures::Stored>,
    today: NaiveDate,
}

impl Maker {
    /// The next landlords, with no more than so many houses.
    ///
    /// # Errors
    /// A value that the domain refuses, a defect: one house left out would look like one that was made.
    fn landlord_batches(&self, first: u64, houses: u64) -> Result<Vec<LandlordBatch>, Invalid> {
        let landlords = LANDLORDS.min(houses.div_ceil(HOUSES_PER_LANDLORD));
        let batch_of = |number: u64| {
            let mut plausible = Plausible::new(self.seed, number);
            let count = HOUSES_PER_LANDLORD.min(houses - (number - first) * HOUSES_PER_LANDLORD);
            let houses = (0..count).map(|house| {
                let since = plausible.seconds_below(94_608_000);
                self.house(number * HOUSES_PER_LANDLORD + house, plausible.offer(&self.areas)?, self.now() - since)
            });
            let houses = houses.collect::<Result<_, Invalid>>()?;
            Ok(LandlordBatch { landlord: self.people.make(Kind::Landlord, number)?, houses })
        };
        (first..first + landlords).map(batch_of).collect()
    }

    /// A house with all that belongs to it; its number decides what that is, whatever it is like.
    fn house(&self, number: u64, offer: HouseOffer, created_at: DateTime<Utc>) -> Result<HouseBatch, Invalid> {
        let mut plausible = Plausible::new(!self.seed, number);
        let MadeSchedule { rules, seasons, days } =
            schedules::schedule(&mut plausible, &self.shares, &offer, self.today)?;
        let pictures = pictures::of_house(&mut plausible, self.shares.pictures, &self.pictures);
        Ok(HouseBatch { offer, created_at, rules, seasons, days, pictures })
    }

    /// Guests, with all but the orders that a house does not take.
    ///
    /// # Errors
    /// As [`Self::landlord_batches`].
    fn guest_batches(
        &self,
        guests: Range<u64>,
        orders: u64,
        houses: &[Bookable],
        calendar: &Calendar,
    ) -> Result<Vec<GuestBatch>, Invalid> {
        let batch_of = |guest: u64| {
            let numbers = guest * ORDERS_PER_GUEST..((guest + 1) * ORDERS_PER_GUEST).min(orders);
            let orders = numbers.filter_map(|number| self.order(number, houses, calendar).transpose());
            Ok(GuestBatch {
                orders: orders.collect::<Result<_, Invalid>>()?,
                guest: self.people.make(Kind::Guest, guest)?,
            })
        };
        guests.map(batch_of).collect()
    }

    /// An order; none where no stay fits the house, or its terms refuse the stay.
    fn order(&self, number: u64, houses: &[Bookable], calendar: &Calendar) -> Result<Option<PastOrder>, Invalid> {
        let count = houses.len() as u64;
        let place = number.checked_rem(count).and_then(|place| usize::try_from(place).ok());
        let Some(&(house, terms)) = place.and_then(|place| houses.get(place)) else {
            return Ok(None);
        };
        let stay = stays::stay(self.seed, house, number / count, &terms.limits, calendar.today, calendar.policy.rule);
        let Some(stay) = stay else { return Ok(None) };
        let guest = self.people.other_than(terms.landlord);
        let Ok(quote) = terms.quote(guest, &stay, calendar.today, &calendar.policy) else { return Ok(None) };
        let mut plausible = Plausible::new(self.seed ^ number, number);
        let status = match plausible.below(6) {
            0 => OrderStatus::WaitAccept,
            1..=3 => OrderStatus::WaitComment,
            _ => OrderStatus::Complete,
        };
        let comment = match status {
            OrderStatus::Complete => Some(Comment::new(plausible.comment())?),
            _ => None,
        };
        let created_at = self.now() - plausible.seconds_below(2_592_000);
        Ok(Some(PastOrder { house, landlord: terms.landlord, stay, quote, status, comment, created_at }))
    }

    fn now(&self) -> DateTime<Utc> {
        self.people.born()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minsu_ports::PasswordHash;

    fn maker() -> Maker {
        let people = People::new(7, PasswordHash("hash".into()), DateTime::UNIX_EPOCH);
        let shares = Shares { rules: 30, blocks: 10, pictures: 50 };
        let picture = minsu_domain::PictureKey::new("houses/a.jpg").unwrap();
        let (areas, pictures) = (vec![AreaId::new(3).unwrap()], vec![(picture, 1)]);
        Maker { people, areas, seed: 7, shares, pictures, today: NaiveDate::default() }
    }

    #[test]
    fn all_that_is_asked_for_is_made() {
        let landlord_batches = maker().landlord_batches(0, 45).unwrap();
        assert_eq!(
            landlord_batches.iter().map(|landlord_batch| landlord_batch.houses.len()).collect::<Vec<_>>(),
            [20, 20, 5]
        );
        let houses: Vec<_> = landlord_batches.iter().flat_map(|batch| &batch.houses).collect();
        assert!(houses.iter().any(|house| house.pictures.len() == 1 && !house.days.is_empty()));
        assert!(houses.iter().any(|house| house.pictures.is_empty() && house.days.is_empty()));
        let calendar = Calendar { today: NaiveDate::default(), policy: BookingPolicy::default() };
        assert_eq!(maker().guest_batches(3..6, 30, &[], &calendar).unwrap().len(), 3);
    }

    #[test]
    fn orders_go_round_the_houses() {
        assert_eq!(runs(0..5, 10), [0..=4]);
        assert_eq!(runs(18..22, 10), [8..=9, 0..=1]);
        assert_eq!(runs(15..20, 10), [5..=9]);
        assert_eq!(runs(3..13, 10), [0..=9]);
        assert_eq!(runs(0..100, 1), [0..=0]);
    }
}
