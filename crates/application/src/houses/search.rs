//! Searching houses.

use std::ops::RangeInclusive;

use chrono::{Days, NaiveDate};
use minsu_domain::{AreaId, Cursor, DateRange, HouseFilter, PageNumber, SortKey, Wishes};
use minsu_ports::{HouseSummary, PageKey, PageStart, Rendered};

use crate::{App, AppError, areas};

/// A search as a visitor asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHouses {
    /// Only this district; an unknown one has no houses.
    pub area: Option<AreaId>,
    /// Arrival.
    pub start: Option<NaiveDate>,
    /// Departure; either date alone is an open range.
    pub end: Option<NaiveDate>,
    /// The order.
    pub sort: SortKey,
    /// Whatever else the houses must be.
    pub wishes: Wishes,
    /// The page.
    pub page: PageNumber,
    /// Behind which house the page begins, in the same order; then its number says nothing.
    pub after: Option<Cursor>,
}

impl SearchHouses {
    fn filter(&self, app: &App) -> Result<HouseFilter, AppError> {
        let free = DateRange::new(self.start, self.end, app.policy.booking.rule)?;
        Ok(HouseFilter { area: self.area, free, sort: self.sort, wishes: self.wishes.clone() })
    }

    /// Under which key a dialect keeps its answer; none for wishes, for days that nobody can book and
    /// for pages that no search has: visitors could name any number of them.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when the departure lies before the arrival.
    pub fn page_key(&self, app: &App, form: &'static str) -> Result<Option<PageKey>, AppError> {
        let filter = self.filter(app)?;
        if self.after.is_some() {
            return Ok(None);
        }
        Ok(PageKey::search(form, filter, self.page, || bookable(app)))
    }
}

/// The days that somebody can book.
fn bookable(app: &App) -> RangeInclusive<NaiveDate> {
    let today = app.today();
    today..=today.checked_add_days(Days::new(app.policy.booking.horizon_days.into())).unwrap_or(today)
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
    /// Where the next page begins; absent when this one was not full.
    pub next: Option<Cursor>,
    /// Whether the page cache may keep it: not what lies behind the end of a search, and nothing of a
    /// district that there is not. Visitors could name any number of those.
    pub may_be_kept: bool,
}

/// Whether the number of matches may come from the page cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// The answer may come from there, too.
    MayBeKept,
    /// Document 001 promises a list that no cache has.
    Anew,
}

/// Finds the houses that are free on all days of the range and have all that is wished for. Pages by
/// number end at the site's bound; pages behind a cursor do not.
///
/// # Errors
/// [`AppError::Invalid`] when the departure lies before the arrival.
pub async fn search(app: &App, query: &SearchHouses, counting: Counting) -> Result<HousePage, AppError> {
    let filter = query.filter(app)?;
    let size = app.policy.page_size;
    let total = match counting {
        Counting::Anew => count(app, &filter).await?,
        Counting::MayBeKept => matches(app, &filter).await?,
    };
    let from = match query.after {
        Some(cursor) => PageStart::After(cursor),
        None => PageStart::Offset(query.page.offset(size)),
    };
    let houses = match from {
        PageStart::Offset(offset) if offset >= total => Vec::new(),
        from => app.store.read().await?.houses().search(&filter, from, size).await?,
    };
    let may_be_kept = !houses.is_empty()
        || query.page == PageNumber::FIRST && counting == Counting::MayBeKept && exists(app, query.area).await?;
    let next = houses.last().filter(|_| houses.len() as u64 == u64::from(size));
    let next = next.and_then(|last| behind(query.sort, last));
    Ok(HousePage { page: query.page, total_pages: total.div_ceil(u64::from(size)), total, next, houses, may_be_kept })
}

async fn count(app: &App, filter: &HouseFilter) -> Result<u64, AppError> {
    Ok(app.store.read().await?.houses().count(filter, app.policy.max_results).await?)
}

/// How many houses match, up to the site's bound. It is the dear part of a search and the same for all
/// its pages and orders, so it is kept apart from them; of simultaneous searches one counts.
async fn matches(app: &App, filter: &HouseFilter) -> Result<u64, AppError> {
    let Some(key) = PageKey::matches(filter, || bookable(app)) else { return count(app, filter).await };
    let render = async || {
        let total = count(app, filter).await?;
        let may_be_kept = total > 0 || exists(app, filter.area).await?;
        let rendered = if may_be_kept { Rendered::Keep } else { Rendered::Show };
        Ok::<_, AppError>(rendered(total.to_string().into()))
    };
    let kept = app.pages.get_or_render(&key, render).await?;
    match std::str::from_utf8(&kept.body).ok().and_then(|digits| digits.parse().ok()) {
        Some(total) => Ok(total),
        None => count(app, filter).await,
    }
}

