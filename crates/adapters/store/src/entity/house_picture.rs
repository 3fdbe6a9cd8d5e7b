//! Pictures of houses.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "house_pictures")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) house_id: i64,
    pub(crate) picture: String,
    /// Of both sizes; 0 for pictures from before sizes were recorded.
    pub(crate) bytes: i64,
    pub(crate) caption: Option<String>,
    /// Counted from 0 where the landlord chose an order; [`UNPLACED`] behind them.
    pub(crate) place: i32,
}

/// The place of pictures that were added since the order was chosen: by their ids.
pub(crate) const UNPLACED: i32 = i32::MAX;

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
