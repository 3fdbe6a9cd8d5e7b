//! The calls of a search to its ports, and its results.

use super::*;
use crate::test_app::{TestApp, house_detail};
use chrono::DateTime;
use minsu_domain::{AreaId, AtLeast, HouseId, Money, StayLimits, UserId, UserName, parse_day};
use minsu_ports::{
    Area, GuestCounts,
    testkit::{MockStore, MockUnitOfWork},
};

fn query(page: &str) -> SearchHouses {
    SearchHouses {
        area: None,
        start: None,
        end: None,
        sort: SortKey::New,
        filters: HouseFilters::default(),
        page: PageNumber::new(page.parse().unwrap()).unwrap(),
        after: None,
        limit: None,
        priced_for: None,
    }
}

fn wishing() -> HouseFilters {
    HouseFilters { capacity: Some(AtLeast::guests(2).unwrap()), ..HouseFilters::default() }
}

/// Counts and searches, as a list without a cache does.
async fn listed(app: &App, query: &SearchHouses) -> Result<HousePage, AppError> {
    let total = count(app, query).await?;
    search(app, query, total).await
}

fn house(id: i64) -> HouseSummary {
    HouseSummary {
        id: HouseId::new(id).unwrap(),
        title: "四合院".into(),
        area: AreaId::new(1).unwrap(),
        area_name: "东城区".into(),
        price: Money::from_fen(100).unwrap(),
        created_at: DateTime::UNIX_EPOCH,
        index_picture: None,
        address: "南锣鼓巷".into(),
        dwelling: house_detail(1).offer.dwelling,
        limits: StayLimits::new(1, 0).unwrap(),
        has_rules: false,
        order_count: 0,
        guests: GuestCounts::default(),
        landlord: UserId::new(1).unwrap(),
        landlord_name: UserName::new("Anna").unwrap(),
        landlord_avatar: None,
    }
}

/// A store whose sessions count to a number and have so many houses on a page.
fn store(total: u64, searches: usize, full: bool) -> MockStore {
    let mut store = MockStore::new();
    store.expect_read_for_search().returning(move || {
        let mut session = MockUnitOfWork::default();
        session.houses.expect_count().returning(move |_, at_most| Ok(total.min(at_most)));
        let found = if full { 20 } else { 19 };
        session
            .houses
            .expect_search()
            .times(..=searches)
            .returning(move |_, _, _| Ok((1..=found).map(house).collect()));
        Ok(Box::new(session))
    });
    store
}

#[tokio::test]
async fn a_page_past_the_end_is_empty_and_knows_the_total() {
    let app = TestApp::default().store(store(41, 0, true)).build();
    let page = listed(&app, &query("4")).await.unwrap();
    assert_eq!((page.houses.len(), page.total_pages, page.total, page.next), (0, 3, 41, None));
}

#[tokio::test]
async fn an_empty_list_is_one_of_a_district_that_exists_or_not() {
    let mut store = MockStore::new();
    store.expect_read().returning(|| {
        let mut session = MockUnitOfWork::default();
        let known = Area { id: AreaId::new(1).unwrap(), name: "东城区".into() };
        session.reference.expect_areas().returning(move || Ok(vec![known.clone()]));
        Ok(Box::new(session))
    });
    let app = TestApp::default().store(store).build();
    for (area, known) in [(None, true), (Some(1), true), (Some(2), false)] {
        let query = SearchHouses { area: area.map(|id| AreaId::new(id).unwrap()), ..query("1") };
        assert_eq!(query.is_of_known_area(&app).await.unwrap(), known, "{area:?}");
    }
}

#[tokio::test]
async fn the_last_page_is_asked_for_by_its_offset() {
    let mut store = MockStore::new();
    store.expect_read_for_search().times(2).returning(|| {
        let mut session = MockUnitOfWork::default();
        session.houses.expect_count().returning(|_, _| Ok(41));
        let asked = |_: &HouseFilter, from: &PageStart, limit: &u32| (*from, *limit) == (PageStart::Offset(40), 20);
        session.houses.expect_search().withf(asked).returning(|_, _, _| Ok(vec![]));
        Ok(Box::new(session))
    });
    let app = TestApp::default().store(store).build();
    assert_eq!(listed(&app, &query("3")).await.unwrap().total_pages, 3);
}

