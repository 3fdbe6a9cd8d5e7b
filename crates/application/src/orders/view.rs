//! One order, for its parties.

use minsu_domain::{OrderChange, OrderId, Principal};
use minsu_ports::{FeedConflict, OrderView};

use crate::{App, AppError, OrderError};

/// The order with this id, if the person is its guest or its landlord. That an order of others exists is not
/// told.
///
/// # Errors
/// [`OrderError::NotFound`].
pub async fn view(app: &App, viewer: Principal, id: OrderId) -> Result<OrderView, AppError> {
    let order = app.store.read_own().await?.orders().view(id).await?;
    let is_party = |order: &OrderView| [order.guest.id, order.landlord.id].contains(&viewer.user);
    order.filter(is_party).ok_or(AppError::Order(OrderError::NotFound))
}

/// An order with its history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeOrder {
    /// The order.
    pub order: OrderView,
    /// Every change up to its version, the oldest first.
    pub history: Vec<OrderChange>,
    /// Its open conflicts with calendars of other sites; for its landlord alone.
    pub conflicts: Vec<FeedConflict>,
}

/// The same with the history of the order.
///
/// # Errors
/// [`OrderError::NotFound`].
pub async fn view_whole(app: &App, viewer: Principal, id: OrderId) -> Result<WholeOrder, AppError> {
    let order = view(app, viewer, id).await?;
    // What is added meanwhile belongs to a later version.
    let mut session = app.store.read_own().await?;
    let history = session.orders().history(id, order.version).await?;
    let is_landlord = order.landlord.id == viewer.user;
    let conflicts = if is_landlord { session.feeds().conflicts_of_order(id).await? } else { Vec::new() };
    Ok(WholeOrder { order, history, conflicts })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, order_view, principal, reading_orders};
    use minsu_domain::ChangedBy;

    #[tokio::test]
    async fn an_order_is_for_its_parties_alone() {
        for (viewer, sees) in [(1, true), (2, true), (3, false)] {
            let store = reading_orders(|orders| {
                orders.expect_view().returning(|id| Ok(Some(order_view(id.get()))));
            });
            let app = TestApp::default().store(store).build();
            let result = view(&app, principal(viewer), OrderId::new(7).unwrap()).await;
            match result {
                Ok(order) => assert!(sees && order.id.get() == 7, "{viewer}"),
                Err(error) => assert!(!sees && matches!(error, AppError::Order(OrderError::NotFound)), "{viewer}"),
            }
        }
    }

    #[tokio::test]
    async fn the_history_is_that_of_the_version_and_for_parties_alone() {
        for viewer in [1, 3] {
            let store = reading_orders(|orders| {
                orders.expect_view().returning(|id| Ok(Some(order_view(id.get()))));
                orders.expect_history().withf(|_, version| version.get() == 1).returning(|id, _| {
                    let order = order_view(id.get());
                    let (by, to) = (ChangedBy::Guest, order.status);
                    Ok(vec![OrderChange { at: order.created_at, by, from: None, to, reason: None }])
                });
            });
            let app = TestApp::default().store(store).build();
            let whole = view_whole(&app, principal(viewer), OrderId::new(7).unwrap()).await;
            assert_eq!(whole.ok().map(|whole| whole.history.len()), (viewer == 1).then_some(1));
        }
    }
}
