//! The search for free houses, as statements.
//!
//! A page is found by walking an index that has the order of the list and skipping the houses that do not
//! match, until the page is full. Words are the exception: where few houses have one of their terms, these
//! houses are looked up and sorted. The choice is made here and not by the engines: they have
//! too few statistics of single words.

mod bookable;
mod by_total;
mod conditions;
mod fragments;
mod totals;
mod way;

use chrono::{DateTime, Utc};
use minsu_domain::{Cursor, HouseFilter, SortKey, Term};
use minsu_ports::PageStart;
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait, Statement, sea_query::Expr,
};

pub(crate) use by_total::{Place, Walk, listed};
pub(crate) use way::{Way, frequencies, way};

use conditions::{behind_total, by_total, narrow};
use fragments::Rules;
use way::RARE;

use crate::{
    entity::{hidden_house, house},
    repos::sql::Sql,
};

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
