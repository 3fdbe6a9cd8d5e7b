//! The result of a check.

/// `Ok`: what was found; `Err`: what is wrong, with its remedy.
pub(super) type Finding = Result<String, String>;
