//! Calendars of other sites: connecting one, what becomes of its days, and reading it again and again.
//!
//! A feed is compared as a set of days ([`minsu_domain::FeedState`]). What an answer changes is written in one
//! transaction that holds the calendar of the house: the days, the claims on them, and the conflicts with orders.

mod address;
mod ask;
mod change;
mod connect;
mod disconnect;
mod list;
mod pace;
mod places;
mod poll;
mod poll_due;
mod release;
mod reseal;
mod step;
mod sync;

pub use change::{ChangeFeed, change};
pub use connect::{ConnectFeed, MAX_FEEDS, connect};
pub use disconnect::disconnect;
pub use list::{ListedFeed, find, list};
pub use places::PollPlaces;
pub use poll::poll;
pub(crate) use poll_due::poll_due;
pub use release::release;
pub(crate) use reseal::reseal;
pub use sync::sync;
