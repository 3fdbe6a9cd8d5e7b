//! The search as a form: read from a query, and written back into the page and into links.

use minsu_application::houses::SearchHouses;
use minsu_domain::{
    AreaId, AtLeast, FacilityId, Field, HouseFilters, Invalid, Money, PageNumber, PriceRange, SearchWords, SortKey,
    WantedFacilities, parse_day,
};
use minsu_web::fields::parse_id;
use url::form_urlencoded::Serializer;

use crate::{form::Fields, format};

/// What the fields of the search hold. A search that could be read is written as it was understood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchForm {
    pub area: String,
    pub start: String,
    pub end: String,
    pub guests: String,
    pub rooms: String,
    pub price_min: String,
    pub price_max: String,
    pub q: String,
    pub sort: String,
    pub facilities: Vec<String>,
}

/// The orders by their names in queries.
pub const SORTS: [(&str, SortKey); 4] = [
    ("new", SortKey::New),
    ("popular", SortKey::Booking),
    ("price", SortKey::PriceAscending),
    ("-price", SortKey::PriceDescending),
];

impl SearchForm {
    /// The texts of a query.
    pub fn typed(fields: &Fields) -> Self {
        let text = |name| fields.get(name).trim().chars().take(64).collect::<String>();
        Self {
            area: text("area"),
            start: text("start"),
            end: text("end"),
            guests: text("guests"),
            rooms: text("rooms"),
            price_min: text("price_min"),
            price_max: text("price_max"),
            q: text("q"),
            sort: text("sort"),
            facilities: fields.all("facility").take(WantedFacilities::MOST_NAMED).map(str::to_owned).collect(),
        }
    }

