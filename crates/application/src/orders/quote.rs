//! What a stay costs, before it is ordered.

use chrono::NaiveDate;
use minsu_domain::{
    BookingRefused, HouseId, HouseSchedule, HouseTerms, Money, Neighbours, Occupant, Principal, Quote, Stay,
    StayRequest, UserId,
};
use minsu_ports::Session;

use super::{quote_token, stay_to_book::StayToBook};
use crate::{App, AppError, ListingError, OrderError, quoted::Quoted};

impl Quoted {
    /// The price of a stay from now on.
    pub(super) fn new(app: &App, asked: &StayToBook, quote: Quote, deposit: Money) -> Self {
        let valid_until = quote_token::valid_until(app.clock.now());
        let token = quote_token::sealed(app, asked, &quote, valid_until);
        Self { quote, deposit, valid_until, token }
    }
}

/// The price of a stay that can be booked now, with a token that keeps it.
///
/// # Errors
/// As [`preview`].
pub async fn quote(app: &App, viewer: Option<Principal>, asked: &StayToBook) -> Result<Quoted, AppError> {
    let (quote, deposit) = bookable(app, viewer, asked).await?;
    Ok(Quoted::new(app, asked, quote, deposit))
}

/// The price of a stay that can be booked now. It promises nothing: the days are taken when the order is placed.
///
/// # Errors
/// [`AppError::Invalid`], [`ListingError::NotFound`], [`OrderError::BookingRefused`], [`OrderError::DaysTaken`].
pub async fn preview(app: &App, viewer: Option<Principal>, asked: &StayToBook) -> Result<Quote, AppError> {
    Ok(bookable(app, viewer, asked).await?.0)
}

async fn bookable(app: &App, viewer: Option<Principal>, asked: &StayToBook) -> Result<(Quote, Money), AppError> {
    let stay = Stay::new(asked.start, asked.end, app.policy.booking.rule)?;
    // Days beyond the site's bounds are not looked up.
    app.policy.booking.window(app.today()).check(&stay)?;
    let mut session = if viewer.is_some() { app.store.read_own().await? } else { app.store.read().await? };
    let terms = session.houses().terms(asked.house).await?.ok_or(ListingError::NotFound)?;
    let schedule = schedule_of(session.as_mut(), asked.house, terms, &stay).await?;
    let preparation = schedule.rules.preparation_days;
    let (from, to) = Neighbours::days(&stay, preparation);
    let occupied = session.occupancy().occupied(asked.house, from, to).await?;
    let neighbours = Neighbours::of(&stay, preparation, app.today(), &occupied);
    allow(app, &schedule, viewer.map(|viewer| viewer.user), &stay, asked.guests, neighbours)?;
    let quote = schedule.quote(&stay, asked.guests)?;
    let prepared_until = stay.last() + chrono::Days::new(preparation.into());
    let is_taken = |day: NaiveDate, by: Occupant| {
        let is_stayed = stay.start() <= day && day <= stay.last();
        is_stayed || (stay.last() < day && day <= prepared_until && matches!(by, Occupant::Order(_)))
    };
    let taken: Vec<_> = occupied.into_iter().filter(|(day, by)| is_taken(*day, *by)).map(|(day, _)| day).collect();
    if taken.is_empty() { Ok((quote, terms.deposit)) } else { Err(OrderError::DaysTaken(taken).into()) }
}

/// Whether a stay is allowed, be its days free or not.
pub(super) fn allow(
    app: &App,
    schedule: &HouseSchedule,
    guest: Option<UserId>,
    stay: &Stay,
    guests: u32,
    neighbours: Neighbours,
) -> Result<(), BookingRefused> {
    schedule.allow(&StayRequest { guest, stay, guests, today: app.today(), neighbours }, &app.policy.booking)
}

