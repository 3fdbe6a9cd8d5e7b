//! How full houses are by month, and what a booked day costs in it.

use chrono::{Datelike as _, Months, NaiveDate};
use minsu_domain::{HouseId, Money, Principal};
use minsu_ports::{BookedDay, Store};

use super::own::owned;
use crate::{App, AppError};

/// What orders hold of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookedMonth {
    /// Its first day.
    pub first: NaiveDate,
    /// Its days, counted once for each house.
    pub days: u64,
    /// Those of them that orders hold.
    pub booked: u64,
    /// The sum of the prices of the booked days, in 分: without discounts and fees.
    pub fen: i64,
}

impl BookedMonth {
    /// The share of the days that orders hold, in tenths of a percent, rounded down; 0 without houses.
    pub fn permille(&self) -> u64 {
        if self.days == 0 { 0 } else { self.booked * 1000 / self.days }
    }

    /// The average price of a booked day, rounded to the nearest 分; none where no day is booked.
    pub fn average(&self) -> Option<Money> {
        let booked = i64::try_from(self.booked).ok().filter(|booked| *booked > 0)?;
        Money::from_fen((self.fen + booked / 2) / booked).ok()
    }
}

/// The months that are looked at: the five before this one, this one, and the six after it.
const BEFORE: u32 = 5;
const ALL: u32 = 12;

fn first_days(today: NaiveDate) -> Vec<NaiveDate> {
    let this = today.with_day(1).unwrap_or(today);
    let first = this.checked_sub_months(Months::new(BEFORE)).unwrap_or(this);
    (0..ALL).filter_map(|later| first.checked_add_months(Months::new(later))).collect()
}

/// The months around today of one's own listing.
///
/// # Errors
/// [`crate::ListingError::NotFound`], [`crate::ListingError::NotOwner`].
pub async fn own_booked_months(app: &App, viewer: Principal, id: HouseId) -> Result<Vec<BookedMonth>, AppError> {
    let mut session = app.store.read_own().await?;
    owned(session.as_mut(), viewer, id).await?;
    let (from, to) = range(app.today());
    let booked = session.occupancy().booked(Some(id), from, to).await?;
    Ok(months(app.today(), 1, &booked))
}

/// The same of all houses of a site, of which there are so many. Every booked day of these months is read.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn booked_months(store: &dyn Store, today: NaiveDate, houses: u64) -> Result<Vec<BookedMonth>, AppError> {
    let (from, to) = range(today);
    let booked = store.read().await?.occupancy().booked(None, from, to).await?;
    Ok(months(today, houses, &booked))
}

fn next(first: NaiveDate) -> NaiveDate {
    first.checked_add_months(Months::new(1)).unwrap_or(first)
}

fn range(today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let all = first_days(today);
    let (from, last) = (all.first().copied().unwrap_or(today), all.last().copied().unwrap_or(today));
    (from, next(last).pred_opt().unwrap_or(last))
}

fn months(today: NaiveDate, houses: u64, booked: &[BookedDay]) -> Vec<BookedMonth> {
    let month = |first: NaiveDate| {
        let of_month = booked.iter().filter(|day| first <= day.date && day.date < next(first));
        let (booked, fen) = of_month.fold((0, 0), |(days, fen), day| (days + day.houses, fen + day.fen));
        BookedMonth { first, days: (next(first) - first).num_days().unsigned_abs() * houses, booked, fen }
    };
    first_days(today).into_iter().map(month).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ListingError,
        test_app::{TestApp, principal, standing},
    };
    use minsu_domain::parse_day;
    use minsu_ports::testkit::MockUnitOfWork;

    fn day(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
    }

    fn booked(date: &str, houses: u64, fen: i64) -> BookedDay {
        BookedDay { date: day(date), houses, fen }
    }

    fn session(of: Option<i64>) -> MockUnitOfWork {
        let mut session = MockUnitOfWork::default();
        session.own_listings.expect_standing().returning(|_| Ok(Some(standing(1))));
        session
            .occupancy
            .expect_booked()
            .withf(move |house, from, to| {
                let house = house.map(HouseId::get);
                (house, *from, *to) == (of, day("2026-06-01"), day("2027-05-31"))
            })
            .returning(|_, _, _| {
                Ok(vec![booked("2026-06-01", 1, 101), booked("2026-06-30", 1, 200), booked("2027-02-28", 1, 300)])
            });
        session
    }

    #[tokio::test]
    async fn a_landlord_sees_the_months_of_one_house() {
        let id = HouseId::new(7).unwrap();
        let app = TestApp::default().store(session(Some(7)).read_own_once()).build();
        let months = own_booked_months(&app, principal(1), id).await.unwrap();
        assert_eq!(months.len(), 12);
        let numbers =
            |month: &BookedMonth| (month.days, month.booked, month.permille(), month.average().map(Money::fen));
        assert_eq!(numbers(&months[0]), (30, 2, 66, Some(151)));
        assert_eq!(numbers(&months[1]), (31, 0, 0, None));
        assert_eq!((months[5].first, months[8].first), (day("2026-11-01"), day("2027-02-01")));
        assert_eq!(numbers(&months[8]), (28, 1, 35, Some(300)));
        let app = TestApp::default().store(session(Some(7)).read_own_once()).build();
        let refused = own_booked_months(&app, principal(2), id).await;
        assert!(matches!(refused, Err(AppError::Listing(ListingError::NotOwner))));
    }

    #[tokio::test]
    async fn the_days_of_a_site_are_those_of_all_its_houses() {
        let store = session(None).read_once();
        let found = booked_months(&store, day("2026-11-30"), 4).await.unwrap();
        assert_eq!((found[0].days, found[0].booked, found[0].permille()), (120, 2, 16));
        let without_houses = months(day("2026-11-30"), 0, &[]);
        assert!(without_houses.iter().all(|month| month.permille() == 0));
    }
}
