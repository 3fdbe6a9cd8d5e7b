//! The parameters of the search.

use minsu_application::{App, houses::SearchHouses};
use minsu_domain::{
    AreaId, AtLeast, Cursor, FacilityId, HouseFilters, HouseId, Money, PageNumber, PriceRange, SearchWords, SortKey,
    WantedFacilities,
};
use minsu_web::{api_error::ApiError, native_fault::FieldRule};
use utoipa::IntoParams;

use crate::{
    cursor,
    query::{Query, day, id, text},
    values,
};

/// The list whose cursors these are.
const LIST: &str = "listings";

/// A search, for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the document shows it; the handler reads the parameters one by one")]
pub struct SearchParams {
    /// Only this area.
    #[param(inline, value_type = Option<values::Id>)]
    area: Option<i64>,
    /// The first day of the stay; alone it finds listings where a shortest stay can begin on it.
    #[param(inline, value_type = Option<values::Day>)]
    start: Option<String>,
    /// The end of the stay by the site's rule; alone it finds listings where a shortest stay can end on it.
    #[param(inline, value_type = Option<values::Day>)]
    end: Option<String>,
    /// Room for so many guests.
    #[param(inline, value_type = Option<values::Guests>)]
    guests: Option<i64>,
    /// At least so many rooms.
    #[param(inline, value_type = Option<values::Rooms>)]
    rooms: Option<i64>,
    /// The least price in 分: of a day, or of the whole stay where both days are named.
    #[param(inline, value_type = Option<values::Fen>)]
    price_min: Option<i64>,
    /// The greatest price in 分, likewise.
    #[param(inline, value_type = Option<values::Fen>)]
    price_max: Option<i64>,
    /// Ids of facilities, all of which the listing has: several times, or with commas between them.
    #[param(inline, value_type = Option<values::FacilityIds>)]
    facility: Option<Vec<i64>>,
    /// Words in title and address, each of two characters or one Chinese character, at most 64 characters in all.
    #[param(inline, value_type = Option<values::Words>)]
    q: Option<String>,
    /// The order: `new` (the default), `popular`, `price`, `-price`; prices as in the filters.
    #[param(inline, value_type = Option<values::SearchSort>)]
    sort: Option<String>,
    /// `next` of the page before, in the same order.
    #[param(inline, value_type = Option<values::After>)]
    after: Option<String>,
    /// How many listings a page has; 20 where absent.
    #[param(inline, value_type = Option<values::Limit>)]
    limit: Option<u32>,
}

/// A search.
#[derive(Debug)]
pub(crate) struct Search {
    pub(crate) houses: SearchHouses,
    /// How many days the stay has; none unless both days are named.
    pub(crate) days: Option<u32>,
}

fn sort_key(text: &str) -> Result<SortKey, FieldRule> {
    match text {
        "new" => Ok(SortKey::New),
        "popular" => Ok(SortKey::Popular),
        "price" => Ok(SortKey::PriceAscending),
        "-price" => Ok(SortKey::PriceDescending),
        _ => Err(FieldRule::Format),
    }
}

/// The letter of an order in its cursors. That of `popular` is older than what it orders by now: cursors of then go on.
const fn letter(sort: SortKey) -> char {
    match sort {
        SortKey::New => 'n',
        SortKey::Booking => 'b',
        SortKey::Popular => 'o',
        SortKey::PriceAscending => 'i',
        SortKey::PriceDescending => 'p',
    }
}

/// The cursor behind a listing, in this order.
pub(crate) fn next(app: &App, sort: SortKey, place: Cursor) -> String {
    cursor::sealed(app, LIST, &format!("{}{:x}-{:x}", letter(sort), place.value(), place.id().get()))
}

/// The place of a cursor of this order.
fn place(app: &App, sort: SortKey, text: &str) -> Option<Cursor> {
    let opened = cursor::opened(app, LIST, text)?;
    let (value, id) = opened.strip_prefix(letter(sort))?.split_once('-')?;
    let number = |digits: &str| i64::from_str_radix(digits, 16).ok();
    Cursor::behind(sort, number(value)?, HouseId::new(number(id)?).ok()?).ok()
}

/// A whole number in decimal digits; one that is too large for any field is a very large one.
fn number(text: &str) -> Result<u64, FieldRule> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { Ok(text.parse().unwrap_or(u64::MAX)) } else { Err(FieldRule::Format) }
}

fn money(text: &str) -> Result<Money, FieldRule> {
    Ok(Money::from_fen(i64::try_from(number(text)?).unwrap_or(i64::MAX))?)
}

fn facilities(text: &str) -> Result<WantedFacilities, FieldRule> {
    let ids = text.split(',').map(id::<FacilityId>).collect::<Result<Vec<_>, _>>()?;
    Ok(WantedFacilities::new(ids.into_iter().map(Ok))?)
}

impl Search {
    /// Reads a query.
    ///
    /// # Errors
    /// Every parameter that is wrong, doubled or unknown, and days that make no stay.
    pub(crate) fn of_query(app: &App, text_of_query: &str) -> Result<Self, ApiError> {
        let mut query = Query::of(text_of_query);
        let sort = query.may("sort", sort_key).unwrap_or_default();
        let after = query.may("after", |text| place(app, sort, text).ok_or(FieldRule::Mismatch));
        let (start, end) = (query.may("start", day), query.may("end", day));
        let price = prices(&mut query);
        let mut houses = SearchHouses {
            area: query.may("area", id::<AreaId>),
            start,
            end,
            sort,
            filters: HouseFilters {
                price,
                capacity: query.may("guests", |text| Ok(AtLeast::guests(number(text)?)?)),
                room_count: query.may("rooms", |text| Ok(AtLeast::rooms(number(text)?)?)),
                facilities: query.list("facility", facilities).unwrap_or_default(),
                words: query.may("q", text(SearchWords::parse)),
            },
            page: PageNumber::FIRST,
            after,
            limit: Some(query.limit()),
            priced_for: None,
        };
        let guests = houses.filters.capacity.map_or(1, AtLeast::get);
        houses.priced_for = Some(guests);
        let days = match houses.days(app) {
            Ok(days) => days,
            Err(_) => {
                query.fault("end", FieldRule::Range);
                None
            }
        };
        query.finish()?;
        Ok(Self { houses, days })
    }
}

fn prices(query: &mut Query) -> PriceRange {
    let (min, max) = (query.may("price_min", money), query.may("price_max", money));
    PriceRange::new(min, max).unwrap_or_else(|_| {
        query.fault("price_max", FieldRule::Range);
        PriceRange::default()
    })
}
