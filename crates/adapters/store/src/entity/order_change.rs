//! The history of orders.

use minsu_domain::ChangedBy;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_changes")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) order_id: i64,
    /// Counted up for each order, from 1 on; the version of the order after the change.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) number: i32,
    pub(crate) changed_at: DateTimeUtc,
    pub(crate) changed_by: i16,
    pub(crate) from_status: Option<i16>,
    pub(crate) to_status: i16,
    pub(crate) reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The number in the column `changed_by`.
pub(crate) const fn number(by: ChangedBy) -> i16 {
    match by {
        ChangedBy::Guest => 0,
        ChangedBy::Landlord => 1,
        ChangedBy::Site => 2,
        ChangedBy::Clock => 3,
        ChangedBy::Payment => 4,
    }
}

/// The actor with a number; `None` for an unknown one.
pub(crate) fn changed_by(stored: i16) -> Option<ChangedBy> {
    ChangedBy::ALL.into_iter().find(|by| number(*by) == stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_actor_has_a_number_of_its_own() {
        assert_eq!(ChangedBy::ALL.map(number), [0, 1, 2, 3, 4]);
        assert!(ChangedBy::ALL.into_iter().all(|by| changed_by(number(by)) == Some(by)));
        assert_eq!((changed_by(-1), changed_by(5)), (None, None));
    }
}
