//! The days around a stay: whether it fills a gap between occupied days.

use chrono::{Days, NaiveDate};

use crate::{Occupant, Stay};

/// Whether a stay could be made longer at either end, as far as free days go. One that cannot at both ends fills its
/// gap and may be shorter than the house allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Neighbours {
    /// The day before is occupied, or the stay begins today.
    pub before: bool,
    /// A day more at the end would take an occupied day, or put a preparation day on the stay of an order.
    pub after: bool,
}

impl Neighbours {
    /// The neighbours of a stay with so many preparation days, by the occupied days from [`Self::days`].
    pub fn of(stay: &Stay, preparation: u32, today: NaiveDate, occupied: &[(NaiveDate, Occupant)]) -> Self {
        let next = stay.last() + Days::new(1);
        let last_prepared = next + Days::new(preparation.into());
        let is_before = |day: NaiveDate| Some(day) == stay.start().pred_opt();
        let ends = |day: NaiveDate, occupant: Occupant| {
            day == next || (day > next && day <= last_prepared && matches!(occupant, Occupant::Order(_)))
        };
        Self {
            before: stay.start() == today || occupied.iter().any(|(day, _)| is_before(*day)),
            after: occupied.iter().any(|(day, occupant)| ends(*day, *occupant)),
        }
    }

    /// The first and the last day whose occupants decide.
    pub fn days(stay: &Stay, preparation: u32) -> (NaiveDate, NaiveDate) {
        let before = stay.start().pred_opt().unwrap_or(stay.start());
        (before, stay.last() + Days::new(1 + u64::from(preparation)))
    }

    /// Whether the stay fills its gap.
    pub const fn is_gap(self) -> bool {
        self.before && self.after
    }
}
