//! What landlords set for single dates; blocks are claims.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "house_dates")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) house_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) day: Date,
    pub(crate) price: Option<i64>,
    pub(crate) min_days: Option<i32>,
    /// 1 closed, 0 open whatever season and house say.
    pub(crate) closed_to_arrival: Option<i16>,
    pub(crate) closed_to_departure: Option<i16>,
    pub(crate) note: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
