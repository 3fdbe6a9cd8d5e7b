//! A person's orders page by page, as guest or as landlord.

use chrono::NaiveDate;
use minsu_domain::{HouseId, OrderId, OrderStatus, PageLimit, Principal};
use minsu_ports::{OrderFilter, OrderSide, OrderView};

use super::Role;
use crate::{App, AppError};

/// Which of one's orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListOrders {
    /// On which side.
    pub role: Role,
    /// In one of these states; in any where there is none.
    pub states: Vec<OrderStatus>,
    /// For this house.
    pub house: Option<HouseId>,
    /// Whose first day does not lie before this one.
    pub from: Option<NaiveDate>,
    /// Whose first day does not lie behind this one.
    pub to: Option<NaiveDate>,
    /// Behind this order.
    pub after: Option<OrderId>,
    /// How many at most.
    pub limit: PageLimit,
}

/// A page of orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPage {
    /// The orders, the newest first.
    pub orders: Vec<OrderView>,
    /// Behind which order the next page begins; absent behind the last one.
    pub next: Option<OrderId>,
}

/// The orders of the person behind a session, the newest first.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn page(app: &App, viewer: Principal, query: &ListOrders) -> Result<OrderPage, AppError> {
    let filter = OrderFilter {
        party: viewer.user,
        side: match query.role {
            Role::Guest => OrderSide::Guest,
            Role::Landlord => OrderSide::Landlord,
        },
        states: query.states.clone(),
        house: query.house,
        from: query.from,
        to: query.to,
    };
    let limit = query.limit.get();
    // One more says whether there is a next page.
    let mut orders = app.store.read_own().await?.orders().page(&filter, query.after, limit + 1).await?;
    let is_full = orders.len() > limit as usize;
    orders.truncate(limit as usize);
    Ok(OrderPage { next: orders.last().filter(|_| is_full).map(|order| order.id), orders })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, order_view, principal, reading_orders};

    async fn pages(stored: i64, limit: u32) -> (usize, Option<i64>) {
        let store = reading_orders(move |orders| {
            orders.expect_page().returning(move |filter, _, limit| {
                assert_eq!((filter.party.get(), filter.side), (2, OrderSide::Landlord));
                Ok((1..=stored.min(limit.into())).map(order_view).collect())
            });
        });
        let query = ListOrders {
            role: Role::Landlord,
            states: vec![],
            house: None,
            from: None,
            to: None,
            after: None,
            limit: PageLimit::new(limit).unwrap(),
        };
        let page = page(&TestApp::default().store(store).build(), principal(2), &query).await.unwrap();
        (page.orders.len(), page.next.map(OrderId::get))
    }

    #[tokio::test]
    async fn there_is_a_next_page_while_there_are_orders_for_it() {
        assert_eq!(pages(3, 2).await, (2, Some(2)));
        assert_eq!(pages(2, 2).await, (2, None));
        assert_eq!(pages(0, 2).await, (0, None));
    }
}
