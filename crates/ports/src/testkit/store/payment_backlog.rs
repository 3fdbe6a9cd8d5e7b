//! What is open at the providers.

use minsu_domain::{PaymentMethod, PaymentProviderKind, RefundNumber, RefundReason};

use super::{
    fixtures::{day, fen, instant},
    payments::{add, close, new_attempt, orders, pay, received},
};
use crate::{Difference, DifferenceKind, NewAttempt, NewRefund, ProviderBacklog, Store};

/// Live attempts and refunds without an end, by provider; and differences from a day on.
pub async fn what_is_open_at_providers_is_told(store: &dyn Store) {
    let orders = orders(store, 4).await;
    let backlog = async || store.read_own().await.unwrap().payments().backlog().await.unwrap();
    assert_eq!(backlog().await, []);
    let mut attempts = Vec::new();
    for (order, byte) in orders.iter().zip(1..) {
        let method = if byte == 4 { PaymentMethod::StripeCheckout } else { PaymentMethod::WechatQr };
        attempts.push(add(store, *order, &NewAttempt { method, ..new_attempt(byte) }).await.unwrap());
    }
    for (attempt, byte) in attempts.iter().zip(1..).take(2) {
        assert!(pay(store, *attempt, &received(true)).await);
        let number = RefundNumber::from_random([byte; RefundNumber::BYTES]);
        let (reason, created_at) = (RefundReason::Canceled, instant(70 - i64::from(byte)));
        let refund = NewRefund { number, payment: *attempt, amount: fen(5), reason, created_at };
        let mut unit = store.begin().await.unwrap();
        unit.payments().add_refund(&refund).await.unwrap().unwrap();
        unit.commit().await.unwrap();
    }
    let of =
        |provider, attempts, refunds, oldest_refund| ProviderBacklog { provider, attempts, refunds, oldest_refund };
    let stripe = of(PaymentProviderKind::Stripe, 1, 0, None);
    assert_eq!(backlog().await, [of(PaymentProviderKind::WechatPay, 1, 2, Some(instant(68))), stripe.clone()]);
    assert!(close(store, attempts[2]).await);
    assert_eq!(backlog().await, [of(PaymentProviderKind::WechatPay, 0, 2, Some(instant(68))), stripe]);

    let mut unit = store.begin().await.unwrap();
    for (date, count) in [(1, 2), (3, 1)] {
        let difference = |place: i32| Difference {
            number: place.to_string(),
            kind: DifferenceKind::NotHere,
            theirs: Some(fen(1)),
            ours: None,
        };
        let all: Vec<_> = (0..count).map(difference).collect();
        unit.payments().set_differences(PaymentProviderKind::Stripe, day(date), &all).await.unwrap();
    }
    unit.commit().await.unwrap();
    for (since, count) in [(1, 3), (2, 1), (3, 1), (4, 0)] {
        let mut session = store.read_own().await.unwrap();
        assert_eq!(session.payments().count_differences(day(since)).await.unwrap(), count, "{since}");
    }
}
