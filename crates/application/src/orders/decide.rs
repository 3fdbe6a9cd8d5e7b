//! The landlord accepts or rejects.

use minsu_domain::{OrderId, RejectReason, TransitionRefused, UserId};
use minsu_ports::{Event, OrderNote, Scope};

use crate::{App, AppError, changes::announce, unit::in_unit};

/// What the landlord decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The guest is welcome.
    Accept,
    /// The guest is not, for this reason; the days are free at once.
    Reject(RejectReason),
}

/// Accepts or rejects an order. Of simultaneous decisions exactly one counts; the others find
/// the order in a state that allows them nothing.
///
/// # Errors
/// [`AppError::OrderNotFound`], [`AppError::TransitionRefused`].
pub async fn decide(app: &App, viewer: UserId, id: OrderId, decision: &Decision) -> Result<(), AppError> {
    let decided = in_unit(app, async |unit| {
        let order = unit.orders().find(id).await?.ok_or(AppError::OrderNotFound)?;
        let (step, note) = match decision {
            Decision::Accept => (order.accept(viewer)?, OrderNote::None),
            Decision::Reject(reason) => (order.reject(viewer)?, OrderNote::RejectReason(reason.clone())),
        };
        if unit.orders().advance(id, step, &note).await? {
            Ok(step.to)
        } else {
            Err(TransitionRefused::WrongState.into())
        }
    })
    .await;
    if matches!(decision, Decision::Reject(_)) {
        announce(app, &decided, &[Scope::Availability]).await;
    }
    app.events.happened(Event::OrderEntered(decided?));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, order, pages_changed, user};
    use minsu_domain::OrderStatus;
    use minsu_ports::testkit::{MockPageCache, MockUnitOfWork};

    async fn decided(by: i64, status: OrderStatus, first: bool, decision: Decision) -> (Result<(), AppError>, usize) {
        let mut unit = MockUnitOfWork::default();
        unit.orders.expect_find().returning(move |_| Ok(Some(order(status))));
        unit.orders.expect_advance().returning(move |_, _, _| Ok(first));
        let commits = unit.commits.clone();
        let rejected = first && by == 1 && status == OrderStatus::WaitAccept && matches!(decision, Decision::Reject(_));
        let pages = if rejected { pages_changed(&[Scope::Availability]) } else { MockPageCache::new() };
        let app = TestApp::default().store(unit.begun_once()).pages(pages).build();
        (decide(&app, user(by), OrderId::new(3).unwrap(), &decision).await, commits.count())
    }

    #[tokio::test]
    async fn what_changes_nothing_is_no_success() {
        use TransitionRefused::{WrongParty, WrongState};
        assert!(matches!(decided(1, OrderStatus::WaitAccept, true, Decision::Accept).await, (Ok(()), 1)));
        let late = decided(1, OrderStatus::WaitAccept, false, Decision::Accept).await;
        assert!(matches!(late, (Err(AppError::TransitionRefused(WrongState)), 0)));
        let reject = || Decision::Reject(RejectReason::new("已满").unwrap());
        assert!(matches!(decided(1, OrderStatus::WaitAccept, true, reject()).await, (Ok(()), 1)));
        let guest = decided(2, OrderStatus::WaitAccept, true, reject()).await;
        assert!(matches!(guest, (Err(AppError::TransitionRefused(WrongParty)), 0)));
        let again = decided(1, OrderStatus::Rejected, true, reject()).await;
        assert!(matches!(again, (Err(AppError::TransitionRefused(WrongState)), 0)));
    }

    #[tokio::test]
    async fn an_unknown_order_is_told() {
        let mut unit = MockUnitOfWork::default();
        unit.orders.expect_find().returning(|_| Ok(None));
        let app = TestApp::default().store(unit.begun_once()).build();
        let result = decide(&app, user(1), OrderId::new(3).unwrap(), &Decision::Accept).await;
        assert!(matches!(result, Err(AppError::OrderNotFound)));
    }
}
