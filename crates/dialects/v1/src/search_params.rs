//! The parameters of the house search.

use minsu_application::houses::SearchHouses;
use minsu_domain::{HouseFilters, Invalid, SearchWords};
use url::form_urlencoded;
use utoipa::IntoParams;

use super::{cursor_text, filter_texts, spellings::sort_key};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    fields::{present, search_query},
    house_body::Facilities,
    openapi::values,
};

/// A search. Every parameter may be missing, empty, or `undefined`.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchParams {
    #[param(inline, value_type = Option<values::AreaIfAny>)]
    pub aid: Option<String>,
    #[param(inline, value_type = Option<values::FirstDayIfAny>)]
    pub sd: Option<String>,
    #[param(inline, value_type = Option<values::LastDayIfAny>)]
    pub ed: Option<String>,
    #[param(inline, value_type = Option<values::Sort>)]
    pub sk: Option<String>,
    #[param(inline, value_type = Option<values::PageIfAny>)]
    pub p: Option<String>,
    #[param(inline, value_type = Option<values::MinPrice>)]
    pub min_price: Option<String>,
    #[param(inline, value_type = Option<values::MaxPrice>)]
    pub max_price: Option<String>,
    #[param(inline, value_type = Option<values::Guests>)]
    pub capacity: Option<String>,
    #[param(inline, value_type = Option<values::Rooms>)]
    pub room_count: Option<String>,
    /// Ids of facilities, all of which the house has: with commas between them, or several times.
    #[param(inline, value_type = Option<Facilities>)]
    pub facility: Option<String>,
    /// Words in title and address, each of two characters or one Chinese character, at most 64 characters in all.
    #[param(inline, value_type = Option<values::AnyText>)]
    pub q: Option<String>,
    /// `next` of the page before, in the same order; `p` then says nothing.
    #[param(inline, value_type = Option<values::AnyText>)]
    pub after: Option<String>,
}

impl SearchParams {
    /// Reads a query.
    ///
    /// # Errors
    /// [`RequestFault::WrongFields`] when another parameter than `facility` comes twice.
    pub fn of_query(query: &str) -> Result<Self, ApiError> {
        let mut params = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let parameter = match &*name {
                "aid" => &mut params.aid,
                "sd" => &mut params.sd,
                "ed" => &mut params.ed,
                "sk" => &mut params.sk,
                "p" => &mut params.p,
                "min_price" => &mut params.min_price,
                "max_price" => &mut params.max_price,
                "capacity" => &mut params.capacity,
                "room_count" => &mut params.room_count,
                "q" => &mut params.q,
                "after" => &mut params.after,
                "facility" => {
                    params.add_facilities(&value);
                    continue;
                }
                _ => continue,
            };
            if parameter.replace(value.into_owned()).is_some() {
                return Err(RequestFault::WrongFields.into());
            }
        }
        Ok(params)
    }

    fn add_facilities(&mut self, ids: &str) {
        match &mut self.facility {
            _ if ids.is_empty() => {}
            None => self.facility = Some(ids.to_owned()),
            Some(others) => {
                others.push(',');
                others.push_str(ids);
            }
        }
    }

    /// The search that they describe.
    ///
    /// # Errors
    /// The first value that cannot be.
    pub fn command(&self) -> Result<SearchHouses, Invalid> {
        let sort = present(&self.sk).map(sort_key).unwrap_or_default();
        let command = search_query(&self.aid, &self.sd, &self.ed, sort, &self.p)?;
        let filters = HouseFilters {
            price: filter_texts::price_range(present(&self.min_price), present(&self.max_price))?,
            capacity: present(&self.capacity).map(filter_texts::guests).transpose()?,
            room_count: present(&self.room_count).map(filter_texts::rooms).transpose()?,
            facilities: present(&self.facility).map(filter_texts::facilities).transpose()?.unwrap_or_default(),
            words: present(&self.q).map(SearchWords::parse).transpose()?,
        };
        let after = present(&self.after).map(|after| cursor_text::parse(after, command.sort)).transpose()?;
        Ok(SearchHouses { filters, after, ..command })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(query: &str) -> SearchHouses {
        SearchParams::of_query(query).unwrap().command().unwrap()
    }

    #[test]
    fn facilities_may_come_several_times_and_nothing_else() {
        let ids = |query| command(query).filters.facilities.ids().iter().map(|id| id.get()).collect::<Vec<_>>();
        assert_eq!(ids("facility=3&aid=1&facility=1%2C2&facility="), [1, 2, 3]);
        assert_eq!(ids("facility=undefined"), Vec::<i64>::new());
        assert!(SearchParams::of_query("aid=1&aid=2").is_err());
        assert!(SearchParams::of_query("facility=1&facility=undefined").unwrap().command().is_err());
    }

    #[test]
    fn empty_and_undefined_filters_are_none() {
        for value in ["", "undefined"] {
            let names = ["min_price", "max_price", "capacity", "room_count", "facility", "q", "after"];
            let query = names.map(|name| format!("{name}={value}")).join("&");
            assert_eq!(command(&query), command(""));
        }
        assert!(command("q=%E5%9B%9B%E5%90%88+%E9%99%A2").filters.words.is_some());
    }

    #[test]
    fn a_cursor_belongs_to_its_order() {
        assert!(command("after=i1-1&sk=price-inc").after.is_some());
        assert!(SearchParams::of_query("after=i1-1&sk=new").unwrap().command().is_err());
    }
}
