//! Writes a change of an order's state.

use minsu_domain::{Event, Order, OrderEvent, Transition, TransitionRefused};
use minsu_ports::{OrderAct, OrderNote};

use crate::{AppError, transaction::Transaction};

/// Moves an order with its note, an entry of its history included, releases its days and erases the
/// people who were to stay where the new state holds no days, and records the event. Every change of state goes through here, so that none can keep the days by mistake, and none
/// stays unrecorded.
///
/// # Errors
/// [`TransitionRefused::WrongState`] when another transaction moved the order first.
pub(crate) async fn take_step(
    transaction: &mut Transaction,
    order: &Order,
    step: Transition,
    act: OrderAct,
    note: &OrderNote,
    event: fn(OrderEvent) -> Event,
) -> Result<(), AppError> {
    if !transaction.orders().advance(order.id, step, act, note).await? {
        return Err(TransitionRefused::WrongState.into());
    }
    if !step.to.holds_days() {
        transaction.occupancy().release(order).await?;
        transaction.occupants().erase(order.id).await?;
    }
    transaction.record(event(OrderEvent::of(order, step.to)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        OrderError,
        test_app::{TestApp, order},
        transaction::in_transaction,
    };
    use minsu_domain::{ChangedBy, OrderStatus};
    use minsu_ports::testkit::{EventLog, MockUnitOfWork};

    /// The result, and the events that were committed.
    async fn stepped(to: OrderStatus, first: bool, releases: usize) -> (Result<(), AppError>, Vec<Event>) {
        let mut unit = MockUnitOfWork::default();
        unit.orders.expect_advance().times(1).returning(move |_, _, _, _| Ok(first));
        unit.occupancy.expect_release().times(releases).returning(|_| Ok(3));
        unit.occupants.expect_erase().times(releases).returning(|_| Ok(true));
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        let step = Transition { from: OrderStatus::WaitAccept, to };
        let order = order(OrderStatus::WaitAccept);
        let act = OrderAct { by: ChangedBy::Landlord, at: order.created_at };
        let taken = in_transaction(&app, async |transaction| {
            take_step(transaction, &order, step, act, &OrderNote::None, Event::OrderRejected).await
        });
        (taken.await, log.committed())
    }

    #[tokio::test]
    async fn days_are_released_exactly_by_states_that_hold_none() {
        for status in OrderStatus::ALL {
            let releases = usize::from(matches!(status, OrderStatus::Rejected | OrderStatus::Canceled));
            let (taken, events) = stepped(status, true, releases).await;
            assert!(taken.is_ok());
            let entered = OrderEvent::of(&order(OrderStatus::WaitAccept), status);
            assert_eq!(events, [Event::OrderRejected(entered)]);
        }
    }

    #[tokio::test]
    async fn a_step_that_came_second_releases_and_records_nothing() {
        let (refused, events) = stepped(OrderStatus::Rejected, false, 0).await;
        let wrong = TransitionRefused::WrongState;
        assert!(matches!(refused, Err(AppError::Order(OrderError::TransitionRefused(refused))) if refused == wrong));
        assert_eq!(events, []);
    }
}
