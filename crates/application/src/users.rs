//! People: signing up, logging in, the profile, the real name.

mod identity;
mod log_in;
mod login_guard;
mod profile;
mod register;
mod rename;
mod set_avatar;
mod verify_identity;

pub use identity::identity;
pub use log_in::{LogIn, log_in};
pub use profile::profile;
pub use register::{Register, register};
pub use rename::rename;
pub use set_avatar::set_avatar;
pub use verify_identity::{VerifyIdentity, verify_identity};
