//! Orders.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) house_id: i64,
    pub(crate) landlord_id: i64,
    pub(crate) guest_id: i64,
    pub(crate) start_day: Date,
    pub(crate) end_day: Date,
    pub(crate) days: i32,
    pub(crate) price: i64,
    pub(crate) amount: i64,
    pub(crate) status: i16,
    pub(crate) comment: Option<String>,
    pub(crate) commented_at: Option<DateTimeUtc>,
    pub(crate) reject_reason: Option<String>,
    pub(crate) created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
