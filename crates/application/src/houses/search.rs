//! Searching houses.

use std::collections::HashMap;

use chrono::NaiveDate;
use minsu_domain::{
    AreaId, Cursor, HouseFilter, HouseFilters, HouseId, Money, PageLimit, PageNumber, SearchTerms, SortKey, Stay,
    WantedStay,
};
use minsu_ports::{HouseSummary, PageStart};

use super::schedule_of::schedule_of;
use crate::{App, AppError, areas};

/// A search as a visitor asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchHouses {
    /// Only this district; an unknown one has no houses.
    pub area: Option<AreaId>,
    /// Arrival; alone it asks for houses where a shortest stay can begin on this day.
    pub start: Option<NaiveDate>,
    /// Departure; alone it asks for houses where a shortest stay can end on this day.
    pub end: Option<NaiveDate>,
    /// The order.
    pub sort: SortKey,
    /// The filters that the houses must match.
    pub filters: HouseFilters,
    /// The page.
    pub page: PageNumber,
    /// The cursor after which the page begins, in the same order; then the page number is ignored.
    pub after: Option<Cursor>,
    /// How many houses a page has; the site's own number where absent.
    pub limit: Option<PageLimit>,
    /// For how many guests the stay is priced in each house; not at all where absent.
    pub priced_for: Option<u32>,
}

impl SearchHouses {
    /// None when no stay on these days can be booked.
    fn filter(&self, app: &App) -> Result<Option<HouseFilter>, AppError> {
        let stay = match (self.start, self.end) {
            // The date of today is needed only where days are named.
            (None, None) => Some(WantedStay::Any),
            (start, end) => app.policy.booking.window(app.today()).wanted(start, end)?,
        };
        let terms = match (self.start, self.end) {
            (None, None) => SearchTerms::default(),
            _ => SearchTerms { total_for: self.priced_for, ..app.policy.booking.search_terms(app.today()) },
        };
        let filter =
            |stay| HouseFilter { area: self.area, stay, sort: self.sort, filters: self.filters.clone(), terms };
        Ok(stay.map(filter))
    }

    /// The key under which answers may be cached. `None` for searches with filters and for days that cannot
    /// be booked: clients could name any number of them.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when the departure lies before the arrival.
    pub fn cacheable(&self, app: &App) -> Result<Option<CacheableSearch>, AppError> {
        let filter = self.filter(app)?.filter(|filter| filter.filters.is_empty());
        let is_usual = self.after.is_none() && self.limit.is_none_or(|limit| limit == PageLimit::USUAL);
        let page = Some(self.page).filter(|page| is_usual && page.get() <= CacheableSearch::LAST_PAGE);
        let today = app.today();
        Ok(filter.map(|HouseFilter { area, stay, sort, .. }| CacheableSearch { area, stay, sort, page, today }))
    }

    /// Whether the search is one of a district that exists, or of all. Asked where no house was found: an
    /// empty result of an existing district is worth caching, because the search reads all of its houses.
    ///
    /// # Errors
    /// [`AppError::StoreUnavailable`].
    pub async fn is_of_known_area(&self, app: &App) -> Result<bool, AppError> {
        let Some(area) = self.area else { return Ok(true) };
        Ok(areas::list(app).await?.iter().any(|known| known.id == area))
    }
}

impl SearchHouses {
    /// How many days the stay has that the search asks for; none unless it names both days, and they are
    /// a stay that the site takes.
    ///
    /// # Errors
    /// [`AppError::Invalid`] when the departure lies before the arrival.
    pub fn days(&self, app: &App) -> Result<Option<u32>, AppError> {
        let (Some(start), Some(end)) = (self.start, self.end) else { return Ok(None) };
        let booking = &app.policy.booking;
        let wanted = booking.window(app.today()).wanted(Some(start), Some(end))?;
        Ok(wanted.map(|_| Stay::new(start, end, booking.rule)).transpose()?.map(|stay| stay.days()))
    }
}

/// The key of cacheable searches. It is made of parsed values with bounds, so there
/// are only so many of them, whatever clients ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CacheableSearch {
    /// The district; all of them without one.
    pub area: Option<AreaId>,
    /// The stay of the search; it can be booked.
    pub stay: WantedStay,
    /// The order.
    pub sort: SortKey,
    /// The page; none where only the number of matches can be cached, which is the same for all pages.
    pub page: Option<PageNumber>,
    /// The day of the search. A stay that can be booked on one day may be too near on the next, by the notice of a house,
    /// or come into its booking window.
    pub today: NaiveDate,
}

