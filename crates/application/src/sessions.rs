//! Login sessions: an opaque random token at the client, its digest and the user at the server.
//! Nothing is stored for visitors who are not logged in.

mod close;
mod confirm;
#[cfg(test)]
pub(crate) mod in_memory_cache;
mod list;
mod open;
mod record;
mod resolve;
mod revoke;
mod session_index;
mod token;
mod verified_login;

pub use close::close;
pub use confirm::demand_confirmed;
pub(crate) use confirm::mark_confirmed;
pub use list::{SessionInfo, list};
pub use open::open;
pub use resolve::resolve;
pub(crate) use revoke::end_others;
pub use revoke::revoke;
pub use token::SessionToken;
pub use verified_login::VerifiedLogin;