/// A house with the rules that matter for a stay; without rules nothing is read.
pub(super) async fn schedule_of(
    session: &mut (impl Session + ?Sized),
    house: HouseId,
    terms: HouseTerms,
    stay: &Stay,
) -> Result<HouseSchedule, AppError> {
    crate::houses::schedule_of(session, house, terms, stay.start(), stay.end().max(stay.last())).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal, terms};
    use minsu_domain::{HouseRules, OrderId, RulesDraft, Seasons, parse_day};
    use minsu_ports::testkit::MockUnitOfWork;
    use std::collections::BTreeMap;

    fn day(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
    }

    fn asked(start: &str, end: &str) -> StayToBook {
        StayToBook { house: HouseId::new(7).unwrap(), start: day(start), end: day(end), guests: 1 }
    }

    fn refused(error: AppError) -> Option<BookingRefused> {
        match error {
            AppError::Order(OrderError::BookingRefused(refused)) => Some(refused),
            _ => None,
        }
    }

    async fn previewed(
        viewer: Option<i64>,
        asked: StayToBook,
        rules: Option<RulesDraft>,
        occupied: &[(&str, Occupant)],
    ) -> Result<Quote, AppError> {
        let mut session = MockUnitOfWork::default();
        let has_rules = rules.is_some();
        session.houses.expect_terms().returning(move |_| Ok(Some(HouseTerms { has_rules, ..terms(1) })));
        let occupied: Vec<_> = occupied.iter().map(|(text, by)| (day(text), *by)).collect();
        session.occupancy.expect_occupied().returning(move |_, from, to| {
            Ok(occupied.iter().copied().filter(|(day, _)| from <= *day && *day <= to).collect())
        });
        if let Some(rules) = rules {
            let rules = HouseRules::of(&rules).unwrap();
            session.schedules.expect_rules().returning(move |_| Ok(rules));
            session.schedules.expect_seasons().returning(|_| Ok(Seasons::default()));
            session.schedules.expect_dates().returning(|_, _, _| Ok(BTreeMap::new()));
        }
        let store = if viewer.is_some() { session.read_own_once() } else { session.read_once() };
        let app = TestApp::default().store(store).build();
        preview(&app, viewer.map(principal), &asked).await
    }

    #[tokio::test]
    async fn a_stay_that_can_be_booked_has_a_price() {
        let december = asked("2026-12-01", "2026-12-03");
        for viewer in [None, Some(2)] {
            let quote = previewed(viewer, december, None, &[("2026-11-30", Occupant::Block)]).await.unwrap();
            assert_eq!((quote.days(), quote.total().fen()), (3, 3 * 1999));
            let taken = previewed(viewer, december, None, &[("2026-12-03", Occupant::Feed)]).await;
            let last = day("2026-12-03");
            assert!(matches!(taken, Err(AppError::Order(OrderError::DaysTaken(days))) if days == [last]));
        }
        let own = previewed(Some(1), december, None, &[]).await;
        assert_eq!(own.err().and_then(refused), Some(BookingRefused::OwnHouse));
        let many = previewed(None, StayToBook { guests: 5, ..december }, None, &[]).await;
        assert_eq!(many.err().and_then(refused), Some(BookingRefused::TooManyGuests));
    }

    #[tokio::test]
    async fn days_that_cannot_be_booked_are_not_looked_up() {
        let app = TestApp::default().build();
        let past = preview(&app, None, &asked("2026-11-21", "2026-11-23")).await;
        assert_eq!(past.err().and_then(refused), Some(BookingRefused::InThePast));
        assert!(matches!(preview(&app, None, &asked("2026-12-03", "2026-12-01")).await, Err(AppError::Invalid(_))));
    }

    #[tokio::test]
    async fn rules_price_a_stay_and_keep_days_for_preparation() {
        let rules = RulesDraft { preparation_days: 1, cleaning_fee: 100, ..RulesDraft::default() };
        let december = asked("2026-12-01", "2026-12-03");
        let ask = async |by: Option<(&str, Occupant)>| {
            let by: Vec<_> = by.into_iter().collect();
            previewed(None, december, Some(rules.clone()), &by).await
        };
        assert_eq!(ask(None).await.unwrap().total().fen(), 3 * 1999 + 100);
        // A closed day may be one of preparation, the day of an order not.
        assert!(ask(Some(("2026-12-04", Occupant::Block))).await.is_ok());
        let order = Occupant::Order(OrderId::new(3).unwrap());
        let next = ask(Some(("2026-12-04", order))).await;
        assert!(matches!(next, Err(AppError::Order(OrderError::DaysTaken(days))) if days == [day("2026-12-04")]));
        assert!(ask(Some(("2026-12-05", order))).await.is_ok());
    }
}
