//! A list that is sorted by the total of a stay, without pricing every house.
//!
//! Houses without rules have the order of their prices. Houses with rules are walked in the order of what they cost at
//! least (or at most, dearest first), until nothing that is left can come before the last house of the page. The
//! statements are here; `repos/houses/by_total.rs` says when the walk ends.

use minsu_domain::{AtLeast, HouseFilter, SortKey};
use minsu_ports::PageStart;
use sea_orm::{DbBackend, Statement};

use super::{
    conditions::{behind_total, by_total, narrow},
    fragments::Rules,
    totals::Priced,
    way::Way,
};
use crate::repos::sql::Sql;

/// Pages that begin further down are sorted as a whole: the walk keeps everything before them.
const FURTHEST: u64 = 10_000;

/// A walk for one search.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walk<'a> {
    filter: &'a HouseFilter,
    from: PageStart,
    priced: Priced,
}

/// A house that was found: where it stands in the list. The smaller one comes first.
pub(crate) type Place = (i64, i64);

impl<'a> Walk<'a> {
    /// The walk that finds the houses; `None` for lists that are found otherwise.
    pub(crate) fn of(filter: &'a HouseFilter, way: Way, from: PageStart) -> Option<Self> {
        let priced = by_total(filter)?;
        let is_near = match from {
            PageStart::Offset(offset) => offset <= FURTHEST,
            PageStart::After(_) => true,
        };
        // Few houses have a rare word: these are sorted.
        let is_walked = match way {
            Way::InOrder | Way::ByCommon(_) => {
                filter.sort == SortKey::PriceAscending || is_bounded_above(filter, priced)
            }
            Way::ByRare(_) | Way::Nowhere => false,
        };
        (is_near && is_walked).then_some(Self { filter, from, priced })
    }

    /// The place of a house with this total.
    pub(crate) fn place(&self, total: i64, id: i64) -> Place {
        if self.is_ascending() { (total, -id) } else { (-total, -id) }
    }

    /// The first place that a house can have whose bound comes behind this one.
    pub(crate) fn reached(&self, bound: i64, id: i64) -> Place {
        self.place(bound.saturating_mul(self.priced.length()), id)
    }

    /// Houses without rules: id and total. Only those that can stand before a place, where one is given.
    pub(crate) fn without_rules(&self, backend: DbBackend, before: Option<Place>, limit: usize) -> Statement {
        let mut sql = Sql::new(backend);
        sql.push("SELECT h.id, ");
        self.priced.push(&mut sql, Rules::Without);
        sql.push(" AS total FROM houses h WHERE 1 = 1");
        let (near, far) = self.comparisons();
        if let Some(place) = before {
            sql.push(&format!(" AND h.price {near} ")).bind(self.of_a_day(place.0.abs()));
        }
        if let PageStart::After(cursor) = self.from {
            sql.push(&format!(" AND h.price {far} ")).bind(self.of_a_day(cursor.value()));
        }
        self.conditions(&mut sql, Rules::Without);
        sql.push(if self.is_ascending() {
            " ORDER BY h.price ASC, h.id DESC"
        } else {
            " ORDER BY h.price DESC, h.id DESC"
        });
        sql.limit(limit as u64, 0);
        sql.done()
    }

