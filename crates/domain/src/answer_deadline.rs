//! The deadline for a landlord's answer.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{Order, OrderStatus, Transition};

/// A request has at least so many hours, however near its first day is: one for today can be accepted today.
const AT_LEAST: TimeDelta = TimeDelta::hours(2);

/// The instant at which a request expires that was made at `made_at`: `answer_hours` later, or when its first day
/// begins if that is earlier, but never less than two hours after it was made.
pub fn answer_deadline(made_at: DateTime<Utc>, first_day_begins: DateTime<Utc>, answer_hours: u32) -> DateTime<Utc> {
    (made_at + TimeDelta::hours(answer_hours.into())).min(first_day_begins).max(made_at + AT_LEAST)
}

impl Order {
    /// Whether the deadline for the landlord's answer has passed.
    pub fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.status == OrderStatus::WaitAccept && self.expires_at.is_some_and(|at| at <= now)
    }

    /// The order was not answered in time; the days are free at once. None for an order that was answered, or whose
    /// deadline is still to come.
    pub fn expire(&self, now: DateTime<Utc>) -> Option<Transition> {
        self.is_expired(now).then_some(Transition { from: OrderStatus::WaitAccept, to: OrderStatus::Canceled })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_day_shortens_it_but_not_below_two_hours() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let made = at("2027-03-01T10:00:00Z");
        for (begins, hours, expected) in [
            ("2027-04-01T06:00:00Z", 24, "2027-03-02T10:00:00Z"),
            ("2027-03-02T06:00:00Z", 24, "2027-03-02T06:00:00Z"),
            ("2027-03-01T11:00:00Z", 24, "2027-03-01T12:00:00Z"),
            ("2027-03-01T06:00:00Z", 24, "2027-03-01T12:00:00Z"),
            ("2027-04-01T06:00:00Z", 1, "2027-03-01T12:00:00Z"),
        ] {
            assert_eq!(answer_deadline(made, at(begins), hours), at(expected), "{begins} {hours}");
        }
    }
}
