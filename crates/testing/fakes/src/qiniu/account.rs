//! The one account of the service.

/// The access key of the bucket's owner.
pub(super) const ACCESS_KEY: &str = "fake-access-key";
/// Their secret key.
pub(super) const SECRET_KEY: &str = "fake-secret-key";

/// An error of the service: status and text.
pub(super) type Refused = (u16, &'static str);
