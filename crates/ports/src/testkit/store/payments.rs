//! Payments: of simultaneous changes one wins.

use futures_util::future::join_all;
use minsu_domain::{
    Attempt, AttemptNumber, AttemptState, OrderId, OrderStatus, PaymentId, PaymentMethod, PaymentProviderKind,
    PaymentRefund, Received, RefundId, RefundNumber, RefundProgress, RefundReason,
};

use super::fixtures::{advance, fen, house, instant, place, retried, stay, user};
use crate::{
    AttemptStart, Doomed, Job, JobFailure, LockedOrder, NewAttempt, NewRefund, OrderNote, PaymentAction, ProviderEvent,
    StartedPayment, Store,
};

pub(super) const AMOUNT: i64 = 19_999;

pub(super) fn number(byte: u8) -> AttemptNumber {
    AttemptNumber::from_random([byte; AttemptNumber::BYTES])
}

pub(super) fn new_attempt(byte: u8) -> NewAttempt {
    NewAttempt {
        number: number(byte),
        method: PaymentMethod::WechatQr,
        amount: fen(AMOUNT),
        return_url: "https://minsu.example/pay?已=1".to_owned(),
        payer_address: Some("192.0.2.7".to_owned()),
        created_at: instant(1),
        expires_at: instant(1_801),
        next_check_at: instant(i64::from(byte) * 10),
    }
}

pub(super) async fn add(store: &dyn Store, order: OrderId, attempt: &NewAttempt) -> Option<PaymentId> {
    retried(async || {
        let (mut unit, locked) = LockedOrder::begin(store, order).await?.unwrap();
        let added = unit.payments().add_attempt(&locked, attempt).await?;
        unit.commit().await.map(|()| added)
    })
    .await
}

async fn read(store: &dyn Store, id: PaymentId) -> Attempt {
    store.read_own().await.unwrap().payments().attempt(id).await.unwrap().unwrap()
}

pub(super) async fn orders(store: &dyn Store, count: u64) -> Vec<OrderId> {
    let (landlord, guest) = (user(store, 1).await, user(store, 2).await);
    let house = house(store, landlord, 0).await;
    let mut orders = Vec::new();
    for number in 0..count {
        orders.push(place(store, house, guest, stay(number, number)).await);
    }
    orders
}

pub(super) fn received(pays_order: bool) -> Received {
    Received { amount: fen(AMOUNT), transaction: "4200001".to_owned(), at: instant(50), pays_order }
}

/// Pays; whether it was the first.
pub(super) async fn pay(store: &dyn Store, id: PaymentId, received: &Received) -> bool {
    retried(async || {
        let mut unit = store.begin().await?;
        let first = unit.payments().pay_attempt(id, received).await?;
        unit.commit().await.map(|()| first)
    })
    .await
}

pub(super) async fn close(store: &dyn Store, id: PaymentId) -> bool {
    retried(async || {
        let mut unit = store.begin().await?;
        let first = unit.payments().close_attempt(id).await?;
        unit.commit().await.map(|()| first)
    })
    .await
}

/// An attempt reads back, is opened once and keeps what the browser does.
pub async fn an_attempt_reads_back(store: &dyn Store) {
    let order = orders(store, 1).await[0];
    let new = new_attempt(1);
    let id = add(store, order, &new).await.unwrap();
    let attempt = Attempt {
        id,
        number: new.number.clone(),
        order,
        method: new.method,
        amount: new.amount,
        state: AttemptState::New,
        reference: None,
        received: None,
        created_at: new.created_at,
        expires_at: new.expires_at,
    };
    assert_eq!(read(store, id).await, attempt);
    let start = async || store.read_own().await.unwrap().payments().start_of(id).await.unwrap().unwrap();
    let began = AttemptStart {
        return_url: new.return_url.clone(),
        payer_address: new.payer_address.clone(),
        action: None,
        action_ends_at: None,
    };
    assert_eq!(start().await, began);
    let open = async |started: &StartedPayment| {
        let mut unit = store.begin().await.unwrap();
        let opened = unit.payments().open_attempt(id, started).await.unwrap();
        unit.commit().await.unwrap();
        opened
    };
    let action = PaymentAction::Redirect("https://wx.tenpay.com/1".to_owned());
    let ended = StartedPayment { action, reference: None, ends_at: Some(instant(300)) };
    assert!(open(&ended).await);
    let seen = start().await;
    assert_eq!((seen.action_at(instant(299)), seen.action_at(instant(300))), (Some(&ended.action), None));
    // What is told later counts.
    let action = PaymentAction::Qr("weixin://wxpay/bizpayurl?pr=1".to_owned());
    let started = StartedPayment { action: action.clone(), reference: Some("cs_1".to_owned()), ends_at: None };
    assert!(open(&started).await);
    assert_eq!(start().await, AttemptStart { action: Some(action), ..began.clone() });
    assert!(pay(store, id, &received(true)).await && !open(&started).await);
    let settled = AttemptStart { payer_address: None, ..began.clone() };
    assert_eq!(start().await, settled, "signed links of payers are not kept");
    let paid = Attempt {
        state: AttemptState::Paid,
        reference: Some("cs_1".to_owned()),
        received: Some(received(true)),
        ..attempt
    };
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.payments().attempt_of_number(&number(1)).await.unwrap(), Some(paid.clone()));
    assert_eq!(session.payments().attempts_of(&[order]).await.unwrap(), std::slice::from_ref(&paid));
    assert_eq!(session.payments().attempts_of(&[]).await.unwrap(), []);
    assert_eq!(session.payments().attempt_of_number(&number(2)).await.unwrap(), None);
    assert_eq!(session.payments().received_between(instant(50), instant(51)).await.unwrap(), [paid]);
    assert_eq!(session.payments().received_between(instant(49), instant(50)).await.unwrap(), []);
}

