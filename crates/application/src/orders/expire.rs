//! Orders that were not answered in time.

use minsu_domain::{ChangedBy, Event, OrderId, TransitionRefused};
use minsu_ports::{FaultPoint, OrderAct, OrderNote};

use super::step::take_step;
use crate::{App, AppError, OrderError, transaction::in_transaction};

/// Cancels those of a few waiting orders whose deadline has passed, in one transaction; their days are free at once.
/// Returns how many: one that was answered meanwhile, is not due or is gone stays as it is.
///
/// # Errors
/// [`AppError::StoreUnavailable`], [`AppError::Internal`]; then none of them was canceled.
pub(crate) async fn expire(app: &App, orders: &[OrderId]) -> Result<u64, AppError> {
    let (now, points) = (app.clock.now(), &app.fault_points);
    in_transaction(app, async |transaction| {
        let mut expired = 0;
        for id in orders {
            let Some(order) = transaction.orders().find(*id).await? else { continue };
            points.reach(FaultPoint::SubjectRead).await;
            let Some(step) = order.expire(now) else { continue };
            let act = OrderAct { by: ChangedBy::Clock, at: now };
            match take_step(transaction, &order, step, act, &OrderNote::None, Event::OrderExpired).await {
                Ok(()) => expired += 1,
                // An answer came at the same moment and was first; nothing was written.
                Err(AppError::Order(OrderError::TransitionRefused(TransitionRefused::WrongState))) => {}
                Err(error) => return Err(error),
            }
            points.reach(FaultPoint::SubjectChanged).await;
        }
        Ok(expired)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, now, order};
    use chrono::TimeDelta;
    use minsu_domain::{Order, OrderEvent, OrderStatus};
    use minsu_ports::testkit::{EventLog, MockUnitOfWork};

    #[tokio::test]
    async fn only_waiting_orders_expire_and_only_after_their_deadline() {
        let (past, future) = (now() - TimeDelta::seconds(1), now() + TimeDelta::seconds(1));
        for (status, expires_at, expires) in [
            (OrderStatus::WaitAccept, Some(past), true),
            (OrderStatus::WaitAccept, Some(now()), true),
            (OrderStatus::WaitAccept, Some(future), false),
            (OrderStatus::WaitAccept, None, false),
            (OrderStatus::WaitComment, Some(past), false),
            (OrderStatus::Canceled, Some(past), false),
        ] {
            let found = Order { expires_at, ..order(status) };
            let mut unit = MockUnitOfWork::default();
            unit.orders.expect_find().return_once(move |_| Ok(Some(found)));
            unit.orders
                .expect_advance()
                .withf(|_, _, act, note| (act.by, note) == (ChangedBy::Clock, &OrderNote::None))
                .times(usize::from(expires))
                .returning(|_, _, _, _| Ok(true));
            unit.occupancy.expect_release().times(usize::from(expires)).returning(|_| Ok(1));
            unit.occupants.expect_erase().returning(|_| Ok(false));
            let log = EventLog::default();
            let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
            let expired = expire(&app, &[OrderId::new(3).unwrap()]).await.unwrap();
            assert_eq!(expired, u64::from(expires), "{status:?} {expires_at:?}");
            let event = Event::OrderExpired(OrderEvent::of(&order(status), OrderStatus::Canceled));
            assert_eq!(log.committed(), vec![event; usize::from(expires)]);
        }
    }

    #[tokio::test]
    async fn an_answer_at_the_same_moment_keeps_its_order_and_no_other() {
        let mut unit = MockUnitOfWork::default();
        unit.orders.expect_find().returning(|id| {
            let due = Order { id, expires_at: Some(now()), ..order(OrderStatus::WaitAccept) };
            Ok(Some(due).filter(|order| order.id.get() != 6))
        });
        // Number 4 was accepted meanwhile, number 6 is gone.
        unit.orders.expect_advance().times(3).returning(|id, _, _, _| Ok(id.get() != 4));
        unit.occupancy.expect_release().times(2).returning(|_| Ok(1));
        unit.occupants.expect_erase().times(2).returning(|_| Ok(false));
        let log = EventLog::default();
        let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
        let orders = [3, 4, 5, 6].map(|id| OrderId::new(id).unwrap());
        assert_eq!(expire(&app, &orders).await.unwrap(), 2);
        assert_eq!(log.committed().len(), 2);
    }
}
