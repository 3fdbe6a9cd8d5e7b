//! The guest or the landlord takes an order back.

use chrono::{DateTime, Utc};
use minsu_domain::{
    Agreement, CancellationPreset, ChangedBy, Event, Money, Order, OrderChange, OrderId, OrderReason, OrderStatus,
    Principal, Refund, RefundNumber, Version,
};
use minsu_ports::{FaultPoint, OrderAct, OrderNote, OrderView, Session};

use super::step::take_step;
use crate::{App, AppError, OrderError, payments, transaction::in_transaction};

/// What a cancellation now would come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CancellationPreview {
    /// What the guest gets back, of a price that was paid in full.
    pub refunded: Money,
    /// What the landlord keeps.
    pub kept: Money,
    /// What was paid until now.
    pub paid: Money,
    /// The policy of the order.
    pub policy: CancellationPreset,
    /// The instant from which on less is refunded; none when no later one changes anything.
    pub until: Option<DateTime<Utc>>,
}

/// Cancels an order; its days are free at once. What was paid goes back as far as the policy gives it back. Of
/// simultaneous changes of an order exactly one counts.
///
/// # Errors
/// [`OrderError::NotFound`], [`OrderError::TransitionRefused`].
pub async fn cancel(app: &App, viewer: Principal, id: OrderId, reason: Option<&OrderReason>) -> Result<(), AppError> {
    let now = app.clock.now();
    let refund = RefundNumber::from_random(app.random());
    let note = reason.map_or(OrderNote::None, |reason| OrderNote::Reason(reason.clone()));
    in_transaction(app, async |transaction| {
        let order = transaction.orders().find(id).await?.ok_or(OrderError::NotFound)?;
        let (step, by) = order.cancel(viewer.user, now, app.begin_of(order.last_day()))?;
        let act = OrderAct { by, at: now };
        // The order first, then the ledger, as every change of an order does: the other way round two of them at once
        // could wait for each other.
        take_step(transaction, &order, step, act, &note, Event::OrderCanceled).await?;
        payments::settle_cancellation(app, transaction, &order, (by, now), &refund).await?;
        app.fault_points.reach(FaultPoint::CancellationWritten).await;
        Ok(())
    })
    .await
}

/// Tells what [`cancel`] would come to now. A landlord who cancels refunds everything.
///
/// # Errors
/// As [`cancel`].
pub async fn preview(app: &App, viewer: Principal, id: OrderId) -> Result<CancellationPreview, AppError> {
    let now = app.clock.now();
    let mut session = app.store.read_own().await?;
    let order = session.orders().find(id).await?.ok_or(OrderError::NotFound)?;
    let (_, by) = order.cancel(viewer.user, now, app.begin_of(order.last_day()))?;
    let Refund { refunded, kept, until } = refund_of(app, &mut *session, &order, by, now).await?;
    let paid = if order.status == OrderStatus::Paid { order.quote.total() } else { Money::ZERO };
    Ok(CancellationPreview { refunded, kept, paid, policy: order.cancellation, until })
}

/// What a cancellation refunds of a price that was paid in full: all of it where the guest does not cancel.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub(crate) async fn refund_of(
    app: &App,
    session: &mut (impl Session + ?Sized),
    order: &Order,
    by: ChangedBy,
    now: DateTime<Utc>,
) -> Result<Refund, AppError> {
    if by != ChangedBy::Guest {
        return Ok(Refund { refunded: order.quote.total(), kept: Money::ZERO, until: None });
    }
    let confirmed_at = confirmed_at(session, order).await?;
    let agreement = Agreement { policy: order.cancellation.into(), quote: &order.quote, confirmed_at };
    Ok(agreement.refund(now, |day| app.begin_of(day)))
}

/// Until when an order can be canceled: the instant at which its last occupied day begins.
pub fn cancelable_until(app: &App, order: &OrderView) -> DateTime<Utc> {
    app.begin_of(order.quote.last_day().unwrap_or(order.end))
}

