//! The steps of an order that is paid.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{Order, OrderStatus, Transition};

impl Order {
    /// A payment of the whole price arrived. None for an order that waits for no payment: the money is paid back.
    pub fn pay(&self) -> Option<Transition> {
        (self.status == OrderStatus::WaitPayment)
            .then_some(Transition { from: OrderStatus::WaitPayment, to: OrderStatus::Paid })
    }

    /// Whether it waits for its payment and the deadline has passed.
    pub fn is_unpaid(&self, now: DateTime<Utc>) -> bool {
        self.status == OrderStatus::WaitPayment && self.expires_at.is_some_and(|at| at <= now)
    }

    /// The order was not paid in time; the days are free at once. None for an order that is paid, or whose deadline is
    /// still to come. Whether a payment is still possible is for the caller to rule out.
    pub fn expire_unpaid(&self, now: DateTime<Utc>) -> Option<Transition> {
        self.is_unpaid(now).then_some(Transition { from: OrderStatus::WaitPayment, to: OrderStatus::Canceled })
    }

    /// The stay of a paid order is over, and the landlord has earned the money; `today` is the date in the site's time
    /// zone.
    pub fn end_stay(&self, today: NaiveDate) -> Option<Transition> {
        (self.status == OrderStatus::Paid && self.is_over(today))
            .then_some(Transition { from: OrderStatus::Paid, to: OrderStatus::WaitComment })
    }
}
