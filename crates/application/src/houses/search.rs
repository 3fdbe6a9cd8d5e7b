//! Searching houses by district and dates.

use chrono::{Days, NaiveDate};
use minsu_domain::{AreaId, DateRange, HouseFilter, PageNumber, SortKey};
use minsu_ports::{HouseSummary, PageKey};

use crate::{App, AppError};

/// A search as a visitor asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchHouses {
    /// Only this district; an unknown one has no houses.
    pub area: Option<AreaId>,
    /// Arrival.
    pub start: Option<NaiveDate>,
    /// Departure; either date alone is an open range.
    pub end: Option<NaiveDate>,
    /// The order.
    pub sort: SortKey,
    /// The page.
    pub page: PageNumber,
}

impl SearchHouses {
    fn filter(&self, app: &App) -> Result<HouseFilter, AppError> {
        let free = DateRange::new(self.start, self.end, app.policy.booking.rule)?;
        Ok(HouseFilter { area: self.area, free, sort: self.sort })
    }

    /// Under which key a dialect keeps its answer; none for days that nobody can book and for
    /// pages that no search has: visitors could name any number of them.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when the departure lies before the arrival.
    pub fn page_key(&self, app: &App, form: &'static str) -> Result<Option<PageKey>, AppError> {
        let today = app.today();
        let horizon = today.checked_add_days(Days::new(app.policy.booking.horizon_days.into())).unwrap_or(today);
        Ok(PageKey::search(form, self.filter(app)?, self.page, &(today..=horizon)))
    }
}

/// A page of houses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HousePage {
    /// The houses; none past the end.
    pub houses: Vec<HouseSummary>,
    /// The page that was asked for.
    pub page: PageNumber,
    /// How many pages there are, up to the site's bound.
    pub total_pages: u64,
    /// How many houses match, up to the site's bound.
    pub total: u64,
}

/// Finds the houses that are free on all days of the range.
///
/// # Errors
/// [`AppError::Invalid`] when the departure lies before the arrival.
pub async fn search(app: &App, query: &SearchHouses) -> Result<HousePage, AppError> {
    let filter = query.filter(app)?;
    let size = app.policy.page_size;
    let mut session = app.store.read().await?;
    let total = session.houses().count(&filter, app.policy.max_results).await?;
    let offset = query.page.offset(size);
    let houses = if offset < total { session.houses().search(&filter, offset, size).await? } else { Vec::new() };
    Ok(HousePage { houses, page: query.page, total_pages: total.div_ceil(u64::from(size)), total })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::TestApp;
    use minsu_domain::parse_day;
    use minsu_ports::testkit::MockUnitOfWork;

    fn query(page: &str) -> SearchHouses {
        SearchHouses { area: None, start: None, end: None, sort: SortKey::New, page: PageNumber::parse(page).unwrap() }
    }

    #[tokio::test]
    async fn a_page_past_the_end_is_empty_and_knows_the_total() {
        let mut session = MockUnitOfWork::default();
        session.houses.expect_count().returning(|_, at_most| Ok(41.min(at_most)));
        session.houses.expect_search().never();
        let app = TestApp::default().store(session.read_once()).build();
        let page = search(&app, &query("4")).await.unwrap();
        assert_eq!((page.houses.len(), page.total_pages, page.total), (0, 3, 41));
    }

    #[tokio::test]
    async fn the_last_page_is_asked_for_by_its_offset() {
        let mut session = MockUnitOfWork::default();
        session.houses.expect_count().returning(|_, _| Ok(41));
        session
            .houses
            .expect_search()
            .times(1)
            .withf(|_, offset, limit| (*offset, *limit) == (40, 20))
            .returning(|_, _, _| Ok(vec![]));
        let app = TestApp::default().store(session.read_once()).build();
        assert_eq!(search(&app, &query("3")).await.unwrap().total_pages, 3);
    }

    #[tokio::test]
    async fn a_departure_before_the_arrival_is_refused() {
        let app = TestApp::default().build();
        let backwards = SearchHouses {
            start: Some(parse_day("2026-12-02").unwrap()),
            end: Some(parse_day("2026-12-01").unwrap()),
            ..query("1")
        };
        assert!(matches!(search(&app, &backwards).await, Err(AppError::Invalid(_))));
    }
}