/// Of sixteen attempts for an order at once one can be paid; when it is closed, another one can.
pub async fn an_order_has_one_live_attempt(store: &dyn Store) {
    let order = orders(store, 1).await[0];
    let attempts = (1..=16).map(|byte| async move { add(store, order, &new_attempt(byte)).await });
    let added: Vec<_> = join_all(attempts).await.into_iter().flatten().collect();
    assert_eq!(added.len(), 1);
    assert!(close(store, added[0]).await && !close(store, added[0]).await);
    let second = add(store, order, &new_attempt(20)).await.unwrap();
    assert!(add(store, order, &new_attempt(21)).await.is_none());
    // One that was closed can turn out to be paid; the other one stays.
    assert!(pay(store, added[0], &received(false)).await);
    assert!(read(store, second).await.state.is_live());
}

/// Of sixteen payments and closings at once the payment happens once and is never undone.
pub async fn a_payment_happens_once(store: &dyn Store) {
    let order = orders(store, 1).await[0];
    let id = add(store, order, &new_attempt(1)).await.unwrap();
    let won = join_all((0..16).map(|turn| async move {
        if turn % 2 == 0 {
            return pay(store, id, &received(true)).await;
        }
        close(store, id).await;
        false
    }));
    assert_eq!(won.await.into_iter().filter(|first| *first).count(), 1);
    assert_eq!(read(store, id).await.state, AttemptState::Paid);
    assert!(!close(store, id).await);
}

/// What is to be asked about comes in the order of its time, until it is settled.
pub async fn attempts_come_when_they_are_due(store: &dyn Store) {
    let orders = orders(store, 3).await;
    let mut ids = Vec::new();
    for (order, byte) in orders.iter().zip([3, 1, 2]) {
        ids.push(add(store, *order, &new_attempt(byte)).await.unwrap());
    }
    let due = async |now, limit| {
        store.read_own().await.unwrap().payments().attempts_to_check(instant(now), limit).await.unwrap()
    };
    assert_eq!(due(9, 9).await, []);
    assert_eq!(due(30, 9).await, [ids[1], ids[2], ids[0]]);
    assert_eq!(due(30, 1).await, [ids[1]]);
    let mut unit = store.begin().await.unwrap();
    unit.payments().check_attempt_at(ids[1], instant(40)).await.unwrap();
    let job = Job::SettlePayments;
    let failure = JobFailure { job, subject: ids[2].get(), attempts: 1, next_at: Some(instant(99)), error: "x".into() };
    unit.jobs().failed(&failure).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(due(30, 9).await, [ids[0]]);
    assert_eq!(due(99, 9).await, [ids[2], ids[0], ids[1]]);
    assert!(pay(store, ids[0], &received(true)).await && close(store, ids[1]).await);
    assert_eq!(due(99, 9).await, [ids[2]]);
}

pub(super) async fn add_refund(store: &dyn Store, payment: PaymentId, byte: u8, amount: i64) -> Option<RefundId> {
    let number = RefundNumber::from_random([byte; RefundNumber::BYTES]);
    let refund =
        NewRefund { number, payment, amount: fen(amount), reason: RefundReason::Canceled, created_at: instant(60) };
    retried(async || {
        let mut unit = store.begin().await?;
        let added = unit.payments().add_refund(&refund).await?;
        unit.commit().await.map(|()| added)
    })
    .await
}

/// Refunds at once are never more than what was received, and nothing is paid back of what was not received.
pub async fn refunds_stay_within_the_payment(store: &dyn Store) {
    let order = orders(store, 1).await[0];
    let id = add(store, order, &new_attempt(1)).await.unwrap();
    assert_eq!(add_refund(store, id, 99, 1).await, None);
    assert!(pay(store, id, &received(true)).await);
    let refunds = (1..=16).map(|byte| async move { add_refund(store, id, byte, 5_000).await });
    assert_eq!(join_all(refunds).await.into_iter().flatten().count(), 3);
    assert_eq!(add_refund(store, id, 20, AMOUNT - 14_999).await, None);
    assert!(add_refund(store, id, 21, AMOUNT - 15_000).await.is_some());
    assert_eq!(store.read_own().await.unwrap().payments().refunds_of(&[order]).await.unwrap().len(), 4);
}

