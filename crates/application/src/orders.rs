//! Orders: placing, deciding, commenting, listing.

mod comment;
mod decide;
mod list;
mod place;

pub use comment::comment;
pub use decide::{Decision, decide};
pub use list::{Role, list};
pub use place::{PlaceOrder, place};
