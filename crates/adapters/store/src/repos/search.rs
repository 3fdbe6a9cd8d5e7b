//! The search for free houses, as statements.
//!
//! A page is found by walking an index that has the order of the list and skipping the houses that do not
//! match, until the page is full. Words are the exception: where few houses have one of their terms, these
//! houses are looked up and sorted. The choice is made here and not by the engines: they have
//! too few statistics of single words.

mod bookable;
mod by_total;
mod totals;

use chrono::{DateTime, Utc};
use minsu_domain::{Cursor, HouseFilter, SortKey, Term};
use minsu_ports::PageStart;
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait, Statement, sea_query::Expr,
};

pub(crate) use by_total::{Place, Walk, listed};
use totals::Priced;

use crate::{
    entity::{hidden_house, house},
    repos::{
        facility_mask::{mask, without_bit},
        sql::Sql,
    },
};

/// A term is rare up to here: so many houses are looked up and sorted in the time in which an index
/// is walked in which one house in a hundred matches.
const RARE: u64 = 10_000;

/// Whether houses with rules of their own are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rules {
    With,
    Without,
    Either,
}

/// How the houses of a search are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// By the index of the list's order.
    InOrder,
    /// By one term that few houses have.
    ByRare(Term),
    /// By the order of the list, but counted by the term that may well be the rarest.
    ByCommon(Term),
    /// No house has one of the terms.
    Nowhere,
}

/// How many houses have each term, up to a bound: rows of the term's place in the list and the number.
pub(crate) fn frequencies(backend: DbBackend, terms: &[Term]) -> Statement {
    let mut sql = Sql::new(backend);
    for (place, term) in terms.iter().enumerate() {
        sql.push(if place == 0 { "" } else { " UNION ALL " });
        sql.push(&format!("SELECT {place} AS place, COUNT(*) AS houses FROM (SELECT house_id FROM house_words"));
        sql.push(" WHERE pair = ").bind(term.number()).limit(RARE + 1, 0).push(&format!(") AS w{place}"));
    }
    sql.done()
}

/// The way for terms with these frequencies.
pub(crate) fn way(terms: &[Term], frequencies: &[u64]) -> Way {
    match frequencies.iter().zip(terms).min() {
        None => Way::InOrder,
        Some((0, _)) => Way::Nowhere,
        Some((houses, term)) if *houses <= RARE => Way::ByRare(*term),
        Some((_, term)) => Way::ByCommon(*term),
    }
}

/// One page of ids. Every order is that of an index (see the migration of the houses), and ends
/// with the id: no two houses are equal in it, so pages neither overlap nor leave anything out.
pub(crate) fn page(backend: DbBackend, filter: &HouseFilter, way: Way, from: PageStart, limit: u32) -> Statement {
    let mut sql = Sql::new(backend);
    sql.push("SELECT h.id");
    if let Some(priced) = by_total(filter) {
        sql.push(", ");
        priced.push(&mut sql, Rules::Either);
        sql.push(" AS total");
    }
    sql.push(" FROM ");
    let offset = match from {
        PageStart::Offset(offset) => offset,
        PageStart::After(_) => 0,
    };
    let led = match way {
        Way::ByRare(term) => by_term(&mut sql, term, true),
        Way::InOrder | Way::ByCommon(_) | Way::Nowhere => each_house(&mut sql),
    };
    narrow(&mut sql, filter, led, Rules::Either);
    if let PageStart::After(cursor) = from {
        match by_total(filter) {
            Some(priced) => behind_total(&mut sql, filter.sort, priced, cursor, Rules::Either),
            None => behind(&mut sql, filter.sort, cursor),
        }
    }
    let order = match by_total(filter) {
        Some(_) if filter.sort == SortKey::PriceAscending => "total ASC, h.id DESC",
        Some(_) => "total DESC, h.id DESC",
        None => order_of(filter.sort),
    };
    sql.push(" ORDER BY ").push(order).limit(u64::from(limit), offset);
    sql.done()
}

/// The total by which a list is sorted; `None` where it is sorted otherwise.
fn by_total(filter: &HouseFilter) -> Option<Priced> {
    let is_by_price = matches!(filter.sort, SortKey::PriceAscending | SortKey::PriceDescending);
    Priced::of(filter).filter(|_| is_by_price)
}

/// The same order for the rows of a page, with `h` for the house.
pub(crate) fn order(filter: &HouseFilter) -> &'static str {
    match by_total(filter) {
        Some(_) if filter.sort == SortKey::PriceAscending => "page.total ASC, h.id DESC",
        Some(_) => "page.total DESC, h.id DESC",
        None => order_of(filter.sort),
    }
}

fn order_of(sort: SortKey) -> &'static str {
    match sort {
        SortKey::New => "h.created_at DESC, h.id DESC",
        SortKey::Booking => "h.guest_count DESC, h.id DESC",
        SortKey::Popular => "h.stayed_guest_count DESC, h.id DESC",
        SortKey::PriceAscending => "h.price ASC, h.id DESC",
        SortKey::PriceDescending => "h.price DESC, h.id DESC",
    }
}

