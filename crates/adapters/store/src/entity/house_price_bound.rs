//! Between which prices of a day the houses with rules lie; a house without rules has no row.

use minsu_domain::{HouseId, PriceBounds};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "house_price_bounds")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) house_id: i64,
    /// A copy of the house's.
    pub(crate) area_id: i64,
    pub(crate) lowest: i64,
    pub(crate) highest: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub(crate) fn new(house: HouseId, area_id: i64, bounds: PriceBounds) -> Self {
        Self { house_id: house.get(), area_id, lowest: bounds.lowest.fen(), highest: bounds.highest.fen() }
    }
}