    /// The search that the texts ask for. `page` is the number of the page.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn read(&self, page: &str) -> Result<SearchHouses, Invalid> {
        let filled = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
        let money = |text: &str| filled(text).map(|text| Money::from_yuan_text(&text)).transpose();
        let number = |text: &str| match filled(text) {
            Some(text) => text.parse::<u64>().map(Some).map_err(|_| Invalid::format(Field::Capacity)),
            None => Ok(None),
        };
        // Where both days are known, the stay has a total in each house, and prices are compared by it.
        let is_whole = !self.start.trim().is_empty() && !self.end.trim().is_empty();
        let guests = u32::try_from(number(&self.guests)?.unwrap_or(1)).ok();
        let facilities = self.facilities.iter().map(|id| parse_id::<FacilityId>(id));
        Ok(SearchHouses {
            area: filled(&self.area).map(|id| parse_id::<AreaId>(&id)).transpose()?,
            start: filled(&self.start).map(|day| parse_day(&day)).transpose()?,
            end: filled(&self.end).map(|day| parse_day(&day)).transpose()?,
            sort: SORTS.iter().find(|(name, _)| *name == self.sort).map_or(SortKey::New, |(_, sort)| *sort),
            filters: HouseFilters {
                price: PriceRange::new(money(&self.price_min)?, money(&self.price_max)?)?,
                capacity: number(&self.guests)?.map(AtLeast::guests).transpose()?,
                room_count: number(&self.rooms)?.map(AtLeast::rooms).transpose()?,
                facilities: WantedFacilities::new(facilities)?,
                words: filled(&self.q).map(|words| SearchWords::parse(&words)).transpose()?,
            },
            page: match filled(page) {
                Some(page) => PageNumber::new(page.parse().map_err(|_| Invalid::format(Field::Page))?)?,
                None => PageNumber::FIRST,
            },
            after: None,
            limit: None,
            priced_for: guests.filter(|_| is_whole),
        })
    }

    /// The form of a search as it was understood: the page of the cache is the same however it was asked for.
    pub fn understood(&self, search: &SearchHouses) -> Self {
        let SearchHouses { area, start, end, sort, filters, page: _, after: _, limit: _, priced_for: _ } = search;
        let HouseFilters { price, capacity, room_count, facilities, words } = filters;
        let number = |least: &Option<AtLeast>| least.map(|least| least.get().to_string()).unwrap_or_default();
        let yuan = |money: Option<Money>| money.map(format::yuan).unwrap_or_default();
        Self {
            area: area.map(|id| id.to_string()).unwrap_or_default(),
            start: start.map(|day| day.to_string()).unwrap_or_default(),
            end: end.map(|day| day.to_string()).unwrap_or_default(),
            guests: number(capacity),
            rooms: number(room_count),
            price_min: yuan(price.min()),
            price_max: yuan(price.max()),
            q: words.as_ref().map(|_| self.q.clone()).unwrap_or_default(),
            sort: SORTS.iter().find(|(_, known)| known == sort).map(|(name, _)| *name).unwrap_or_default().to_owned(),
            facilities: facilities.ids().iter().map(ToString::to_string).collect(),
        }
    }

    /// Whether one of the fields is filled in that a small screen hides at first.
    pub fn has_more(&self) -> bool {
        let Self { area: _, start: _, end: _, guests: _, rooms, price_min, price_max, q, sort: _, facilities } = self;
        [rooms, price_min, price_max, q].into_iter().any(|text| !text.is_empty()) || !facilities.is_empty()
    }

    /// The query of another page of the same search.
    pub fn query(&self, page: u64) -> String {
        let mut query = Serializer::new(String::new());
        let Self { area, start, end, guests, rooms, price_min, price_max, q, sort, facilities } = self;
        let texts = [
            ("area", area),
            ("start", start),
            ("end", end),
            ("guests", guests),
            ("rooms", rooms),
            ("price_min", price_min),
            ("price_max", price_max),
            ("q", q),
        ];
        query.extend_pairs(texts.into_iter().filter(|(_, text)| !text.is_empty()));
        if !sort.is_empty() && sort != "new" {
            query.append_pair("sort", sort);
        }
        query.extend_pairs(facilities.iter().map(|id| ("facility", id)));
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        query.finish()
    }

    /// What a link to a house carries along: the chosen days and the guests.
    pub fn stay(&self) -> String {
        let Self { start, end, guests, .. } = self;
        if start.is_empty() || end.is_empty() {
            return String::new();
        }
        let mut query = Serializer::for_suffix(String::from("?"), 1);
        query.append_pair("start", start).append_pair("end", end);
        if !guests.is_empty() {
            query.append_pair("guests", guests);
        }
        query.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(query: &str) -> SearchForm {
        let request = actix_web::test::TestRequest::with_uri(&format!("/houses?{query}")).to_http_request();
        SearchForm::typed(&Fields::of_query(&request))
    }

    #[test]
    fn a_search_reads_and_writes_back() {
        let full = "area=4&start=2026-12-01&end=2026-12-03&guests=2&rooms=1&price_min=100&price_max=299.50&\
                    q=%E5%9B%9B%E5%90%88&sort=-price&facility=1&facility=3";
        let typed = form(full);
        let search = typed.read("2").unwrap();
        let understood = typed.understood(&search);
        assert_eq!(understood.query(1), full);
        assert_eq!(understood.query(3), format!("{full}&page=3"));
        assert_eq!(understood.stay(), "?start=2026-12-01&end=2026-12-03&guests=2");
        assert_eq!(search.page.get(), 2);
        let bare = form("area=&start=&end=&guests=&q=&sort=new");
        assert_eq!(bare.understood(&bare.read("").unwrap()).query(1), "");
        let spelled = form("area=004&sort=unknown");
        assert_eq!(spelled.understood(&spelled.read("").unwrap()).query(1), "area=4");
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for bad in ["area=x", "start=2026-02-30", "guests=many", "guests=0", "price_min=-1", "price_min=9&price_max=1"]
        {
            assert!(form(bad).read("").is_err(), "{bad}");
        }
        assert!(form("").read("0").is_err());
        assert!(form("").read("x").is_err());
    }
}
