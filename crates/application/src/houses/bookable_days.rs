//! Which days of a house a guest can choose from: where a stay can begin and end, and how long it can be.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use minsu_domain::{HouseId, HouseRules, HouseSchedule, Neighbours, Occupant, Principal, Stay};

use super::schedule_of::schedule_of;
use crate::{App, AppError, ListingError};

/// A day as a calendar to choose from needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookableDay {
    /// The date.
    pub date: NaiveDate,
    /// Whether it is occupied.
    pub is_taken: bool,
    /// Whether a stay may begin on it, as far as weekday, date, notice and window go.
    pub arrival: bool,
    /// Whether a stay may end on it, as far as weekday, date and the days of preparation after it go.
    pub departure: bool,
    /// Whether occupied days follow a stay that ends on it, so that there is no gap behind it.
    pub ends_gap: bool,
    /// The shortest stay that may begin on it, unless it fills a gap.
    pub min_days: u32,
    /// The longest stay that may begin on it, by the house and by the site.
    pub max_days: u32,
}

/// The days of a house from today on, and its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookableDays {
    /// The days, ascending; the first one is today.
    pub days: Vec<BookableDay>,
    /// The rules of the house.
    pub rules: HouseRules,
}

/// The days of a published listing from today on, `ahead` days behind today at most and never beyond the site's
/// horizon. What a stay costs, and whether it is allowed in the end, is for a quote to say.
///
/// # Errors
/// [`ListingError::NotFound`] for a listing that is not on the site.
pub async fn bookable_days(
    app: &App,
    id: HouseId,
    ahead: u32,
    viewer: Option<Principal>,
) -> Result<BookableDays, AppError> {
    let today = app.today();
    let in_days = |days: u32| today.checked_add_days(Days::new(days.into())).unwrap_or(today);
    let last = in_days(ahead.min(app.policy.booking.horizon_days));
    let mut session = if viewer.is_some() { app.store.read_own().await? } else { app.store.read().await? };
    let terms = session.houses().terms(id).await?.ok_or(ListingError::NotFound)?;
    let schedule = schedule_of(session.as_mut(), id, terms, today, last).await?;
    let behind = last + Days::new(1 + u64::from(schedule.rules.preparation_days));
    let occupied = session.occupancy().occupied(id, today, behind).await?;
    let taken: BTreeSet<_> = occupied.iter().map(|(day, _)| *day).collect();
    let dates = today.iter_days().take_while(|date| *date <= last);
    let day = |date| day(app, &schedule, date, taken.contains(&date), &occupied);
    Ok(BookableDays { days: dates.map(day).collect(), rules: schedule.rules })
}

