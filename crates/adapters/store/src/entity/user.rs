//! Users.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) mobile: String,
    pub(crate) name: String,
    /// The unique form of the name: [`minsu_domain::UserName::key`].
    pub(crate) name_key: String,
    pub(crate) password_hash: String,
    pub(crate) avatar: Option<String>,
    pub(crate) identity_key_id: Option<String>,
    pub(crate) identity_sealed: Option<Vec<u8>>,
    pub(crate) created_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
