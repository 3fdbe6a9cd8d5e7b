//! Login sessions: an opaque random token at the client, its digest and the user at the server.
//! Nothing is stored for visitors who are not logged in.

mod close;
mod open;
mod resolve;
mod token;

pub use close::close;
pub use open::open;
pub use resolve::resolve;
pub use token::SessionToken;
