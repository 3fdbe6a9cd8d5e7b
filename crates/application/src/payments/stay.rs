//! Stays that are over.

use minsu_domain::{ChangedBy, Event, OrderId};
use minsu_ports::{FaultPoint, OrderAct, OrderNote};

use super::earn;
use crate::{App, AppError, orders::take_step, transaction::in_transaction};

/// Ends the stay of a paid order, whose last day is past: it waits for the guest's comment, and the landlord has earned
/// the money. `false` for one that is not due.
///
/// # Errors
/// [`AppError::StoreUnavailable`]; [`crate::OrderError::TransitionRefused`] where it was moved at the same moment.
pub(crate) async fn end(app: &App, id: OrderId) -> Result<bool, AppError> {
    let now = app.clock.now();
    let today = app.today();
    in_transaction(app, async |transaction| {
        let Some(order) = transaction.orders().find(id).await? else { return Ok(false) };
        let Some(step) = order.end_stay(today) else { return Ok(false) };
        let act = OrderAct { by: ChangedBy::Clock, at: now };
        take_step(transaction, &order, step, act, &OrderNote::None, Event::OrderStayed).await?;
        earn(app, transaction, id, now).await?;
        app.fault_points.reach(FaultPoint::StayEnded).await;
        Ok(true)
    })
    .await
}