/// When the order became binding; none while it waits for an answer.
async fn confirmed_at(session: &mut (impl Session + ?Sized), order: &Order) -> Result<Option<DateTime<Utc>>, AppError> {
    if order.status == OrderStatus::WaitAccept {
        return Ok(None);
    }
    let history = session.orders().history(order.id, Version::MAX).await?;
    let confirms = |change: &&OrderChange| change.to != OrderStatus::WaitAccept;
    Ok(Some(history.iter().find(confirms).map_or(order.created_at, |change| change.at)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, order, principal};
    use chrono::TimeDelta;
    use minsu_domain::{
        Attempt, AttemptNumber, AttemptState, OrderEvent, PaymentId, PaymentMethod, Received, RefundId,
        TransitionRefused,
    };
    use minsu_ports::testkit::{EventLog, MockUnitOfWork};
    use std::sync::{Arc, Mutex};

    /// The result of a cancellation by a person, and the events that were committed.
    async fn canceled(by: i64, status: OrderStatus, first: bool) -> (Result<(), AppError>, Vec<Event>) {
        let mut unit = MockUnitOfWork::default();
        unit.orders.expect_find().returning(move |_| Ok(Some(order(status))));
        let party = if by == 1 { ChangedBy::Landlord } else { ChangedBy::Guest };
        unit.orders
            .expect_advance()
            .withf(move |_, step, act, note| {
                (step.from, step.to) == (status, OrderStatus::Canceled)
                    && act.by == party
                    && matches!(note, OrderNote::Reason(reason) if reason.as_str() == "改期")
            })
            .returning(move |_, _, _, _| Ok(first));
        unit.occupancy.expect_release().returning(|_| Ok(1));
        unit.occupants.expect_erase().returning(|_| Ok(false));
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        let reason = OrderReason::new("改期").unwrap();
        let result = cancel(&app, principal(by), OrderId::new(3).unwrap(), Some(&reason)).await;
        (result, log.committed())
    }

    #[tokio::test]
    async fn both_parties_cancel_once_and_strangers_do_not() {
        use TransitionRefused::{WrongParty, WrongState};
        for by in [1, 2] {
            let (result, events) = canceled(by, OrderStatus::WaitComment, true).await;
            let event = OrderEvent::of(&order(OrderStatus::WaitComment), OrderStatus::Canceled);
            assert!(result.is_ok());
            assert_eq!(events, [Event::OrderCanceled(event)]);
        }
        for (by, status, first, refused) in [
            (2, OrderStatus::WaitComment, false, WrongState),
            (2, OrderStatus::Complete, true, WrongState),
            (3, OrderStatus::WaitAccept, true, WrongParty),
        ] {
            let (result, events) = canceled(by, status, first).await;
            assert!(matches!(result, Err(AppError::Order(OrderError::TransitionRefused(why))) if why == refused));
            assert_eq!(events, []);
        }
    }

    /// A paid order is moved before its money is: an act that comes at the same moment waits for it at the order.
    #[tokio::test]
    async fn the_order_is_moved_before_the_ledger() {
        let written = Arc::new(Mutex::new(Vec::new()));
        let write = |what: &'static str| {
            let written = written.clone();
            move || written.lock().unwrap().push(what)
        };
        let (order_written, ledger, refund) = (write("order"), write("ledger"), write("refund"));
        let mut unit = MockUnitOfWork::default();
        unit.orders.expect_find().returning(|_| Ok(Some(order(OrderStatus::Paid))));
        unit.orders.expect_advance().returning(move |_, _, _, _| {
            order_written();
            Ok(true)
        });
        let paid = Attempt {
            id: PaymentId::new(1).unwrap(),
            number: AttemptNumber::from_random([1; AttemptNumber::BYTES]),
            order: OrderId::new(3).unwrap(),
            method: PaymentMethod::WechatQr,
            amount: order(OrderStatus::Paid).quote.total(),
            state: AttemptState::Paid,
            reference: None,
            received: Some(Received {
                amount: order(OrderStatus::Paid).quote.total(),
                transaction: "t".to_owned(),
                at: order(OrderStatus::Paid).created_at,
                pays_order: true,
            }),
            created_at: order(OrderStatus::Paid).created_at,
            expires_at: order(OrderStatus::Paid).created_at,
        };
        unit.payments.expect_attempts_of().returning(move |_| Ok(vec![paid.clone()]));
        unit.payments.expect_post().returning(move |_, _| {
            ledger();
            Ok(true)
        });
        unit.payments.expect_add_refund().returning(move |_| {
            refund();
            Ok(RefundId::new(1).ok())
        });
        unit.occupancy.expect_release().returning(|_| Ok(1));
        unit.occupants.expect_erase().returning(|_| Ok(false));
        let app = TestApp::default().store(unit.begun_once()).subscriber(EventLog::default()).build();
        // By the landlord: all goes back.
        cancel(&app, principal(1), OrderId::new(3).unwrap(), None).await.unwrap();
        assert_eq!(*written.lock().unwrap(), ["order", "ledger", "refund"]);
    }

    /// What a person is told of an accepted order that was accepted so long ago; the stay is nine days ahead.
    async fn previewed(by: i64, accepted_ago: TimeDelta) -> CancellationPreview {
        let mut session = MockUnitOfWork::default();
        session.orders.expect_find().returning(|_| Ok(Some(order(OrderStatus::WaitComment))));
        session.orders.expect_history().returning(move |_, _| {
            let placed = order(OrderStatus::WaitAccept).created_at;
            let change = |at, to| OrderChange { at, by: ChangedBy::Landlord, from: None, to, reason: None };
            Ok(vec![
                change(placed - TimeDelta::days(30), OrderStatus::WaitAccept),
                change(placed - accepted_ago, OrderStatus::WaitComment),
            ])
        });
        let app = TestApp::default().store(session.read_own_once()).build();
        preview(&app, principal(by), OrderId::new(3).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn a_preview_tells_the_next_border_of_the_policy() {
        // The clock is at 17:00 UTC on the 21st; the stay begins on 1 December at 14:00 in Beijing.
        let guest = previewed(2, TimeDelta::days(2)).await;
        let border = "2026-11-26T06:00:00Z".parse().unwrap();
        assert_eq!((guest.refunded.fen(), guest.kept.fen(), guest.until), (1999, 0, Some(border)));
        let landlord = previewed(1, TimeDelta::days(2)).await;
        assert_eq!((landlord.refunded.fen(), landlord.kept.fen(), landlord.until), (1999, 0, None));
    }
}
