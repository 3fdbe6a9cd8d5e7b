//! What a landlord sets for one date.

use crate::Money;

/// The rules of one date; what it leaves open is as the season or the house has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DateRule {
    /// The price of the day.
    pub price: Option<Money>,
    /// The shortest stay that begins on it, at least one day.
    pub min_days: Option<u32>,
    /// Whether no stay may begin on it.
    pub closed_to_arrival: Option<bool>,
    /// Whether no stay may end on it.
    pub closed_to_departure: Option<bool>,
}

impl DateRule {
    /// Whether it sets nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
