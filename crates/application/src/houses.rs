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
mod rules;
mod schedule;
mod schedule_of;
mod search;
mod slides;

pub use add_picture::{add_picture, demand_owner};
pub use calendar::{CalendarDay, calendar, own_calendar, taken_days};
pub use create_draft::{DraftFault, create_draft, draft_faults};
pub use detail::detail;
pub use of_landlord::of_landlord;
pub use own::{OwnListingPage, own_listing, own_listings};
pub use publish::publish;
pub use publish_draft::publish_draft;
pub use rules::{own_rules, own_seasons, put_rules, put_seasons};
pub use schedule::{OwnSchedule, ScheduleDay, own_schedule, put_schedule};
pub(crate) use schedule_of::schedule_of;
pub use search::{CacheableSearch, HousePage, SearchHouses, count, search};
pub use slides::slides;
