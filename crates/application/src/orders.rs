//! Orders: placing, deciding, commenting, listing.

mod cancel;
mod comment;
mod decide;
mod expire;
mod list;
mod page;
mod place;
mod quote;
mod quote_token;
mod step;
mod view;

pub use crate::quoted::Quoted;
pub use cancel::{CancellationPreview, cancel, preview as preview_cancellation};
pub use comment::{BeforeStay, comment};
pub use decide::{Decision, decide};
pub(crate) use expire::expire;
pub use list::{Role, list};
pub use page::{ListOrders, OrderPage, page};
pub use place::{AgreedPrice, PlaceOrder, place};
pub use quote::{StayToBook, preview, quote};
pub use view::{WholeOrder, view, view_whole};
