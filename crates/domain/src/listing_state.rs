//! Where a listing stands, and its version.

use crate::{Field, Invalid};

/// The state of a listing. Only a published one is found, shown or booked; its landlord sees it in every state
/// but deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListingState {
    /// Its landlord prepares it.
    Draft,
    /// Everybody sees it.
    Published,
    /// Its landlord took it off the site and may publish it again. Its orders go on.
    Unlisted,
    /// The site took it off; its landlord can change and delete it, and not publish it.
    Blocked,
    /// The end: what it said is gone, but for the title, which its orders show.
    Deleted,
}

/// What a landlord does with a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListingAct {
    /// Shows it to everybody.
    Publish,
    /// Takes it off the site for a while.
    Unlist,
    /// Deletes it.
    Delete,
}

/// A change of the state of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListingStep {
    /// The state before.
    pub from: ListingState,
    /// The state behind.
    pub to: ListingState,
}

impl ListingState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Draft, Self::Published, Self::Unlisted, Self::Blocked, Self::Deleted];

    /// Whether everybody finds, sees and books it.
    pub const fn is_public(self) -> bool {
        matches!(self, Self::Published)
    }

    /// The step of its landlord from this state; `None` where the state does not allow the act.
    pub const fn step(self, act: ListingAct) -> Option<ListingStep> {
        let to = match (self, act) {
            (Self::Draft | Self::Unlisted, ListingAct::Publish) => Self::Published,
            (Self::Published, ListingAct::Unlist) => Self::Unlisted,
            (Self::Draft | Self::Published | Self::Unlisted | Self::Blocked, ListingAct::Delete) => Self::Deleted,
            (Self::Published | Self::Blocked, ListingAct::Publish)
            | (Self::Draft | Self::Unlisted | Self::Blocked, ListingAct::Unlist)
            | (Self::Deleted, _) => return None,
        };
        Some(ListingStep { from: self, to })
    }
}

/// How often what a landlord gave of a listing was changed, beginning with 1: who changes it names the
/// version that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u32);

impl Version {
    /// The last version there can be: of a history, all of it.
    pub const MAX: Self = Self(u32::MAX);

    /// Takes a positive number.
    ///
    /// # Errors
    /// [`Field::Version`] for zero.
    pub const fn new(number: u32) -> Result<Self, Invalid> {
        if number > 0 { Ok(Self(number)) } else { Err(Invalid::range(Field::Version)) }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ListingAct::{Delete, Publish, Unlist};
    use ListingState::{Blocked, Deleted, Draft, Published, Unlisted};
    use proptest::prelude::*;

    /// Every edge of a landlord; any other is refused.
    const EDGES: [(ListingState, ListingAct, ListingState); 7] = [
        (Draft, Publish, Published),
        (Draft, Delete, Deleted),
        (Published, Unlist, Unlisted),
        (Published, Delete, Deleted),
        (Unlisted, Publish, Published),
        (Unlisted, Delete, Deleted),
        (Blocked, Delete, Deleted),
    ];

    #[test]
    fn a_landlord_takes_the_edges_of_the_table_and_no_other() {
        for from in ListingState::ALL {
            for act in [Publish, Unlist, Delete] {
                let edge = EDGES.iter().find(|(known, by, _)| (*known, *by) == (from, act));
                assert_eq!(from.step(act), edge.map(|(from, _, to)| ListingStep { from: *from, to: *to }), "{from:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_walk_leads_out_of_deleted_and_none_of_a_landlord_out_of_blocked_but_into_it(
            start in 0..5usize,
            acts in prop::collection::vec(prop::sample::select(vec![Publish, Unlist, Delete]), 0..12),
        ) {
            let start = ListingState::ALL[start];
            let end = acts.iter().fold(start, |state, act| state.step(*act).map_or(state, |step| step.to));
            prop_assert_eq!(acts.contains(&Delete) || start == Deleted, end == Deleted);
            prop_assert!(start != Blocked || matches!(end, Blocked | Deleted));
            prop_assert!(!end.is_public() || acts.contains(&Publish) || start == Published);
        }
    }
}
