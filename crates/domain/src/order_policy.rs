//! The site's rules for the course of an order.

use crate::{Money, OrderStatus};

/// Whether an order has to be paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PaymentPolicy {
    /// No payment: an accepted order waits for the guest's comment.
    #[default]
    None,
    /// An accepted order waits for its payment.
    Required,
}

/// The party that answers an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AnswerPolicy {
    /// The landlord: a new order waits until it is accepted or rejected.
    #[default]
    Landlord,
    /// No party: a new order counts as accepted.
    Instant,
}

/// The states that the acts lead to, and when they are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OrderPolicy {
    /// Whether orders have to be paid.
    pub payment: PaymentPolicy,
    /// The party that answers orders.
    pub answer: AnswerPolicy,
    /// Whether a guest may comment on an accepted order before its first day.
    pub comment_before_stay: bool,
}

impl Default for OrderPolicy {
    /// No payment, an answer of the landlord, comments at any time.
    fn default() -> Self {
        Self { payment: PaymentPolicy::None, answer: AnswerPolicy::Landlord, comment_before_stay: true }
    }
}

impl OrderPolicy {
    /// The state of an order of this price that was accepted. One that costs nothing waits for no payment.
    pub fn accepted(&self, price: Money) -> OrderStatus {
        match self.payment {
            PaymentPolicy::Required if price > Money::ZERO => OrderStatus::WaitPayment,
            PaymentPolicy::None | PaymentPolicy::Required => OrderStatus::WaitComment,
        }
    }

    /// The state of a new order of this price.
    pub fn placed(&self, price: Money) -> OrderStatus {
        match self.answer {
            AnswerPolicy::Landlord => OrderStatus::WaitAccept,
            AnswerPolicy::Instant => self.accepted(price),
        }
    }
}