fn day(
    app: &App,
    schedule: &HouseSchedule,
    date: NaiveDate,
    is_taken: bool,
    occupied: &[(NaiveDate, Occupant)],
) -> BookableDay {
    let (policy, today, preparation) = (&app.policy.booking, app.today(), schedule.rules.preparation_days);
    let last = policy.rule.last_occupied(date);
    let following = &occupied[occupied.partition_point(|(day, _)| *day <= last)..];
    let prepared_until = last + Days::new(preparation.into());
    let is_prepared = following
        .iter()
        .take_while(|(day, _)| *day <= prepared_until)
        .all(|(_, occupant)| !matches!(occupant, Occupant::Order(_)));
    let following = &following[..following.partition_point(|(day, _)| *day <= prepared_until + Days::new(1))];
    // The shortest stay that ends on the date; which one it is does not matter for what follows it.
    let ending = Stay::new(last, date, policy.rule);
    let ends_gap = ending.is_ok_and(|stay| Neighbours::of(&stay, preparation, today, following).after);
    let longest = Some(schedule.max_days_on(date)).filter(|most| *most > 0).unwrap_or(u32::MAX);
    BookableDay {
        date,
        is_taken,
        arrival: schedule.arrival_on(date) && schedule.is_arrival_in_time(date, today).is_ok(),
        departure: schedule.departure_on(date) && is_prepared,
        ends_gap,
        min_days: schedule.min_days_on(date),
        max_days: longest.min(policy.max_stay_days),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal, terms};
    use minsu_domain::{HouseTerms, OrderId, RulesDraft, Seasons, StayRule, parse_day};
    use minsu_ports::testkit::MockUnitOfWork;
    use std::collections::BTreeMap;

    fn date(text: &str) -> NaiveDate {
        parse_day(text).unwrap()
    }

    /// The days from the 22nd, which is today, of a house that prepares for a day after each stay.
    async fn days(rule: StayRule, occupied: &[(&str, Occupant)], viewer: Option<i64>) -> Vec<BookableDay> {
        let rules = RulesDraft {
            preparation_days: 1,
            notice_days: 1,
            arrival_days: Some(vec![1, 2, 4, 7]),
            ..RulesDraft::default()
        };
        let rules = HouseRules::of(&rules).unwrap();
        let occupied: Vec<_> = occupied.iter().map(|(text, by)| (date(text), *by)).collect();
        let mut session = MockUnitOfWork::default();
        session.houses.expect_terms().returning(|_| Ok(Some(HouseTerms { has_rules: true, ..terms(1) })));
        session.schedules.expect_rules().returning(move |_| Ok(rules));
        session.schedules.expect_seasons().returning(|_| Ok(Seasons::default()));
        session.schedules.expect_dates().returning(|_, _, _| Ok(BTreeMap::new()));
        session
            .occupancy
            .expect_occupied()
            .withf(|_, from, to| (*from, *to) == (date("2026-11-22"), date("2026-11-30")))
            .returning(move |_, _, _| Ok(occupied.clone()));
        let store = if viewer.is_some() { session.read_own_once() } else { session.read_once() };
        let mut app = TestApp::default().store(store).build();
        app.policy.booking.rule = rule;
        let found = bookable_days(&app, HouseId::new(7).unwrap(), 6, viewer.map(principal)).await.unwrap();
        assert_eq!((found.rules, found.days.len()), (rules, 7));
        found.days
    }

    fn flags(days: &[BookableDay], flag: impl Fn(&BookableDay) -> bool) -> Vec<u32> {
        use chrono::Datelike as _;
        days.iter().filter(|day| flag(day)).map(|day| day.date.day()).collect()
    }

    #[tokio::test]
    async fn days_tell_where_a_stay_can_begin_and_end() {
        let order = Occupant::Order(OrderId::new(3).unwrap());
        let occupied = [("2026-11-26", order), ("2026-11-27", Occupant::Preparation)];
        for viewer in [None, Some(2)] {
            let found = days(StayRule::Days, &occupied, viewer).await;
            assert_eq!(flags(&found, |day| day.is_taken), [26, 27]);
            // Of Sundays, Mondays, Tuesdays and Thursdays not today: the house needs a day of notice.
            assert_eq!(flags(&found, |day| day.arrival), [23, 24, 26]);
            // After a stay that ends on the 25th there is no day to prepare on.
            assert_eq!(flags(&found, |day| !day.departure), [25]);
            assert_eq!(flags(&found, |day| day.ends_gap), [24, 25, 26]);
            assert!(found.iter().all(|day| (day.min_days, day.max_days) == (1, 180)));
        }
    }

    #[tokio::test]
    async fn nights_end_on_the_day_of_departure() {
        let order = Occupant::Order(OrderId::new(3).unwrap());
        let found = days(StayRule::Nights, &[("2026-11-26", order)], None).await;
        assert_eq!(flags(&found, |day| !day.departure), [26]);
        assert_eq!(flags(&found, |day| day.ends_gap), [25, 26]);
    }

    #[tokio::test]
    async fn a_listing_that_is_not_on_the_site_has_no_days() {
        let mut session = MockUnitOfWork::default();
        session.houses.expect_terms().returning(|_| Ok(None));
        let app = TestApp::default().store(session.read_once()).build();
        let missing = bookable_days(&app, HouseId::new(7).unwrap(), 6, None).await;
        assert!(matches!(missing, Err(AppError::Listing(ListingError::NotFound))));
    }
}
