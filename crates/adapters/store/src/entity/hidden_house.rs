//! Houses that are not published; a published one has no row here.

use minsu_domain::ListingState;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "withdrawn_houses")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) house_id: i64,
    /// Since when it is hidden.
    pub(crate) withdrawn_at: DateTimeUtc,
    /// The number of a state, see [`number`].
    pub(crate) state: i16,
}

pub(crate) const DRAFT: i16 = 0;
pub(crate) const DELETED: i16 = 1;
const UNLISTED: i16 = 2;
const BLOCKED: i16 = 3;

/// The state of a house with this row, or without one; `None` for a number that is no state.
pub(crate) fn state(number: Option<i16>) -> Option<ListingState> {
    match number {
        None => Some(ListingState::Published),
        Some(DRAFT) => Some(ListingState::Draft),
        Some(DELETED) => Some(ListingState::Deleted),
        Some(UNLISTED) => Some(ListingState::Unlisted),
        Some(BLOCKED) => Some(ListingState::Blocked),
        Some(_) => None,
    }
}

/// The number of a state; `None` for the one that has no row.
pub(crate) const fn number(state: ListingState) -> Option<i16> {
    match state {
        ListingState::Published => None,
        ListingState::Draft => Some(DRAFT),
        ListingState::Deleted => Some(DELETED),
        ListingState::Unlisted => Some(UNLISTED),
        ListingState::Blocked => Some(BLOCKED),
    }
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_reads_back() {
        for known in ListingState::ALL {
            assert_eq!(state(number(known)), Some(known));
        }
        assert_eq!(state(Some(4)), None);
    }
}