impl CacheableSearch {
    /// The last page of a search that is cacheable.
    pub const LAST_PAGE: u32 = 1_000;
}

/// A page of houses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HousePage {
    /// The houses; none past the end.
    pub houses: Vec<HouseSummary>,
    /// What the stay costs in those that have rules; in the others it is days × base price.
    pub totals: HashMap<HouseId, Money>,
    /// The page that was asked for.
    pub page: PageNumber,
    /// How many pages there are, up to the site's bound.
    pub total_pages: u64,
    /// How many houses match, up to the site's bound.
    pub total: u64,
    /// Where the next page begins; absent when this one was not full.
    pub next: Option<Cursor>,
}

impl HousePage {
    /// The result of a search for days that cannot be booked.
    fn empty(page: PageNumber) -> Self {
        Self { houses: Vec::new(), totals: HashMap::new(), page, total_pages: 0, total: 0, next: None }
    }
}

/// How many houses match, up to the site's bound. It is the expensive part of a search, and the same for all
/// its pages and orders.
///
/// # Errors
/// [`AppError::Invalid`] when the departure lies before the arrival.
pub async fn count(app: &App, query: &SearchHouses) -> Result<u64, AppError> {
    let Some(filter) = query.filter(app)? else { return Ok(0) };
    Ok(app.store.read_for_search().await?.houses().count(&filter, app.policy.max_results).await?)
}

/// Finds the houses in which the stay can be booked and that match all filters; `total` of them
/// match, see [`count`]. Pages by number end there; pages after a cursor do not. Days on which no stay can
/// be booked have none.
///
/// # Errors
/// [`AppError::Invalid`] when the departure lies before the arrival.
pub async fn search(app: &App, query: &SearchHouses, total: u64) -> Result<HousePage, AppError> {
    let Some(filter) = query.filter(app)? else { return Ok(HousePage::empty(query.page)) };
    let size = query.limit.map_or(app.policy.page_size, PageLimit::get);
    let from = match query.after {
        Some(cursor) => PageStart::After(cursor),
        None => PageStart::Offset(query.page.offset(size)),
    };
    let houses = match from {
        PageStart::Offset(offset) if offset >= total => Vec::new(),
        from => app.store.read_for_search().await?.houses().search(&filter, from, size).await?,
    };
    let totals = totals(app, query, &houses).await?;
    let next = houses.last().filter(|_| houses.len() as u64 == u64::from(size));
    let days = if query.priced_for.is_some() { query.days(app)? } else { None };
    let plain = |house: &HouseSummary| days.and_then(|days| house.price.times(days).ok());
    let total_of = |house: &HouseSummary| totals.get(&house.id).copied().or_else(|| plain(house));
    let next = next.and_then(|last| behind(query.sort, last, total_of(last)));
    Ok(HousePage { page: query.page, total_pages: total.div_ceil(u64::from(size)), total, next, houses, totals })
}

/// What the stay of a search costs in the houses that have rules, where it is to be priced.
async fn totals(app: &App, query: &SearchHouses, houses: &[HouseSummary]) -> Result<HashMap<HouseId, Money>, AppError> {
    let mut totals = HashMap::new();
    let ruled: Vec<_> = houses.iter().filter(|house| house.has_rules).map(|house| house.id).collect();
    let (Some(start), Some(end), Some(guests)) = (query.start, query.end, query.priced_for) else { return Ok(totals) };
    if ruled.is_empty() {
        return Ok(totals);
    }
    let stay = Stay::new(start, end, app.policy.booking.rule)?;
    let mut session = app.store.read().await?;
    for id in ruled {
        let Some(terms) = session.houses().terms(id).await? else { continue };
        let schedule = schedule_of(session.as_mut(), id, terms, stay.start(), stay.last()).await?;
        if let Ok(quote) = schedule.quote(&stay, guests) {
            totals.insert(id, quote.total());
        }
    }
    Ok(totals)
}

/// The cursor after a house; `total` is what the list is sorted by where it is sorted by the total of the stay.
fn behind(sort: SortKey, house: &HouseSummary, total: Option<Money>) -> Option<Cursor> {
    let value = match sort {
        SortKey::New => house.created_at.timestamp_micros(),
        SortKey::Booking => i64::from(house.guests.completed),
        SortKey::Popular => i64::from(house.guests.stayed),
        SortKey::PriceAscending | SortKey::PriceDescending => total.unwrap_or(house.price).fen(),
    };
    Cursor::behind(sort, value, house.id).ok()
}

#[cfg(test)]
mod tests;
