//! The states of listings by their names.

use minsu_domain::ListingState;

/// Every name.
pub(crate) const STATES: [&str; 3] = ["draft", "published", "deleted"];

/// The name of a state.
pub(crate) const fn listing_state(state: ListingState) -> &'static str {
    let [draft, published, deleted] = STATES;
    match state {
        ListingState::Draft => draft,
        ListingState::Published => published,
        ListingState::Deleted => deleted,
    }
}
