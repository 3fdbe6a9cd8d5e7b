//! Rules of houses; a house without any has no row.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "house_rules")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) house_id: i64,
    /// Prices of weekdays, Monday's first.
    pub(crate) price_1: Option<i64>,
    pub(crate) price_2: Option<i64>,
    pub(crate) price_3: Option<i64>,
    pub(crate) price_4: Option<i64>,
    pub(crate) price_5: Option<i64>,
    pub(crate) price_6: Option<i64>,
    pub(crate) price_7: Option<i64>,
    /// A bit for each weekday, Monday's the lowest.
    pub(crate) arrival_days: i16,
    pub(crate) departure_days: i16,
    pub(crate) notice_days: i32,
    pub(crate) window_days: Option<i32>,
    pub(crate) preparation_days: i16,
    /// 1 for orders that need no answer.
    pub(crate) instant: i16,
    pub(crate) cancellation: String,
    pub(crate) cleaning_fee: i64,
    pub(crate) guests_included: i32,
    pub(crate) extra_guest_fee: i64,
    /// In basis points.
    pub(crate) weekly_discount: i32,
    pub(crate) monthly_discount: i32,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
