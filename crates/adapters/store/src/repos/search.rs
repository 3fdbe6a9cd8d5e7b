//! The search for free houses, as statements.
//!
//! A page is found by walking an index that has the order of the list and leaving out what does not
//! fit, until the page is full. Words are the exception: where one of them stands in few houses, these
//! are looked at and sorted. Which of the two it is, is decided here and not by the engines: they know
//! too little of single words.

use chrono::{DateTime, Utc};
use minsu_domain::{Cursor, HouseFilter, Pair, SortKey};
use minsu_ports::PageStart;
use sea_orm::{DbBackend, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait, Statement, sea_query::Expr};

use crate::{
    entity::{house, withdrawn_house},
    repos::sql::Sql,
};

/// A pair is rare up to here: so many houses are looked up and sorted in the time in which an index
/// is walked that has one fitting house in a hundred.
const RARE: u64 = 10_000;

/// How the houses of a search are come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// By the index of the list's order.
    InOrder,
    /// By one pair that few houses have.
    ByRare(Pair),
    /// By the order of the list, and counted by the pair that may well be the rarest.
    ByCommon(Pair),
    /// Some pair stands nowhere.
    Nowhere,
}

/// How many houses have each pair, up to a bound: rows of the pair's place and the number.
pub(crate) fn frequencies(backend: DbBackend, pairs: &[Pair]) -> Statement {
    let mut sql = Sql::new(backend);
    for (place, pair) in pairs.iter().enumerate() {
        sql.push(if place == 0 { "" } else { " UNION ALL " });
        sql.push(&format!("SELECT {place} AS place, COUNT(*) AS houses FROM (SELECT house_id FROM house_words"));
        sql.push(" WHERE pair = ").bind(pair.number()).limit(RARE + 1, 0).push(&format!(") AS w{place}"));
    }
    sql.done()
}

/// The way for pairs with these frequencies.
pub(crate) fn way(pairs: &[Pair], frequencies: &[u64]) -> Way {
    match frequencies.iter().zip(pairs).min() {
        None => Way::InOrder,
        Some((0, _)) => Way::Nowhere,
        Some((houses, pair)) if *houses <= RARE => Way::ByRare(*pair),
        Some((_, pair)) => Way::ByCommon(*pair),
    }
}

/// One page of ids. Every order is that of an index (see the migration of the houses), and ends
/// with the id: no two houses are equal in it, so pages neither overlap nor leave anything out.
pub(crate) fn page(backend: DbBackend, filter: &HouseFilter, way: Way, from: PageStart, limit: u32) -> Statement {
    let mut sql = Sql::new(backend);
    sql.push("SELECT h.id FROM ");
    let offset = match from {
        PageStart::Offset(offset) => offset,
        PageStart::After(_) => 0,
    };
    let led = match way {
        Way::ByRare(pair) => by_pair(&mut sql, pair, true),
        Way::InOrder | Way::ByCommon(_) | Way::Nowhere => each_house(&mut sql),
    };
    narrow(&mut sql, filter, led);
    if let PageStart::After(cursor) = from {
        behind(&mut sql, filter.sort, cursor);
    }
    sql.push(" ORDER BY ").push(order(filter.sort)).limit(u64::from(limit), offset);
    sql.done()
}

/// The same order for the rows of a page, with `h` for the house.
pub(crate) fn order(sort: SortKey) -> &'static str {
    match sort {
        SortKey::New => "h.created_at DESC, h.id DESC",
        SortKey::Booking => "h.order_count DESC, h.id DESC",
        SortKey::PriceAscending => "h.price ASC, h.id DESC",
        SortKey::PriceDescending => "h.price DESC, h.id DESC",
    }
}

/// The number of houses, at most `at_most`: the database stops looking there.
pub(crate) fn count(backend: DbBackend, filter: &HouseFilter, way: Way, at_most: u64) -> Statement {
    let mut sql = Sql::new(backend);
    sql.push("SELECT COUNT(*) FROM (SELECT h.id FROM ");
    let led = match way {
        Way::ByRare(pair) => by_pair(&mut sql, pair, true),
        Way::ByCommon(pair) => by_pair(&mut sql, pair, false),
        Way::InOrder | Way::Nowhere => each_house(&mut sql),
    };
    narrow(&mut sql, filter, led);
    sql.limit(at_most, 0).push(") AS found");
    sql.done()
}

/// Every house; which index is walked follows from the order.
fn each_house(sql: &mut Sql) -> Option<Pair> {
    sql.push("houses h WHERE 1 = 1");
    None
}

