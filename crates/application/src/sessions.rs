//! Login sessions: an opaque random token at the client, its digest and the user at the server.
//! Nothing is stored for visitors who are not logged in.

mod admission;
mod close;
mod list;
mod open;
mod record;
mod resolve;
mod revoke;
#[cfg(test)]
mod shelf;
mod slots;
mod token;

pub use admission::Admission;
pub use close::close;
pub use list::{SessionInfo, list};
pub use open::open;
pub use resolve::resolve;
pub(crate) use revoke::end_others;
pub use revoke::revoke;
pub use token::SessionToken;
