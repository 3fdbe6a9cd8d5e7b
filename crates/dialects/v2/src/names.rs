//! What the dialect is called: in paths, and in the page cache.

/// Where the dialect is mounted.
pub const PREFIX: &str = "/api/v2";

/// Says in the page cache who rendered.
pub(crate) const FORM: &str = "v2";

/// The same for people who are logged in.
pub(crate) const MEMBERS: &str = "v2-members";
