//! Orders that were not paid in time.

use minsu_domain::{ChangedBy, Event, OrderId};
use minsu_ports::{FaultPoint, LockedOrder, OrderAct, OrderNote, Store};

use crate::{App, AppError, OrderError, orders::take_step, transaction::in_locked_transaction};

/// Cancels an order whose deadline for the payment has passed; its days are free at once. `false` where it was paid
/// meanwhile, is not due, or has an attempt that can still be paid: that one is closed first, see [`super::ask::check`].
///
/// # Errors
/// [`AppError::StoreUnavailable`]; [`crate::OrderError::TransitionRefused`] where a payment came at the same moment.
pub(crate) async fn expire_unpaid(app: &App, id: OrderId) -> Result<bool, AppError> {
    let now = app.clock.now();
    // Locked: an attempt is there to be seen, or its start sees that the order has ended.
    let begin = async |store: &dyn Store| Ok(LockedOrder::begin(store, id).await?.ok_or(OrderError::NotFound)?);
    let expired = in_locked_transaction(app, begin, async |transaction, _| {
        let Some(order) = transaction.orders().find(id).await? else { return Ok(false) };
        let Some(step) = order.expire_unpaid(now) else { return Ok(false) };
        let attempts = transaction.payments().attempts_of(&[id]).await?;
        if attempts.iter().any(|attempt| attempt.state.is_live()) {
            return Ok(false);
        }
        let act = OrderAct { by: ChangedBy::Clock, at: now };
        take_step(transaction, &order, step, act, &OrderNote::None, Event::OrderExpired).await?;
        app.fault_points.reach(FaultPoint::UnpaidCanceled).await;
        Ok(true)
    });
    match expired.await {
        Err(AppError::Order(OrderError::NotFound)) => Ok(false),
        expired => expired,
    }
}