/// The number of houses, at most `at_most`: the database stops looking there.
pub(crate) fn count(backend: DbBackend, filter: &HouseFilter, way: Way, at_most: u64) -> Statement {
    let mut sql = Sql::new(backend);
    sql.push("SELECT COUNT(*) FROM (SELECT h.id FROM ");
    let led = match way {
        Way::ByRare(term) => by_term(&mut sql, term, true),
        Way::ByCommon(term) => by_term(&mut sql, term, false),
        Way::InOrder | Way::Nowhere => each_house(&mut sql),
    };
    narrow(&mut sql, filter, led, Rules::Either);
    sql.limit(at_most, 0).push(") AS found");
    sql.done()
}

/// Every house; which index is walked follows from the order.
fn each_house(sql: &mut Sql) -> Option<Term> {
    sql.push("houses h WHERE 1 = 1");
    None
}

/// The houses of one term. A limit that is never reached keeps PostgreSQL from starting with the houses;
/// the kind of the join keeps the other two from it.
fn by_term(sql: &mut Sql, term: Term, few: bool) -> Option<Term> {
    sql.push("(SELECT house_id FROM house_words WHERE pair = ").bind(term.number());
    if few {
        sql.limit(RARE + 1, 0);
    }
    let join = if sql.backend() == DbBackend::MySql { "STRAIGHT_JOIN" } else { "CROSS JOIN" };
    sql.push(&format!(") AS w {join} houses h WHERE h.id = w.house_id"));
    Some(term)
}

/// All conditions of the filter, with `h` for the house; `led` is the term that it is known to have.
fn narrow(sql: &mut Sql, filter: &HouseFilter, led: Option<Term>, rules: Rules) {
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

/// Whether the house is still on the site: withdrawn ones have a row in a table of their own.
pub(crate) fn is_offered() -> Expr {
    let own =
        Expr::col((hidden_house::Entity, hidden_house::Column::HouseId)).equals((house::Entity, house::Column::Id));
    let withdrawn = hidden_house::Entity::find().select_only().column(hidden_house::Column::HouseId).filter(own);
    Expr::not_exists(withdrawn.into_query())
}

/// Whether a house was not deleted.
pub(crate) fn is_kept() -> Expr {
    let own =
        Expr::col((hidden_house::Entity, hidden_house::Column::HouseId)).equals((house::Entity, house::Column::Id));
    let deleted = hidden_house::Entity::find()
        .select_only()
        .column(hidden_house::Column::HouseId)
        .filter(own)
        .filter(hidden_house::Column::State.eq(hidden_house::DELETED));
    Expr::not_exists(deleted.into_query())
}

/// Ends a subquery that is to be run for one house after the other. PostgreSQL would rather
/// collect every house of a common facility first, unless an `OFFSET` prevents it.
fn probed(sql: &mut Sql) {
    sql.push(if sql.backend() == DbBackend::Postgres { " OFFSET 0)" } else { ")" });
}

/// Only the houses after a cursor of a list that is sorted by the total.
fn behind_total(sql: &mut Sql, sort: SortKey, priced: Priced, cursor: Cursor, rules: Rules) {
    sql.push(" AND (");
    priced.push(sql, rules);
    sql.push(if sort == SortKey::PriceAscending { " > " } else { " < " }).bind(cursor.value()).push(" OR (");
    priced.push(sql, rules);
    sql.push(" = ").bind(cursor.value()).push(" AND h.id < ").bind(cursor.id().get()).push("))");
}

/// Only the houses after a cursor, written so that the engine begins there in its index.
fn behind(sql: &mut Sql, sort: SortKey, cursor: Cursor) {
    let (column, value): (_, sea_orm::Value) = match sort {
        // A cursor holds no instant that is out of range.
        SortKey::New => {
            ("h.created_at", DateTime::<Utc>::from_timestamp_micros(cursor.value()).unwrap_or_default().into())
        }
        SortKey::Booking => ("h.guest_count", cursor.value().into()),
        SortKey::Popular => ("h.stayed_guest_count", cursor.value().into()),
        SortKey::PriceAscending | SortKey::PriceDescending => ("h.price", cursor.value().into()),
    };
    let id = cursor.id().get();
    if sort == SortKey::PriceAscending {
        // The two columns run against each other, so there is no row to compare with.
        sql.push(" AND h.price >= ").bind(value.clone()).push(" AND (h.price > ").bind(value);
        sql.push(" OR h.id < ").bind(id).push(")");
    } else if sql.backend() == DbBackend::MySql {
        sql.push(&format!(" AND ({column} < ")).bind(value.clone()).push(&format!(" OR ({column} = ")).bind(value);
        sql.push(" AND h.id < ").bind(id).push("))");
    } else {
        sql.push(&format!(" AND ({column}, h.id) < (")).bind(value).push(", ").bind(id).push(")");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use minsu_domain::SearchWords;

    #[test]
    fn the_rarest_term_leads_while_it_is_rare() {
        let words = SearchWords::parse("四合院").unwrap();
        let terms = words.terms();
        assert_eq!(way(terms, &[20_000, 7]), Way::ByRare(terms[1]));
        assert_eq!(way(terms, &[RARE, RARE + 1]), Way::ByRare(terms[0]));
        assert_eq!(way(terms, &[RARE + 1, RARE + 1]), Way::ByCommon(terms[0]));
        assert_eq!(way(terms, &[0, 7]), Way::Nowhere);
        assert_eq!(way(&[], &[]), Way::InOrder);
    }
}
