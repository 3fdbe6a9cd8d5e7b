//! The shortest and the longest stay in a house.

use crate::{Field, Invalid};

/// The shortest and the longest stay in a house, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StayLimits {
    min_days: u32,
    max_days: u32,
}

impl StayLimits {
    /// `min_days` ≥ 1; `max_days` 0 (no limit) or ≥ `min_days`.
    ///
    /// # Errors
    /// [`Field::MinDays`] or [`Field::MaxDays`].
    pub const fn new(min_days: u32, max_days: u32) -> Result<Self, Invalid> {
        if min_days == 0 {
            Err(Invalid::range(Field::MinDays))
        } else if max_days != 0 && max_days < min_days {
            Err(Invalid::range(Field::MaxDays))
        } else {
            Ok(Self { min_days, max_days })
        }
    }

    /// The fewest days.
    pub const fn min_days(self) -> u32 {
        self.min_days
    }

    /// The most days; 0 means no limit.
    pub const fn max_days(self) -> u32 {
        self.max_days
    }

    /// Whether a stay of so many days is allowed.
    pub const fn allow(self, days: u32) -> bool {
        days >= self.min_days && (self.max_days == 0 || days <= self.max_days)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_upper_limit_is_written_as_zero() {
        let limits = StayLimits::new(2, 0).unwrap();
        assert!(!limits.allow(1) && limits.allow(2) && limits.allow(3000));
        let limits = StayLimits::new(2, 3).unwrap();
        assert!(!limits.allow(1) && limits.allow(3) && !limits.allow(4));
    }
}
