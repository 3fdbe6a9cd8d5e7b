//! What a cancellation costs, by how far ahead it is.

use crate::CancellationPreset;

/// All of an amount, in basis points.
const ALL: u32 = 10_000;

/// What is refunded from some time before the stay on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tier {
    /// It holds for cancellations earlier than so many hours before the first day begins; 0 for all others.
    pub hours_ahead: u32,
    /// The share of the days that is refunded, in basis points.
    pub refunded: u32,
    /// Days from the first on that are not refunded at all.
    pub days_kept: u32,
}

/// A time after the agreement in which everything is refunded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Grace {
    /// How long it is, in hours from the confirmation of the order on.
    pub hours: u32,
    /// Only for orders that were confirmed so many hours or more before the first day begins.
    pub hours_ahead: u32,
}

/// A cancellation policy: the first tier that holds decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CancellationPolicy {
    /// From far ahead to short before the stay; the last one holds whenever no other does.
    pub tiers: [Tier; 2],
    /// The time in which everything is refunded.
    pub grace: Grace,
}

impl From<CancellationPreset> for CancellationPolicy {
    /// flexible: all until 24 hours before the first day begins, then all but the first day; moderate: all until 5
    /// days, then half; strict: half until 7 days, then nothing. Each: all within 24 hours of the confirmation when
    /// that was 7 days ahead or more.
    fn from(preset: CancellationPreset) -> Self {
        let tier = |hours_ahead, refunded, days_kept| Tier { hours_ahead, refunded, days_kept };
        let tiers = match preset {
            CancellationPreset::Flexible => [tier(24, ALL, 0), tier(0, ALL, 1)],
            CancellationPreset::Moderate => [tier(5 * 24, ALL, 0), tier(0, ALL / 2, 0)],
            CancellationPreset::Strict => [tier(7 * 24, ALL / 2, 0), tier(0, 0, 0)],
        };
        Self { tiers, grace: Grace { hours: 24, hours_ahead: 7 * 24 } }
    }
}
