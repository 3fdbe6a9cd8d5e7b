//! Orders: placing, deciding, commenting, listing.

mod agreed_price;
mod cancel;
mod comment;
mod deadline;
mod decide;
mod expire;
mod list;
mod occupants;
mod page;
mod place;
mod quote;
mod quote_token;
mod stay_to_book;
mod step;
mod view;

pub use crate::quoted::Quoted;
pub use agreed_price::AgreedPrice;
pub(crate) use cancel::refund_of as refund_of_cancellation;
pub use cancel::{CancellationPreview, cancel, cancelable_until, preview as preview_cancellation};
pub use comment::{BeforeStay, comment};
pub use decide::{Decision, decide};
pub(crate) use expire::expire;
pub use list::{Role, list};
pub use occupants::{OccupantReport, ShownOccupant, name_occupants, occupants, report_occupants};
pub use page::{ListOrders, OrderPage, page};
pub use place::{PlaceOrder, place};
pub use quote::{preview, quote};
pub use stay_to_book::StayToBook;
pub(crate) use step::take_step;
pub use view::{WholeOrder, view, view_whole};
