//! Messages to people by SMS: what they must act on, in the kinds that the site has templates for and the person wants.

mod choices;
mod send;

use chrono::TimeDelta;

pub use choices::{Notifications, choose, notifications};
pub(crate) use send::send;

/// A message about something longer ago is no news, and not sent.
pub(crate) const STALE: TimeDelta = TimeDelta::hours(12);
