//! Houses: publishing, pictures, lists, search.

mod add_listing;
mod add_picture;
mod calendar;
mod create_draft;
mod detail;
mod of_landlord;
mod own;
mod publish;
mod publish_draft;
mod search;
mod slides;

pub use add_picture::{add_picture, demand_owner};
pub use calendar::{own_calendar, taken_days};
pub use create_draft::{DraftFault, create_draft, draft_faults};
pub use detail::detail;
pub use of_landlord::of_landlord;
pub use own::{OwnListingPage, own_listing, own_listings};
pub use publish::publish;
pub use publish_draft::publish_draft;
pub use search::{CacheableSearch, HousePage, SearchHouses, count, search};
pub use slides::slides;
