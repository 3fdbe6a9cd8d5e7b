//! The landlord accepts or rejects.

use std::collections::BTreeSet;

use minsu_domain::{ChangedBy, Event, OrderEvent, OrderId, OrderReason, OrderStatus, Principal};
use minsu_ports::{OrderAct, OrderNote};

use super::step::take_step;
use crate::{
    App, AppError, OrderError,
    transaction::{Transaction, in_transaction},
};

/// A decision of the landlord.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Accepts the order.
    Accept {
        /// Also where a calendar of another site has a stay on its days.
        despite_conflict: bool,
    },
    /// Rejects it for this reason; the days are free at once.
    Reject(OrderReason),
}

/// Accepts or rejects an order. Of simultaneous decisions exactly one counts; the others find
/// the order in a state that allows no decision.
///
/// # Errors
/// [`OrderError::NotFound`], [`OrderError::TransitionRefused`], [`OrderError::ConflictOpen`].
pub async fn decide(app: &App, viewer: Principal, id: OrderId, decision: &Decision) -> Result<(), AppError> {
    let now = app.clock.now();
    let (today, act) = (app.local(now).date_naive(), OrderAct { by: ChangedBy::Landlord, at: now });
    in_transaction(app, async |transaction| {
        let order = transaction.orders().find(id).await?.ok_or(OrderError::NotFound)?;
        let (step, note, event): (_, _, fn(OrderEvent) -> Event) = match decision {
            Decision::Accept { despite_conflict } => {
                let step = order.accept(viewer.user, (now, today), &app.policy.booking.orders)?;
                if !despite_conflict {
                    demand_no_conflict(transaction, id).await?;
                }
                (step, OrderNote::None, Event::OrderAccepted)
            }
            Decision::Reject(reason) => {
                (order.reject(viewer.user)?, OrderNote::Reason(reason.clone()), Event::OrderRejected)
            }
        };
        take_step(transaction, &order, step, act, &note, event).await?;
        if step.to == OrderStatus::WaitPayment {
            transaction.orders().expire_at(id, app.payment_deadline(now)).await?;
        }
        Ok(())
    })
    .await
}

