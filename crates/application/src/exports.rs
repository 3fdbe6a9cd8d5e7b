//! Links by which other sites read the calendars of this one. A link is a secret: its holder reads the occupied days
//! of a house, and nothing else.

mod create;
mod delete;
mod link;
mod list;
mod renew;
mod serve;

pub use create::{CreateExport, MAX_EXPORTS, create};
pub use delete::delete;
pub use link::{CreatedExport, LinkSecret};
pub use list::list;
pub use renew::renew;
pub use serve::{ServedCalendar, serve};
