//! Houses: publishing, pictures, lists, search.

mod add_listing;
mod add_picture;
mod arrange_pictures;
mod calendar;
mod create_draft;
mod delete_listing;
mod delete_picture;
mod detail;
mod edit_listing;
mod of_landlord;
mod own;
mod publish;
mod publish_listing;
mod search;
mod slides;
mod unlist_listing;

pub use add_picture::{add_picture, demand_owner};
pub use arrange_pictures::{ArrangementFault, arrange_pictures, arrangement_faults};
pub use calendar::{own_calendar, taken_days};
pub use create_draft::{DraftFault, create_draft, draft_faults};
pub use delete_listing::delete_listing;
pub use delete_picture::delete_picture;
pub use detail::detail;
pub use edit_listing::edit_listing;
pub use of_landlord::of_landlord;
pub use own::{OwnListingPage, own_listing, own_listings};
pub use publish::publish;
pub use publish_listing::publish_listing;
pub use search::{CacheableSearch, HousePage, SearchHouses, count, search};
pub use slides::slides;
pub use unlist_listing::unlist_listing;