    /// Houses with rules in the order of their bound: id, total and bound. Only those behind a bound and an id, and
    /// those that can stand before a place.
    pub(crate) fn with_rules(
        &self,
        backend: DbBackend,
        behind: Option<(i64, i64)>,
        before: Option<Place>,
        limit: usize,
    ) -> Statement {
        let mut sql = Sql::new(backend);
        let bound = if self.is_ascending() { "b.lowest" } else { "b.highest" };
        sql.push("SELECT h.id, ");
        self.priced.push_number(&mut sql, Rules::With);
        let join = if backend == DbBackend::MySql { "STRAIGHT_JOIN" } else { "CROSS JOIN" };
        sql.push(&format!(
            " AS total, {bound} AS bound FROM house_price_bounds b {join} houses h WHERE h.id = b.house_id"
        ));
        if let Some(area) = self.filter.area {
            sql.push(" AND b.area_id = ").bind(area.get());
        }
        self.within_bounds(&mut sql);
        let (near, far) = self.comparisons();
        if let Some(place) = before {
            sql.push(&format!(" AND {bound} {near} ")).bind(self.of_a_day(place.0.abs()));
        }
        if let Some((value, id)) = behind {
            let beyond = &far[..1];
            sql.push(&format!(" AND {bound} {far} ")).bind(value).push(&format!(" AND ({bound} {beyond} ")).bind(value);
            sql.push(" OR b.house_id < ").bind(id).push(")");
        }
        self.conditions(&mut sql, Rules::With);
        let direction = if self.is_ascending() { "ASC" } else { "DESC" };
        sql.push(&format!(" ORDER BY {bound} {direction}, b.house_id DESC")).limit(limit as u64, 0);
        sql.done()
    }

    fn conditions(&self, sql: &mut Sql, rules: Rules) {
        narrow(sql, self.filter, None, rules);
        if let PageStart::After(cursor) = self.from {
            behind_total(sql, self.filter.sort, self.priced, cursor, rules);
        }
    }

    /// What the wanted prices and the cursor say of the bounds of a house, so that fewer are priced.
    fn within_bounds(&self, sql: &mut Sql) {
        let price = self.filter.filters.price;
        let (mut least, mut most) = (price.min().map(|min| min.fen()), price.max().map(|max| max.fen()));
        if let PageStart::After(cursor) = self.from {
            let value = cursor.value();
            if self.is_ascending() {
                least = Some(least.map_or(value, |least| least.max(value)));
            } else {
                most = Some(most.map_or(value, |most| most.min(value)));
            }
        }
        if let Some(most) = most {
            sql.push(" AND b.lowest <= ").bind(self.of_a_day(most));
        }
        if let Some(least) = least.filter(|_| is_bounded_above(self.filter, self.priced)) {
            sql.push(" AND b.highest >= ").bind(self.of_a_day(least));
        }
    }

    /// What a day may cost where the stay costs so much, rounded down.
    fn of_a_day(&self, total: i64) -> i64 {
        total / self.priced.length()
    }

    /// How the bounds of houses on the page, and of those behind a place, compare with a value.
    fn comparisons(&self) -> (&'static str, &'static str) {
        if self.is_ascending() { ("<=", ">=") } else { (">=", "<=") }
    }

    fn is_ascending(&self) -> bool {
        self.filter.sort == SortKey::PriceAscending
    }
}

/// Whether every house of the search takes the guests that are priced: the upper bound is for no more than these.
fn is_bounded_above(filter: &HouseFilter, priced: Priced) -> bool {
    priced.guests() <= filter.filters.capacity.map_or(1, AtLeast::get)
}

/// Houses in this order, as a page: their ids and places.
pub(crate) fn listed(backend: DbBackend, ids: &[i64]) -> Statement {
    let mut sql = Sql::new(backend);
    sql.push(match backend {
        DbBackend::Postgres => "SELECT v.id, v.place FROM (VALUES ",
        DbBackend::Sqlite => "SELECT column1 AS id, column2 AS place FROM (VALUES ",
        _ => "",
    });
    for (place, id) in ids.iter().enumerate() {
        match (backend, place) {
            (DbBackend::MySql, 0) => sql.push("SELECT ").bind(*id).push(" AS id, 0 AS place"),
            (DbBackend::MySql, _) => sql.push(" UNION ALL SELECT ").bind(*id).push(&format!(", {place}")),
            (DbBackend::Postgres, 0) => sql.push("(").bind(*id).push("::bigint, 0)"),
            (_, place) => sql.push(if place == 0 { "(" } else { ", (" }).bind(*id).push(&format!(", {place})")),
        };
    }
    sql.push(match backend {
        DbBackend::Postgres => ") AS v (id, place)",
        DbBackend::Sqlite => ")",
        _ => "",
    });
    sql.done()
}