#[tokio::test]
async fn only_a_full_page_has_a_next_one() {
    let app = TestApp::default().store(store(41, 1, true)).build();
    let page = listed(&app, &query("1")).await.unwrap();
    let cursor = Cursor::behind(SortKey::New, 0, HouseId::new(20).unwrap()).unwrap();
    assert_eq!(page.next, Some(cursor));
    let app = TestApp::default().store(store(41, 1, false)).build();
    assert_eq!(listed(&app, &query("1")).await.unwrap().next, None);
}

#[tokio::test]
async fn a_cursor_goes_beyond_the_bound() {
    let cursor = Cursor::behind(SortKey::New, 0, HouseId::new(20).unwrap()).unwrap();
    let query = SearchHouses { after: Some(cursor), filters: wishing(), ..query("999") };
    let app = TestApp::default().store(store(1, 1, true)).build();
    assert_eq!(listed(&app, &query).await.unwrap().houses.len(), 20);
}

#[tokio::test]
async fn what_clients_could_name_in_any_number_is_not_cacheable() {
    let app = TestApp::default().build();
    let page = |query: &SearchHouses| query.cacheable(&app).unwrap().map(|search| search.page);
    assert_eq!(page(&query("1")), Some(Some(PageNumber::FIRST)));
    assert_eq!(page(&query("1000")), Some(PageNumber::new(1000).ok()));
    // Their number of matches is that of the first page.
    assert_eq!(page(&query("1001")), Some(None));
    assert_eq!(page(&query("4294967295")), Some(None));
    let cursor = Cursor::behind(SortKey::New, 0, HouseId::new(20).unwrap()).unwrap();
    assert_eq!(page(&SearchHouses { after: Some(cursor), ..query("1") }), Some(None));
    assert_eq!(page(&SearchHouses { filters: wishing(), ..query("1") }), None);
    let past = SearchHouses { start: parse_day("2026-11-20").ok(), ..query("1") };
    assert_eq!(page(&past), None);
}

#[tokio::test]
async fn days_that_cannot_be_booked_have_no_houses_and_ask_no_store() {
    // In Beijing it is the 22nd; the longest stay has 366 days, the horizon 1,830.
    let app = TestApp::default().build();
    for (start, end) in [
        (Some("2026-11-21"), Some("2026-11-25")),
        (Some("1999-01-01"), Some("1999-01-02")),
        (Some("2026-12-01"), Some("2027-12-02")),
        (Some("2031-11-26"), Some("2031-11-27")),
        (Some("2026-11-21"), None),
        (None, Some("2026-11-21")),
        (None, Some("2031-11-27")),
    ] {
        let day = |text: Option<&str>| text.map(|text| parse_day(text).unwrap());
        let query = SearchHouses { start: day(start), end: day(end), ..query("1") };
        assert_eq!(query.cacheable(&app).unwrap(), None, "{start:?} {end:?}");
        let page = listed(&app, &query).await.unwrap();
        assert_eq!(page, HousePage::empty(PageNumber::FIRST), "{start:?} {end:?}");
    }
}

#[tokio::test]
async fn the_store_is_asked_for_the_stay_that_the_dates_mean() {
    let mut store = MockStore::new();
    store.expect_read_for_search().returning(|| {
        let mut session = MockUnitOfWork::default();
        let last = parse_day("2026-11-24").unwrap();
        let asked = move |filter: &HouseFilter| filter.stay == WantedStay::Until { last, longest: 3 };
        session.houses.expect_count().withf(move |filter, _| asked(filter)).returning(|_, _| Ok(1));
        session.houses.expect_search().withf(move |filter, _, _| asked(filter)).returning(|_, _, _| Ok(vec![house(1)]));
        Ok(Box::new(session))
    });
    let app = TestApp::default().store(store).build();
    let query = SearchHouses { end: parse_day("2026-11-24").ok(), ..query("1") };
    assert_eq!(listed(&app, &query).await.unwrap().total, 1);
}

#[tokio::test]
async fn a_departure_before_the_arrival_is_refused() {
    let app = TestApp::default().build();
    let backwards = SearchHouses {
        start: Some(parse_day("2026-12-02").unwrap()),
        end: Some(parse_day("2026-12-01").unwrap()),
        ..query("1")
    };
    assert!(matches!(listed(&app, &backwards).await, Err(AppError::Invalid(_))));
}