/// Refuses where a calendar of another site has a stay on days of the order.
async fn demand_no_conflict(transaction: &mut Transaction, id: OrderId) -> Result<(), AppError> {
    let conflicts = transaction.feeds().conflicts_of_order(id).await?;
    let days: BTreeSet<_> = conflicts.into_iter().flat_map(|conflict| conflict.days).collect();
    if days.is_empty() { Ok(()) } else { Err(OrderError::ConflictOpen(days.into_iter().collect()).into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, order, principal};
    use minsu_domain::{FeedId, Money, Order, Quote, QuoteLine, TransitionRefused, parse_day};
    use minsu_ports::{
        FeedConflict,
        testkit::{EventLog, MockUnitOfWork},
    };

    const ACCEPT: Decision = Decision::Accept { despite_conflict: false };

    async fn decided(by: i64, status: OrderStatus, first: bool, decision: Decision) -> (Result<(), AppError>, usize) {
        let mut unit = MockUnitOfWork::default();
        unit.orders.expect_find().returning(move |_| Ok(Some(order(status))));
        unit.orders
            .expect_advance()
            .withf(|_, _, act, _| act.by == ChangedBy::Landlord)
            .returning(move |_, _, _, _| Ok(first));
        unit.occupancy.expect_release().returning(|_| Ok(1));
        unit.occupants.expect_erase().returning(|_| Ok(false));
        unit.feeds.expect_conflicts_of_order().returning(|_| Ok(vec![]));
        let commits = unit.commits.clone();
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        let result = decide(&app, principal(by), OrderId::new(3).unwrap(), &decision).await;
        let entered = |state| OrderEvent::of(&order(status), state);
        let expected = match decision {
            Decision::Accept { .. } => Event::OrderAccepted(entered(OrderStatus::WaitComment)),
            Decision::Reject(_) => Event::OrderRejected(entered(OrderStatus::Rejected)),
        };
        assert_eq!(log.committed(), vec![expected; usize::from(result.is_ok())]);
        (result, commits.count())
    }

    #[tokio::test]
    async fn what_changes_nothing_is_no_success() {
        use TransitionRefused::{WrongParty, WrongState};
        assert!(matches!(decided(1, OrderStatus::WaitAccept, true, ACCEPT).await, (Ok(()), 1)));
        let late = decided(1, OrderStatus::WaitAccept, false, ACCEPT).await;
        assert!(matches!(late, (Err(AppError::Order(OrderError::TransitionRefused(WrongState))), 0)));
        let reject = || Decision::Reject(OrderReason::new("已满").unwrap());
        assert!(matches!(decided(1, OrderStatus::WaitAccept, true, reject()).await, (Ok(()), 1)));
        let guest = decided(2, OrderStatus::WaitAccept, true, reject()).await;
        assert!(matches!(guest, (Err(AppError::Order(OrderError::TransitionRefused(WrongParty))), 0)));
        let again = decided(1, OrderStatus::Rejected, true, reject()).await;
        assert!(matches!(again, (Err(AppError::Order(OrderError::TransitionRefused(WrongState))), 0)));
    }

    #[tokio::test]
    async fn a_stay_that_is_over_is_rejected_at_most() {
        let over = |decision| async move {
            let mut unit = MockUnitOfWork::default();
            // In Beijing it is the 22nd.
            let day = parse_day("2026-11-21").unwrap();
            let quote = Quote::of_lines(vec![QuoteLine::days(day, 1, Money::ZERO).unwrap()]).unwrap();
            let order = Order { start: day, end: day, quote, ..order(OrderStatus::WaitAccept) };
            unit.orders.expect_find().return_once(move |_| Ok(Some(order)));
            unit.orders.expect_advance().returning(|_, _, _, _| Ok(true));
            unit.occupancy.expect_release().returning(|_| Ok(1));
            unit.occupants.expect_erase().returning(|_| Ok(false));
            let app = TestApp::default().store(unit.begun_once()).build();
            decide(&app, principal(1), OrderId::new(3).unwrap(), &decision).await
        };
        let accepted = over(ACCEPT).await;
        assert!(
            matches!(accepted, Err(AppError::Order(OrderError::TransitionRefused(TransitionRefused::StayOver)))),
            "{accepted:?}"
        );
        assert!(over(Decision::Reject(OrderReason::new("已过").unwrap())).await.is_ok());
    }

    #[tokio::test]
    async fn an_order_with_a_conflict_is_accepted_by_who_insists() {
        let accepted = async |despite_conflict| {
            let mut unit = MockUnitOfWork::default();
            unit.orders.expect_find().returning(|_| Ok(Some(order(OrderStatus::WaitAccept))));
            unit.orders.expect_advance().returning(|_, _, _, _| Ok(true));
            unit.feeds.expect_conflicts_of_order().returning(|order| {
                let conflict = |feed, day| FeedConflict {
                    feed: FeedId::new(feed).unwrap(),
                    order,
                    days: [parse_day(day).unwrap()].into(),
                };
                Ok(vec![conflict(1, "2026-12-02"), conflict(2, "2026-12-01"), conflict(3, "2026-12-02")])
            });
            let app = TestApp::default().store(unit.begun_once()).build();
            decide(&app, principal(1), OrderId::new(3).unwrap(), &Decision::Accept { despite_conflict }).await
        };
        let days = ["2026-12-01", "2026-12-02"].map(|day| parse_day(day).unwrap());
        let refused = accepted(false).await;
        assert!(
            matches!(&refused, Err(AppError::Order(OrderError::ConflictOpen(found))) if *found == days),
            "{refused:?}"
        );
        assert!(accepted(true).await.is_ok());
    }

    #[tokio::test]
    async fn an_unknown_order_is_told() {
        let mut unit = MockUnitOfWork::default();
        unit.orders.expect_find().returning(|_| Ok(None));
        let app = TestApp::default().store(unit.begun_once()).build();
        let result = decide(&app, principal(1), OrderId::new(3).unwrap(), &ACCEPT).await;
        assert!(matches!(result, Err(AppError::Order(OrderError::NotFound))));
    }
}
