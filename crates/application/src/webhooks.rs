//! Webhooks: the events of a person, sent to an address that the person names.
//!
//! Events get to webhooks in two steps. `hand_out` turns events into deliveries, rows that are written in the same
//! transaction as the position up to which it has come: none is forgotten, none is made twice. The deliverer makes the
//! attempts: it claims a delivery, calls, and writes the result, each for itself, so that a process that dies leaves an
//! attempt that is made again, under the same id. Deliveries about one order wait for each other; no webhook waits for
//! another one.

mod change;
mod create;
mod credentials;
mod deliver;
mod deliveries;
mod hand_out;
mod list;
mod new_secret;
mod outcome;
mod remove;

pub use change::{ChangeWebhook, change};
pub use create::{CreateWebhook, CreatedWebhook, MAX_URL_CHARS, MAX_WEBHOOKS, create};
pub(crate) use credentials::reseal;
pub(crate) use deliver::run as deliver;
pub use deliveries::{DeliveryPage, ListDeliveries, redeliver, test, view_deliveries};
pub(crate) use hand_out::hand_out;
pub use list::{find, list};
pub use new_secret::{NewSecret, new_secret};
pub use remove::remove;