/// The houses of one pair. A limit that is never reached keeps PostgreSQL from taking the houses
/// first; the other two are told so by the kind of the join.
fn by_pair(sql: &mut Sql, pair: Pair, few: bool) -> Option<Pair> {
    sql.push("(SELECT house_id FROM house_words WHERE pair = ").bind(pair.number());
    if few {
        sql.limit(RARE + 1, 0);
    }
    let join = if sql.backend() == DbBackend::MySql { "STRAIGHT_JOIN" } else { "CROSS JOIN" };
    sql.push(&format!(") AS w {join} houses h WHERE h.id = w.house_id"));
    Some(pair)
}

/// Everything that a house must be, with `h` for the house; `led` is the pair that it has already.
fn narrow(sql: &mut Sql, filter: &HouseFilter, led: Option<Pair>) {
    sql.push(" AND NOT EXISTS (SELECT 1 FROM withdrawn_houses x WHERE x.house_id = h.id)");
    let wishes = &filter.wishes;
    if let Some(area) = filter.area {
        sql.push(" AND h.area_id = ").bind(area.get());
    }
    let price = price(sql.backend(), filter.sort);
    if let Some(min) = wishes.price.min() {
        sql.push(&format!(" AND {price} >= ")).bind(min.fen());
    }
    if let Some(max) = wishes.price.max() {
        sql.push(&format!(" AND {price} <= ")).bind(max.fen());
    }
    if let Some(capacity) = wishes.capacity {
        sql.push(" AND h.capacity >= ").bind(capacity.get());
    }
    if let Some(rooms) = wishes.room_count {
        sql.push(" AND h.room_count >= ").bind(rooms.get());
    }
    for facility in wishes.facilities.ids() {
        sql.push(" AND EXISTS (SELECT 1 FROM house_facilities f WHERE f.house_id = h.id AND f.facility_id = ");
        sql.bind(facility.get());
        probed(sql);
    }
    let pairs = wishes.words.iter().flat_map(|words| words.pairs());
    for pair in pairs.filter(|pair| Some(**pair) != led) {
        sql.push(" AND EXISTS (SELECT 1 FROM house_words o WHERE o.house_id = h.id AND o.pair = ");
        sql.bind(pair.number());
        probed(sql);
    }
    if !filter.free.is_open() {
        // The rows that bookings cannot share.
        sql.push(" AND NOT EXISTS (SELECT 1 FROM house_day d WHERE d.house_id = h.id");
        if let Some(first) = filter.free.first() {
            sql.push(" AND d.day >= ").bind(first);
        }
        if let Some(last) = filter.free.last() {
            sql.push(" AND d.day <= ").bind(last);
        }
        sql.push(")");
    }
}

/// A price to compare with. In another order than that of prices, the engines that go by rules would
/// take their index all the same and sort whatever they find there; not for a sum.
fn price(backend: DbBackend, sort: SortKey) -> &'static str {
    match (backend, sort) {
        (DbBackend::Postgres, _) | (_, SortKey::PriceAscending | SortKey::PriceDescending) => "h.price",
        (_, SortKey::New | SortKey::Booking) => "h.price + 0",
    }
}

/// Whether the house is still on the site: those that are not stand in a table of their own.
pub(crate) fn is_offered() -> Expr {
    let own = Expr::col((withdrawn_house::Entity, withdrawn_house::Column::HouseId))
        .equals((house::Entity, house::Column::Id));
    let withdrawn = withdrawn_house::Entity::find().select_only().column(withdrawn_house::Column::HouseId).filter(own);
    Expr::not_exists(withdrawn.into_query())
}

/// Ends a subquery that is to be looked up for one house after the other. PostgreSQL would rather
/// collect every house of a common facility first, unless something stands in its way.
fn probed(sql: &mut Sql) {
    sql.push(if sql.backend() == DbBackend::Postgres { " OFFSET 0)" } else { ")" });
}

/// Only what comes behind the place of a cursor, written so that the engine begins there in its index.
fn behind(sql: &mut Sql, sort: SortKey, cursor: Cursor) {
    let (column, value): (_, sea_orm::Value) = match sort {
        // A cursor holds no instant that cannot be.
        SortKey::New => {
            ("h.created_at", DateTime::<Utc>::from_timestamp_micros(cursor.value()).unwrap_or_default().into())
        }
        SortKey::Booking => ("h.order_count", cursor.value().into()),
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
    fn the_rarest_pair_leads_while_it_is_rare() {
        let words = SearchWords::parse("四合院").unwrap();
        let pairs = words.pairs();
        assert_eq!(way(pairs, &[20_000, 7]), Way::ByRare(pairs[1]));
        assert_eq!(way(pairs, &[RARE, RARE + 1]), Way::ByRare(pairs[0]));
        assert_eq!(way(pairs, &[RARE + 1, RARE + 1]), Way::ByCommon(pairs[0]));
        assert_eq!(way(pairs, &[0, 7]), Way::Nowhere);
        assert_eq!(way(&[], &[]), Way::InOrder);
    }
}
