//! The conditions of a search.

use minsu_domain::{Cursor, HouseFilter, SortKey, Term};
use sea_orm::DbBackend;

use super::{
    bookable,
    fragments::{Rules, probed},
    totals::Priced,
};
use crate::repos::{
    facility_mask::{mask, without_bit},
    sql::Sql,
};

/// The total by which a list is sorted; `None` where it is sorted otherwise.
pub(super) fn by_total(filter: &HouseFilter) -> Option<Priced> {
    let is_by_price = matches!(filter.sort, SortKey::PriceAscending | SortKey::PriceDescending);
    Priced::of(filter).filter(|_| is_by_price)
}

/// All conditions of the filter, with `h` for the house; `led` is the term that it is known to have.
pub(super) fn narrow(sql: &mut Sql, filter: &HouseFilter, led: Option<Term>, rules: Rules) {
    sql.push(" AND NOT EXISTS (SELECT 1 FROM withdrawn_houses x WHERE x.house_id = h.id)");
    let filters = &filter.filters;
    if let Some(area) = filter.area {
        sql.push(" AND h.area_id = ").bind(area.get());
    }
    for (bound, compared) in [(filters.price.min(), " >= "), (filters.price.max(), " <= ")] {
        let Some(bound) = bound else { continue };
        sql.push(" AND ");
        match Priced::of(filter) {
            Some(priced) => priced.push(sql, rules),
            None => {
                sql.push(price(sql.backend(), filter.sort));
            }
        }
        sql.push(compared).bind(bound.fen());
    }
    if let Some(capacity) = filters.capacity {
        sql.push(" AND h.capacity >= ").bind(capacity.get());
    }
    if let Some(rooms) = filters.room_count {
        sql.push(" AND h.room_count >= ").bind(rooms.get());
    }
    let mask = mask(filters.facilities.ids());
    if mask != 0 {
        sql.push(" AND h.facility_mask & ").bind(mask).push(" = ").bind(mask);
    }
    for facility in without_bit(filters.facilities.ids()) {
        sql.push(" AND EXISTS (SELECT 1 FROM house_facilities f WHERE f.house_id = h.id AND f.facility_id = ");
        sql.bind(facility.get());
        probed(sql);
    }
    let terms = filters.words.iter().flat_map(|words| words.terms());
    for term in terms.filter(|term| Some(**term) != led) {
        sql.push(" AND EXISTS (SELECT 1 FROM house_words o WHERE o.house_id = h.id AND o.pair = ");
        sql.bind(term.number());
        probed(sql);
    }
    bookable::bookable(sql, filter.stay, &filter.terms, rules);
}

/// The price to compare with. In a list that is not ordered by price, the rule-based optimizers would
/// use the price index all the same and sort every match; they do not for a sum.
fn price(backend: DbBackend, sort: SortKey) -> &'static str {
    match (backend, sort) {
        (DbBackend::Postgres, _) | (_, SortKey::PriceAscending | SortKey::PriceDescending) => "h.price",
        (_, SortKey::New | SortKey::Booking | SortKey::Popular) => "h.price + 0",
    }
}

/// Only the houses after a cursor of a list that is sorted by the total.
pub(super) fn behind_total(sql: &mut Sql, sort: SortKey, priced: Priced, cursor: Cursor, rules: Rules) {
    sql.push(" AND (");
    priced.push(sql, rules);
    sql.push(if sort == SortKey::PriceAscending { " > " } else { " < " }).bind(cursor.value()).push(" OR (");
    priced.push(sql, rules);
    sql.push(" = ").bind(cursor.value()).push(" AND h.id < ").bind(cursor.id().get()).push("))");
}
