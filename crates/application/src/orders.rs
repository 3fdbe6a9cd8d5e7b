//! Orders: placing, deciding, commenting, listing.

mod comment;
mod decide;
mod list;
mod page;
mod place;
mod preview;
mod step;
mod view;

pub use comment::{BeforeStay, comment};
pub use decide::{Decision, decide};
pub use list::{Role, list};
pub use page::{ListOrders, OrderPage, page};
pub use place::{PlaceOrder, place};
pub use preview::preview;
pub use view::{WholeOrder, view, view_whole};
