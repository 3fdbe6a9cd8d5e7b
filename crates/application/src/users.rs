//! Users: signing up, logging in, the profile, the real name.

mod change_mobile;
mod change_password;
mod confirm_session;
mod delete_account;
mod export;
mod identity;
mod log_in;
mod login_guard;
mod password_check;
mod profile;
mod profile_version;
mod register;
mod rename;
mod reset_password;
mod set_avatar;
mod verify_identity;

pub use change_mobile::{ChangeMobile, MobileProof, change_mobile};
pub use change_password::{ChangePassword, change_confirmed_password, change_password};
pub use confirm_session::confirm_session;
pub use delete_account::{delete_account, delete_confirmed_account};
pub use export::{Export, ExportPlace, ExportedListing, ExportedOrder, ExportedPerson, LONGEST_EXPORT};
pub use identity::{has_identity, identity};
pub use log_in::{LogIn, log_in};
pub use profile::profile;
pub(crate) use profile_version::demand as demand_version;
pub use profile_version::{ProfileVersion, version};
pub use register::{Register, register};
pub use rename::rename;
pub use reset_password::{ResetPassword, reset_password};
pub use set_avatar::set_avatar;
pub use verify_identity::{VerifyIdentity, verify_identity};
