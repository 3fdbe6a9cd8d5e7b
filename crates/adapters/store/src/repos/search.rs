//! The search for free houses, as statements.

use minsu_domain::{DateRange, HouseFilter, SortKey};
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, ExprTrait, Order, QueryFilter, QuerySelect, QueryTrait, Select, Statement,
    sea_query::Expr,
};

use crate::{
    entity::{house, house_day, withdrawn_house},
    repos::pages::limited,
};

/// One page of ids. Every order is that of an index (see the migration of the houses), and ends
/// with the id: no two houses are equal in it, so pages neither overlap nor leave anything out.
pub(crate) fn page(backend: DbBackend, filter: &HouseFilter, offset: u64, limit: u32) -> Statement {
    let (column, direction) = match filter.sort {
        SortKey::New => (house::Column::CreatedAt, Order::Desc),
        SortKey::Booking => (house::Column::OrderCount, Order::Desc),
        SortKey::PriceAscending => (house::Column::Price, Order::Asc),
        SortKey::PriceDescending => (house::Column::Price, Order::Desc),
    };
    let mut select = found(filter).into_query();
    select.order_by((house::Entity, column), direction).order_by((house::Entity, house::Column::Id), Order::Desc);
    limited(backend, &select, u64::from(limit), offset)
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
pub(crate) fn count(backend: DbBackend, filter: &HouseFilter, at_most: u64) -> Statement {
    let found = limited(backend, &found(filter).into_query(), at_most, 0);
    Statement { sql: format!("SELECT COUNT(*) FROM ({}) AS found", found.sql), ..found }
}

fn found(filter: &HouseFilter) -> Select<house::Entity> {
    let mut found = house::Entity::find().select_only().column(house::Column::Id).filter(is_offered());
    if let Some(area) = filter.area {
        found = found.filter(house::Column::AreaId.eq(area.get()));
    }
    if !filter.free.is_open() {
        found = found.filter(Expr::not_exists(occupied(filter.free)));
    }
    found
}

/// Whether the house is still on the site: those that are not stand in a table of their own.
pub(crate) fn is_offered() -> Expr {
    let own = Expr::col((withdrawn_house::Entity, withdrawn_house::Column::HouseId))
        .equals((house::Entity, house::Column::Id));
    let withdrawn = withdrawn_house::Entity::find().select_only().column(withdrawn_house::Column::HouseId).filter(own);
    Expr::not_exists(withdrawn.into_query())
}

/// The occupied days of the house within the range: the rows that bookings cannot share.
fn occupied(range: DateRange) -> sea_orm::sea_query::SelectStatement {
    let own = Expr::col((house_day::Entity, house_day::Column::HouseId)).equals((house::Entity, house::Column::Id));
    let mut days = house_day::Entity::find().select_only().column(house_day::Column::HouseId).filter(own);
    if let Some(first) = range.first() {
        days = days.filter(house_day::Column::Day.gte(first));
    }
    if let Some(last) = range.last() {
        days = days.filter(house_day::Column::Day.lte(last));
    }
    days.into_query()
}
