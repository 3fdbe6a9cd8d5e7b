//! Orders that were not answered in time.

use minsu_domain::{ChangedBy, Event, OrderId};
use minsu_ports::{OrderAct, OrderNote};

use super::step::take_step;
use crate::{App, AppError, transaction::in_transaction};

/// Cancels a waiting order whose deadline has passed; its days are free at once. `false` for one that was answered
/// meanwhile, is not due or is gone: nothing changes.
///
/// # Errors
/// [`AppError::StoreUnavailable`]; [`crate::OrderError::TransitionRefused`] where an answer came at the same moment.
pub(crate) async fn expire(app: &App, id: OrderId) -> Result<bool, AppError> {
    let now = app.clock.now();
    in_transaction(app, async |transaction| {
        let Some(order) = transaction.orders().find(id).await? else { return Ok(false) };
        let Some(step) = order.expire(now) else { return Ok(false) };
        let act = OrderAct { by: ChangedBy::Clock, at: now };
        take_step(transaction, &order, step, act, &OrderNote::None, Event::OrderExpired).await?;
        Ok(true)
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
            let log = EventLog::default();
            let app = TestApp::default().store(unit.begun_once()).subscriber(log.clone()).build();
            assert_eq!(expire(&app, OrderId::new(3).unwrap()).await.unwrap(), expires, "{status:?} {expires_at:?}");
            let event = Event::OrderExpired(OrderEvent::of(&order(status), OrderStatus::Canceled));
            assert_eq!(log.committed(), vec![event; usize::from(expires)]);
        }
    }
}
