//! A person's orders, as guest or as landlord.

use minsu_domain::Principal;
use minsu_ports::OrderSummary;

use crate::{App, AppError};

/// The most orders that one answer lists; the documents have no pages here.
const LIMIT: u32 = 1000;

/// The user's side of the orders to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Orders that they placed.
    #[default]
    Guest,
    /// Orders for their houses.
    Landlord,
}

/// The orders of the person behind a session, newest first.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn list(app: &App, viewer: Principal, role: Role) -> Result<Vec<OrderSummary>, AppError> {
    let mut session = app.store.read_own().await?;
    Ok(match role {
        Role::Guest => session.orders().of_guest(viewer.user, LIMIT).await?,
        Role::Landlord => session.orders().of_landlord(viewer.user, LIMIT).await?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, principal};
    use minsu_ports::testkit::MockUnitOfWork;

    #[tokio::test]
    async fn the_role_decides_which_orders_are_listed() {
        let mut session = MockUnitOfWork::default();
        session.orders.expect_of_landlord().times(1).returning(|_, _| Ok(vec![]));
        session.orders.expect_of_guest().never();
        let app = TestApp::default().store(session.read_own_once()).build();
        assert_eq!(list(&app, principal(1), Role::Landlord).await.unwrap(), []);
    }
}
