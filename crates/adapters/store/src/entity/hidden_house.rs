//! Houses that are not published: drafts, and those that were withdrawn.

use minsu_domain::ListingState;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "withdrawn_houses")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) house_id: i64,
    /// Since when it is hidden.
    pub(crate) withdrawn_at: DateTimeUtc,
    /// [`DRAFT`] or [`DELETED`].
    pub(crate) state: i16,
}

pub(crate) const DRAFT: i16 = 0;
pub(crate) const DELETED: i16 = 1;

/// The state of a house with this row, or without one; `None` for a number that is no state.
pub(crate) fn state(number: Option<i16>) -> Option<ListingState> {
    match number {
        None => Some(ListingState::Published),
        Some(DRAFT) => Some(ListingState::Draft),
        Some(DELETED) => Some(ListingState::Deleted),
        Some(_) => None,
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
