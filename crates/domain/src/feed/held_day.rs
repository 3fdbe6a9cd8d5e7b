//! A day that a feed holds here.

use chrono::{DateTime, Utc};

use super::{DayKind, echo::Echo};

/// A day that a feed holds: it cannot be booked here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldDay {
    /// What occupies it there, by the last answer that had it.
    pub kind: DayKind,
    /// Since which good answer the feed does not have it any more.
    pub missing_since: Option<DateTime<Utc>>,
    /// Set while the day is what the channel was told by this site itself.
    pub echo: Option<Echo>,
}

impl HeldDay {
    /// Whether the day comes from this site: it is never exported and raises no conflict.
    pub const fn is_derived(&self) -> bool {
        self.echo.is_some()
    }
}
