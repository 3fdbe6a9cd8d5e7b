//! Refunds of payments.

use chrono::{DateTime, Utc};

use super::RefundNumber;
use crate::{Money, OrderId, PaymentId, RefundId};

/// How far a refund is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundProgress {
    /// Written down; the provider is called until it answers.
    Asked,
    /// The provider accepted it and is asked about it.
    Pending,
    /// The provider confirmed it.
    Done,
    /// The provider will never carry it out: an administrator decides, and may have it asked for again.
    Failed,
}

impl RefundProgress {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Asked, Self::Pending, Self::Done, Self::Failed];

    /// Whether it does not change any more by itself.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }
}

/// Why money goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefundReason {
    /// The order was canceled: what its policy gives back.
    Canceled,
    /// The order was over when the payment came.
    Late,
    /// The order was paid already.
    PaidTwice,
    /// Something else than the price was paid.
    WrongAmount,
    /// The site gives it back at its own cost.
    Site,
}

impl RefundReason {
    /// Every reason.
    pub const ALL: [Self; 5] = [Self::Canceled, Self::Late, Self::PaidTwice, Self::WrongAmount, Self::Site];
}

/// A refund of a payment. All refunds of a payment together are at most what was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRefund {
    /// Its id.
    pub id: RefundId,
    /// Its number for the provider.
    pub number: RefundNumber,
    /// The payment.
    pub payment: PaymentId,
    /// The order.
    pub order: OrderId,
    /// What is paid back.
    pub amount: Money,
    /// Why.
    pub reason: RefundReason,
    /// How far it is.
    pub progress: RefundProgress,
    /// The provider's own id, once it gave one.
    pub reference: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}
