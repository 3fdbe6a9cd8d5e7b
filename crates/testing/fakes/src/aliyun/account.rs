//! The one account of the service.

/// The key id of the account.
pub(super) const ACCESS_KEY_ID: &str = "fake-key-id";
/// Its secret.
pub(super) const ACCESS_KEY_SECRET: &str = "fake-key-secret";

/// An error of the service: status, code and message.
pub(super) type Refused = (u16, &'static str, &'static str);