/// Whether a search is one of a district that exists, or of all. Asked where nothing was found: a full
/// week is looked through to its end, and should not be by everybody who asks.
async fn exists(app: &App, area: Option<AreaId>) -> Result<bool, AppError> {
    let Some(area) = area else { return Ok(true) };
    Ok(areas::list(app).await?.iter().any(|known| known.id == area))
}

/// The place of a house in an order.
fn behind(sort: SortKey, house: &HouseSummary) -> Option<Cursor> {
    let value = match sort {
        SortKey::New => house.created_at.timestamp_micros(),
        SortKey::Booking => i64::from(house.order_count),
        SortKey::PriceAscending | SortKey::PriceDescending => house.price.fen(),
    };
    Cursor::behind(sort, value, house.id).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use super::*;
    use crate::test_app::TestApp;
    use chrono::DateTime;
    use minsu_domain::{AtLeast, HouseId, Money, parse_day};
    use minsu_ports::{
        Area, Found, Page,
        testkit::{MockPageCache, MockRendering, MockStore, MockUnitOfWork},
    };

    fn query(page: &str) -> SearchHouses {
        SearchHouses {
            area: None,
            start: None,
            end: None,
            sort: SortKey::New,
            wishes: Wishes::default(),
            page: PageNumber::parse(page).unwrap(),
            after: None,
        }
    }

    fn wishing() -> Wishes {
        Wishes { capacity: Some(AtLeast::guests("2").unwrap()), ..Wishes::default() }
    }

    /// A cache that has nothing, and keeps so many numbers.
    fn keeping(times: usize) -> MockPageCache {
        let mut pages = MockPageCache::new();
        pages.expect_find().times(times).withf(|key| key.to_string().starts_with("any:matches")).returning(|_| {
            let mut rendering = MockRendering::new();
            rendering.expect_done().returning(|rendered| match rendered {
                Rendered::Keep(body) | Rendered::Show(body) => Page { body, tag: [0; 16] },
            });
            Found::Nothing(Box::new(rendering))
        });
        pages
    }

    fn house(id: i64) -> HouseSummary {
        HouseSummary {
            id: HouseId::new(id).unwrap(),
            title: "四合院".into(),
            area_name: "东城区".into(),
            price: Money::from_fen(100).unwrap(),
            created_at: DateTime::UNIX_EPOCH,
            index_picture: None,
            address: "南锣鼓巷".into(),
            room_count: 1,
            order_count: 0,
            landlord_avatar: None,
        }
    }

    /// A store whose sessions count to a number and have so many houses on a page.
    fn store(total: u64, searches: usize, full: bool) -> MockStore {
        let mut store = MockStore::new();
        store.expect_read().returning(move || {
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
        let app = TestApp::default().store(store(41, 0, true)).pages(keeping(1)).build();
        let page = search(&app, &query("4"), Counting::MayBeKept).await.unwrap();
        assert_eq!((page.houses.len(), page.total_pages, page.total, page.next), (0, 3, 41, None));
    }

    /// Whether the page of a district where nothing is free may be kept, and whether its number was.
    async fn full(area: i64, page: &str, counting: Counting) -> (bool, bool) {
        let mut store = MockStore::new();
        store.expect_read().returning(|| {
            let mut session = MockUnitOfWork::default();
            session.houses.expect_count().returning(|_, _| Ok(0));
            let known = Area { id: AreaId::new(1).unwrap(), name: "东城区".into() };
            session.reference.expect_areas().returning(move || Ok(vec![known.clone()]));
            Ok(Box::new(session))
        });
        let kept = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&kept);
        let mut pages = MockPageCache::new();
        pages.expect_find().returning(move |_| {
            let (told, mut rendering) = (Arc::clone(&told), MockRendering::new());
            rendering.expect_done().returning(move |rendered| {
                told.store(matches!(rendered, Rendered::Keep(_)), Ordering::SeqCst);
                let (Rendered::Keep(body) | Rendered::Show(body)) = rendered;
                Page { body, tag: [0; 16] }
            });
            Found::Nothing(Box::new(rendering))
        });
        let app = TestApp::default().store(store).pages(pages).build();
        let query = SearchHouses { area: Some(AreaId::new(area).unwrap()), ..query(page) };
        let page = search(&app, &query, counting).await.unwrap();
        assert_eq!((page.houses.len(), page.total), (0, 0));
        (page.may_be_kept, kept.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn a_full_week_is_kept_and_what_visitors_make_up_is_not() {
        assert_eq!(full(1, "1", Counting::MayBeKept).await, (true, true));
        assert_eq!(full(1, "2", Counting::MayBeKept).await, (false, true));
        assert_eq!(full(2, "1", Counting::MayBeKept).await, (false, false));
        assert_eq!(full(1, "1", Counting::Anew).await, (false, false));
    }

    #[tokio::test]
    async fn the_last_page_is_asked_for_by_its_offset() {
        let mut store = MockStore::new();
        store.expect_read().times(2).returning(|| {
            let mut session = MockUnitOfWork::default();
            session.houses.expect_count().returning(|_, _| Ok(41));
            let asked = |_: &HouseFilter, from: &PageStart, limit: &u32| (*from, *limit) == (PageStart::Offset(40), 20);
            session.houses.expect_search().withf(asked).returning(|_, _, _| Ok(vec![]));
            Ok(Box::new(session))
        });
        let app = TestApp::default().store(store).pages(keeping(1)).build();
        assert_eq!(search(&app, &query("3"), Counting::MayBeKept).await.unwrap().total_pages, 3);
    }

    #[tokio::test]
    async fn only_a_full_page_has_a_next_one() {
        let app = TestApp::default().store(store(41, 1, true)).pages(keeping(1)).build();
        let page = search(&app, &query("1"), Counting::MayBeKept).await.unwrap();
        let cursor = Cursor::behind(SortKey::New, 0, HouseId::new(20).unwrap()).unwrap();
        assert_eq!(page.next, Some(cursor));
        let app = TestApp::default().store(store(41, 1, false)).pages(keeping(1)).build();
        assert_eq!(search(&app, &query("1"), Counting::MayBeKept).await.unwrap().next, None);
    }

    #[tokio::test]
    async fn a_cursor_goes_beyond_the_bound_and_wishes_have_no_entries() {
        let cursor = Cursor::behind(SortKey::New, 0, HouseId::new(20).unwrap()).unwrap();
        let query = SearchHouses { after: Some(cursor), wishes: wishing(), ..query("999") };
        let app = TestApp::default().store(store(1, 1, true)).build();
        assert_eq!(query.page_key(&app, "v1").unwrap(), None);
        assert_eq!(search(&app, &query, Counting::MayBeKept).await.unwrap().houses.len(), 20);
        let plain = SearchHouses { wishes: Wishes::default(), after: None, ..query };
        assert!(plain.page_key(&app, "v1").unwrap().is_some());
        let going_on = SearchHouses { after: Some(cursor), ..plain };
        assert_eq!(going_on.page_key(&app, "v1").unwrap(), None);
    }

    #[tokio::test]
    async fn a_list_that_no_cache_has_is_counted_anew() {
        let app = TestApp::default().store(store(41, 1, true)).build();
        assert_eq!(search(&app, &query("1"), Counting::Anew).await.unwrap().total, 41);
    }

    #[tokio::test]
    async fn a_number_that_is_kept_is_not_counted_again() {
        let mut pages = MockPageCache::new();
        let body = bytes::Bytes::from_static(b"21");
        pages.expect_find().return_once(|_| Found::Page(Page { body, tag: [0; 16] }));
        let app = TestApp::default().store(store(41, 1, true)).pages(pages).build();
        assert_eq!(search(&app, &query("1"), Counting::MayBeKept).await.unwrap().total, 21);
    }

    #[tokio::test]
    async fn a_departure_before_the_arrival_is_refused() {
        let app = TestApp::default().build();
        let backwards = SearchHouses {
            start: Some(parse_day("2026-12-02").unwrap()),
            end: Some(parse_day("2026-12-01").unwrap()),
            ..query("1")
        };
        assert!(matches!(search(&app, &backwards, Counting::MayBeKept).await, Err(AppError::Invalid(_))));
    }

    #[tokio::test]
    async fn a_count_that_others_take_too_long_for_is_a_store_that_is_away() {
        let mut pages = MockPageCache::new();
        pages.expect_find().return_once(|_| Found::Busy);
        let app = TestApp::default().pages(pages).build();
        let found = search(&app, &query("1"), Counting::MayBeKept).await;
        assert!(matches!(found, Err(AppError::StoreUnavailable(_))), "{found:?}");
    }
}
