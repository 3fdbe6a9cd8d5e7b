//! Seasons of houses; no two of a house share a day.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "house_seasons")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) house_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) first_day: Date,
    pub(crate) last_day: Date,
    pub(crate) price: Option<i64>,
    /// Prices of weekdays, Monday's first.
    pub(crate) price_1: Option<i64>,
    pub(crate) price_2: Option<i64>,
    pub(crate) price_3: Option<i64>,
    pub(crate) price_4: Option<i64>,
    pub(crate) price_5: Option<i64>,
    pub(crate) price_6: Option<i64>,
    pub(crate) price_7: Option<i64>,
    pub(crate) min_days: Option<i32>,
    pub(crate) max_days: Option<i32>,
    /// A bit for each weekday, Monday's the lowest.
    pub(crate) arrival_days: Option<i16>,
    pub(crate) departure_days: Option<i16>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
