//! Occupied days.

use minsu_domain::{HouseId, Occupant, OrderId};
use sea_orm::entity::prelude::*;

use crate::{errors::CorruptRow, repos::values::Table};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "house_day")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) house_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) day: Date,
    /// The order that occupies the day; `None` for another source.
    pub(crate) order_id: Option<i64>,
    /// The source that occupies the day: 0 an order, 1 a block, 2 a feed, 3 the preparation after an order. All but 0
    /// are claims, see `house_claim.rs`.
    pub(crate) source: i16,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub(crate) fn new(house: HouseId, day: Date, occupant: Occupant) -> Self {
        let (source, order) = match occupant {
            Occupant::Order(order) => (0, Some(order)),
            Occupant::Block => (1, None),
            Occupant::Feed => (2, None),
            Occupant::Preparation => (3, None),
        };
        Self { house_id: house.get(), day, order_id: order.map(OrderId::get), source }
    }

    pub(crate) fn occupant(&self) -> Result<Occupant, CorruptRow> {
        const HOUSE_DAY: Table = Table("house_day");
        match (self.source, self.order_id) {
            (0, Some(order)) => Ok(Occupant::Order(HOUSE_DAY.order("order_id", order)?)),
            (1, None) => Ok(Occupant::Block),
            (2, None) => Ok(Occupant::Feed),
            (3, None) => Ok(Occupant::Preparation),
            (_, _) => Err(HOUSE_DAY.corrupt("source")),
        }
    }
}
