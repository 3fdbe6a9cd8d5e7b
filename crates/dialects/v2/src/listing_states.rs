//! The states of listings by their names.

use minsu_domain::ListingState;

/// Every name; `in_review` belongs to sites that look at a listing before it is published.
pub(crate) const STATES: [&str; 6] = ["draft", "in_review", "published", "unlisted", "blocked", "deleted"];

/// The name of a state.
pub(crate) const fn listing_state(state: ListingState) -> &'static str {
    let [draft, _, published, unlisted, blocked, deleted] = STATES;
    match state {
        ListingState::Draft => draft,
        ListingState::Published => published,
        ListingState::Unlisted => unlisted,
        ListingState::Blocked => blocked,
        ListingState::Deleted => deleted,
    }
}
