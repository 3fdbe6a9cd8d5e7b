//! Orders: placing, deciding, commenting, listing.

mod comment;
mod decide;
mod list;
mod page;
mod place;
mod quote;
mod quote_token;
mod step;
mod view;

pub use comment::{BeforeStay, comment};
pub use decide::{Decision, decide};
pub use list::{Role, list};
pub use page::{ListOrders, OrderPage, page};
pub use place::{AgreedPrice, PlaceOrder, place};
pub use quote::{Quoted, StayToBook, preview, quote};
pub use view::{WholeOrder, view, view_whole};
