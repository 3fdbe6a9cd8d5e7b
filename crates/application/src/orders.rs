//! Orders: placing, deciding, commenting, listing.

mod cancel;
mod comment;
mod decide;
mod expire;
mod list;
mod page;
mod place;
mod preview;
mod step;
mod view;

pub use cancel::{CancellationPreview, cancel, preview as preview_cancellation};
pub use comment::{BeforeStay, comment};
pub use decide::{Decision, decide};
pub(crate) use expire::expire;
pub use list::{Role, list};
pub use page::{ListOrders, OrderPage, page};
pub use place::{PlaceOrder, place};
pub use preview::preview;
pub use view::{WholeOrder, view, view_whole};