/// A refund reads back, moves on once and is due until it is over.
pub async fn a_refund_moves_on_once(store: &dyn Store) {
    let order = orders(store, 1).await[0];
    let payment = add(store, order, &new_attempt(1)).await.unwrap();
    assert!(pay(store, payment, &received(true)).await);
    let id = add_refund(store, payment, 7, 60).await.unwrap();
    let refund = PaymentRefund {
        id,
        number: RefundNumber::from_random([7; RefundNumber::BYTES]),
        payment,
        order,
        amount: fen(60),
        reason: RefundReason::Canceled,
        progress: RefundProgress::Asked,
        reference: None,
        created_at: instant(60),
    };
    let due = async |now| store.read_own().await.unwrap().payments().refunds_to_send(instant(now), 9).await.unwrap();
    let move_on = async |from, to, reference: Option<&str>, at| {
        let mut unit = store.begin().await.unwrap();
        let reference = reference.map(str::to_owned);
        let moved = unit.payments().move_refund(id, from, to, reference, None, instant(at)).await.unwrap();
        unit.commit().await.unwrap();
        moved
    };
    assert_eq!((due(59).await, due(60).await), (vec![], vec![id]));
    assert!(move_on(RefundProgress::Asked, RefundProgress::Pending, Some("re_1"), 61).await);
    assert!(!move_on(RefundProgress::Asked, RefundProgress::Failed, None, 62).await);
    let mut unit = store.begin().await.unwrap();
    unit.payments().check_refund_at(id, instant(70)).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!((due(69).await, due(70).await), (vec![], vec![id]));
    assert!(move_on(RefundProgress::Pending, RefundProgress::Done, None, 71).await);
    assert_eq!(due(99).await, []);
    let done = PaymentRefund { progress: RefundProgress::Done, reference: Some("re_1".to_owned()), ..refund };
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.payments().refund(id).await.unwrap(), Some(done.clone()));
    assert_eq!(session.payments().refund_of_number(&done.number).await.unwrap(), Some(done.clone()));
    assert_eq!(session.payments().refunded_between(instant(71), instant(72)).await.unwrap(), [done]);
    assert_eq!(session.payments().refunded_between(instant(60), instant(71)).await.unwrap(), []);
}

/// A message of a provider is kept once; one of another provider with its id is another.
pub async fn a_message_is_kept_once(store: &dyn Store) {
    let event = |provider| ProviderEvent {
        provider,
        id: "n1".to_owned(),
        number: number(1),
        kind: "paid",
        received_at: instant(5),
    };
    let note = async |provider| {
        retried(async || {
            let mut unit = store.begin().await?;
            let first = unit.payments().note_event(&event(provider)).await?;
            unit.commit().await.map(|()| first)
        })
        .await
    };
    let noted = join_all((0..16).map(|_| note(PaymentProviderKind::Alipay))).await;
    assert_eq!(noted.into_iter().filter(|first| *first).count(), 1);
    assert!(note(PaymentProviderKind::Stripe).await);
    for (before, forgotten) in [(5, 0), (6, 2), (6, 0)] {
        let mut unit = store.begin().await.unwrap();
        assert_eq!(unit.payments().count_events(instant(before)).await.unwrap(), forgotten);
        assert_eq!(unit.payments().forget_events(instant(before), 10).await.unwrap(), forgotten);
        unit.commit().await.unwrap();
    }
}

/// A dead order goes with the attempts that were not paid, and stays where money came in or may still come.
pub async fn a_dead_order_goes_with_its_closed_attempts(store: &dyn Store) {
    let orders = orders(store, 3).await;
    let mut attempts = Vec::new();
    for (order, byte) in orders.iter().zip(1..) {
        advance(store, *order, OrderStatus::WaitAccept, OrderStatus::Canceled, &OrderNote::None).await;
        attempts.push(add(store, *order, &new_attempt(byte)).await.unwrap());
    }
    assert!(pay(store, attempts[1], &received(false)).await);
    let mut unit = store.begin().await.unwrap();
    assert!(unit.payments().close_attempt(attempts[0]).await.unwrap());
    let doomed = unit.maintenance().doomed(Doomed::Orders, instant(1_000_000), 0, 10).await.unwrap();
    assert_eq!(doomed, [orders[0].get()]);
    assert_eq!(unit.maintenance().delete_dead_orders(instant(1_000_000), 10).await.unwrap(), 1);
    unit.commit().await.unwrap();
    let mut session = store.read_own().await.unwrap();
    assert_eq!(session.payments().attempt(attempts[0]).await.unwrap(), None);
    assert_eq!(session.payments().attempts_of(&orders).await.unwrap().len(), 2);
}
