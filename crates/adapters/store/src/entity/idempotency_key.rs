//! Idempotency keys.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: String,
    pub(crate) digest: String,
    pub(crate) user_id: Option<i64>,
    pub(crate) owner: String,
    pub(crate) lease_ends: DateTimeUtc,
    pub(crate) expires_at: DateTimeUtc,
    pub(crate) effect: Option<i64>,
    pub(crate) status: Option<i16>,
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) content_type: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) etag: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
