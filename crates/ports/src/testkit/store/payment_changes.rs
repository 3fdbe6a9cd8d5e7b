//! Attempts against the end of their order, and refunds that are asked for again.

use std::time::Duration;

use futures_util::future::join;
use minsu_domain::{
    AttemptState,
    OrderStatus::{Canceled, WaitAccept},
    PaymentProviderKind, RefundProgress, Transition,
};

use super::{
    fixtures::{act, day, instant, retried},
    payments::{add, add_refund, close, new_attempt, orders, pay, received},
};
use crate::{Difference, DifferenceKind, LockedOrder, OrderNote, PaymentAction, StartedPayment, Store};

/// Waits for some milliseconds, another time each turn.
async fn pause(turn: u64, of: u64) {
    tokio::time::sleep(Duration::from_millis(turn * of % 11)).await;
}

/// Of an attempt and the end of its order at once the second one sees what the first one did, so that one of the two
/// happens.
pub async fn an_attempt_and_the_end_of_its_order_see_each_other(store: &dyn Store) {
    let step = Transition { from: WaitAccept, to: Canceled };
    for (turn, order) in (1..).zip(orders(store, 12).await) {
        let attempt = new_attempt(u8::try_from(turn).unwrap());
        let start = retried(async || {
            pause(turn, 3).await;
            let (mut unit, locked) = LockedOrder::begin(store, order).await?.unwrap();
            let waits = unit.orders().find(order).await?.is_some_and(|order| order.status == WaitAccept);
            pause(turn, 5).await;
            let added = if waits { unit.payments().add_attempt(&locked, &attempt).await? } else { None };
            unit.commit().await.map(|()| added.is_some())
        });
        let end = retried(async || {
            pause(turn, 7).await;
            let (mut unit, _) = LockedOrder::begin(store, order).await?.unwrap();
            let live = unit.payments().attempts_of(&[order]).await?.iter().any(|attempt| attempt.state.is_live());
            pause(turn, 9).await;
            let ended = !live && unit.orders().advance(order, step, act(), &OrderNote::None).await?;
            unit.commit().await.map(|()| ended)
        });
        let (started, ended) = join(start, end).await;
        assert_ne!(started, ended, "order {order}, turn {turn}");
    }
    let unknown = minsu_domain::OrderId::new(i64::from(i32::MAX)).unwrap();
    assert!(LockedOrder::begin(store, unknown).await.unwrap().is_none());
}

/// An attempt that the provider refuses to start is closed, unless another call has started it.
pub async fn only_a_new_attempt_is_refused(store: &dyn Store) {
    let orders = orders(store, 2).await;
    let started = StartedPayment { action: PaymentAction::Qr("q".to_owned()), reference: None, ends_at: None };
    for (order, byte, is_started) in [(orders[0], 1, false), (orders[1], 2, true)] {
        let id = add(store, order, &new_attempt(byte)).await.unwrap();
        let mut unit = store.begin().await.unwrap();
        if is_started {
            assert!(unit.payments().open_attempt(id, &started).await.unwrap());
        }
        assert_eq!(unit.payments().refuse_attempt(id).await.unwrap(), !is_started);
        unit.commit().await.unwrap();
        let state = store.read_own().await.unwrap().payments().attempt(id).await.unwrap().unwrap().state;
        assert_eq!(state, if is_started { AttemptState::Open } else { AttemptState::Closed });
        assert_eq!(add(store, order, &new_attempt(byte + 9)).await.is_some(), !is_started);
    }
}

/// The links and codes of attempts that were closed are forgotten.
pub async fn a_closed_attempt_has_no_link(store: &dyn Store) {
    let order = orders(store, 1).await[0];
    let id = add(store, order, &new_attempt(1)).await.unwrap();
    let action = PaymentAction::Redirect("https://openapi.alipay.com/gateway.do?sign=1".to_owned());
    let mut unit = store.begin().await.unwrap();
    let started = StartedPayment { action, reference: None, ends_at: Some(instant(9)) };
    assert!(unit.payments().open_attempt(id, &started).await.unwrap());
    unit.commit().await.unwrap();
    assert!(close(store, id).await);
    let start = store.read_own().await.unwrap().payments().start_of(id).await.unwrap().unwrap();
    assert_eq!((start.action, start.action_ends_at, start.payer_address), (None, None, None));
}

/// Differences are replaced by those of a later comparison of the day, and forgotten by their days.
pub async fn differences_are_forgotten_by_their_days(store: &dyn Store) {
    let difference = |number: &str| Difference {
        number: number.to_owned(),
        kind: DifferenceKind::NotHere,
        theirs: None,
        ours: None,
    };
    let provider = PaymentProviderKind::Alipay;
    let mut unit = store.begin().await.unwrap();
    for (offset, count) in [(1, 3), (2, 2), (2, 1), (3, 1)] {
        let found: Vec<_> = (0..count).map(|number| difference(&format!("MP{number}"))).collect();
        unit.payments().set_differences(provider, day(offset), &found).await.unwrap();
    }
    for (before, forgotten, left) in [(1, 0, 5), (3, 4, 1), (3, 0, 1), (4, 1, 0)] {
        assert_eq!(unit.payments().count_old_differences(day(before)).await.unwrap(), forgotten);
        assert_eq!(unit.payments().forget_differences(day(before)).await.unwrap(), forgotten);
        assert_eq!(unit.payments().count_differences(day(0)).await.unwrap(), left);
    }
    unit.commit().await.unwrap();
}

/// A refund that failed is listed with the provider's code until it is asked for again; then it is due, without an end.
pub async fn a_failed_refund_is_asked_for_again(store: &dyn Store) {
    use RefundProgress::{Asked, Done, Failed};
    let order = orders(store, 1).await[0];
    let payment = add(store, order, &new_attempt(1)).await.unwrap();
    assert!(pay(store, payment, &received(true)).await);
    let mut ids = Vec::new();
    for byte in 1..=3 {
        ids.push(add_refund(store, payment, byte, 60).await.unwrap());
    }
    let move_on = async |id, from, to, code: Option<&str>| {
        let mut unit = store.begin().await.unwrap();
        let code = code.map(str::to_owned);
        let moved = unit.payments().move_refund(id, from, to, None, code, instant(61)).await.unwrap();
        unit.commit().await.unwrap();
        moved
    };
    let failed = async |after, limit| {
        let found = store.read_own().await.unwrap().payments().failed_refunds(after, limit).await.unwrap();
        found.into_iter().map(|(refund, code)| (refund.id, code)).collect::<Vec<_>>()
    };
    assert!(move_on(ids[0], Asked, Failed, Some("no")).await && move_on(ids[2], Asked, Failed, Some("never")).await);
    assert_eq!(failed(None, 9).await, [(ids[0], "no".to_owned()), (ids[2], "never".to_owned())]);
    assert_eq!(failed(None, 1).await, [(ids[0], "no".to_owned())]);
    assert_eq!(failed(Some(ids[0]), 9).await, [(ids[2], "never".to_owned())]);
    let due = async || store.read_own().await.unwrap().payments().refunds_to_send(instant(60), 9).await.unwrap();
    assert_eq!(due().await, [ids[1]]);
    assert!(move_on(ids[0], Failed, Asked, None).await && !move_on(ids[0], Failed, Asked, None).await);
    assert_eq!((due().await, failed(None, 9).await.len()), (vec![ids[0], ids[1]], 1));
    assert!(move_on(ids[0], Asked, Done, None).await && !move_on(ids[0], Failed, Asked, None).await);
}
