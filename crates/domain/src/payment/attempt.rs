//! Attempts to pay an order.

use chrono::{DateTime, TimeDelta, Utc};

use super::{AttemptNumber, PaymentMethod, RefundReason};
use crate::{Money, OrderId, OrderStatus, PaymentId};

/// The state of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptState {
    /// Written down; the provider may not know it yet.
    New,
    /// The provider told how it is paid.
    Open,
    /// The provider confirmed a payment.
    Paid,
    /// The provider confirmed that nothing was paid and nothing will be.
    Closed,
}

impl AttemptState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::New, Self::Open, Self::Paid, Self::Closed];

    /// Whether it may still be paid. An order has at most one such attempt.
    pub const fn is_live(self) -> bool {
        matches!(self, Self::New | Self::Open)
    }
}

/// A payment that the provider confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// What was paid.
    pub amount: Money,
    /// The provider's number of the payment.
    pub transaction: String,
    /// When it was learnt.
    pub at: DateTime<Utc>,
    /// Whether the order was paid by it; otherwise it is paid back in full.
    pub pays_order: bool,
}

/// An attempt to pay an order. An order may have many, one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its id.
    pub id: PaymentId,
    /// Its number for the provider.
    pub number: AttemptNumber,
    /// The order.
    pub order: OrderId,
    /// How the guest pays.
    pub method: PaymentMethod,
    /// What has to be paid.
    pub amount: Money,
    /// Its state.
    pub state: AttemptState,
    /// The provider's own id, if it gave one.
    pub reference: Option<String>,
    /// What was received; there exactly where the state is [`AttemptState::Paid`].
    pub received: Option<Received>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When the provider takes no money for it any more.
    pub expires_at: DateTime<Utc>,
}

/// What a confirmed payment means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaidOutcome {
    /// The order is paid.
    PaysOrder,
    /// All of it is paid back.
    PaidBack(RefundReason),
}

impl Attempt {
    /// How long after its expiry a payment may still turn up: the clocks of provider and site differ.
    pub const MARGIN: TimeDelta = TimeDelta::minutes(5);

    /// When it expires: at the deadline of the order, but not before the provider's shortest time from `now`.
    pub fn expiry(method: PaymentMethod, now: DateTime<Utc>, deadline: DateTime<Utc>) -> DateTime<Utc> {
        deadline.max(now + method.provider().shortest_life())
    }

    /// Whether an attempt that the provider does not know cannot be paid any more: before, a link that was handed out
    /// can still be opened.
    pub fn is_past(&self, now: DateTime<Utc>) -> bool {
        now >= self.expires_at + Self::MARGIN
    }

    /// What a payment of so much means for an order in this state that costs `due`: it is paid by exactly its price
    /// and only while it waits for that. Everything else goes back.
    pub fn outcome(&self, status: OrderStatus, due: Money, received: Money) -> PaidOutcome {
        if received != self.amount || self.amount != due {
            return PaidOutcome::PaidBack(RefundReason::WrongAmount);
        }
        match status {
            OrderStatus::WaitPayment => PaidOutcome::PaysOrder,
            OrderStatus::Paid | OrderStatus::WaitComment | OrderStatus::Complete => {
                PaidOutcome::PaidBack(RefundReason::PaidTwice)
            }
            OrderStatus::WaitAccept | OrderStatus::Canceled | OrderStatus::Rejected => {
                PaidOutcome::PaidBack(RefundReason::Late)
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn attempt(amount: i64) -> Attempt {
        Attempt {
            id: PaymentId::new(1).unwrap(),
            number: AttemptNumber::from_random([1; AttemptNumber::BYTES]),
            order: OrderId::new(3).unwrap(),
            method: PaymentMethod::Sandbox,
            amount: Money::from_fen(amount).unwrap(),
            state: AttemptState::Open,
            reference: None,
            received: None,
            created_at: DateTime::UNIX_EPOCH,
            expires_at: DateTime::UNIX_EPOCH + TimeDelta::minutes(30),
        }
    }

    proptest! {
        /// An order is paid by its price while it waits for it, and by nothing else.
        #[test]
        fn only_the_price_in_time_pays(
            status in prop::sample::select(OrderStatus::ALL.to_vec()),
            (asked, due, received) in (1i64..4, 1i64..4, 0i64..4),
        ) {
            let money = |fen| Money::from_fen(fen).unwrap();
            let outcome = attempt(asked).outcome(status, money(due), money(received));
            let pays = status == OrderStatus::WaitPayment && asked == due && due == received;
            prop_assert_eq!(outcome == PaidOutcome::PaysOrder, pays);
            let wrong = asked != due || due != received;
            prop_assert_eq!(outcome == PaidOutcome::PaidBack(RefundReason::WrongAmount), wrong);
        }
    }

    #[test]
    fn it_expires_with_the_order_but_not_before_the_provider_can() {
        let (now, minutes) = (DateTime::UNIX_EPOCH, TimeDelta::minutes);
        let expiry = |method, deadline| Attempt::expiry(method, now, now + minutes(deadline)) - now;
        assert_eq!(expiry(PaymentMethod::AlipayPage, 30), minutes(30));
        assert_eq!(expiry(PaymentMethod::WechatQr, 1), minutes(2));
        assert_eq!(expiry(PaymentMethod::StripeCheckout, 30), minutes(35));
        let attempt = attempt(1);
        assert!(!attempt.is_past(attempt.expires_at) && attempt.is_past(attempt.expires_at + minutes(5)));
    }
}
