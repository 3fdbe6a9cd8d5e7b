//! Houses.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "houses")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) landlord_id: i64,
    pub(crate) area_id: i64,
    pub(crate) title: String,
    pub(crate) price: i64,
    pub(crate) deposit: i64,
    pub(crate) address: String,
    pub(crate) room_count: i32,
    pub(crate) acreage: i32,
    pub(crate) unit: String,
    pub(crate) capacity: i32,
    pub(crate) beds: String,
    pub(crate) min_days: i32,
    pub(crate) max_days: i32,
    pub(crate) index_picture: Option<String>,
    pub(crate) order_count: i32,
    pub(crate) created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
