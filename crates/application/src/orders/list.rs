//! A person's orders, as guest or as landlord.

use minsu_domain::UserId;
use minsu_ports::OrderSummary;

use crate::{App, AppError};

/// The most orders that one answer lists; the documents have no pages here.
const LIMIT: u32 = 1000;

/// Which side of the orders somebody asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Orders that they placed.
    #[default]
    Guest,
    /// Orders for their houses.
    Landlord,
}

impl Role {
    /// Reads the role as the API spells it: `landlord`; anything else is the guest's (`custom`).
    pub fn parse(text: &str) -> Self {
        if text == "landlord" { Self::Landlord } else { Self::Guest }
    }
}

/// The orders of the person behind a session, newest first.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn list(app: &App, viewer: UserId, role: Role) -> Result<Vec<OrderSummary>, AppError> {
    let mut session = app.store.read_own().await?;
    Ok(match role {
        Role::Guest => session.orders().of_guest(viewer, LIMIT).await?,
        Role::Landlord => session.orders().of_landlord(viewer, LIMIT).await?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::{TestApp, user};
    use minsu_ports::testkit::MockUnitOfWork;

    #[tokio::test]
    async fn any_other_role_is_the_guest() {
        for text in ["custom", "", "LANDLORD", "admin"] {
            assert_eq!(Role::parse(text), Role::Guest, "{text}");
        }
        let mut session = MockUnitOfWork::default();
        session.orders.expect_of_landlord().times(1).returning(|_, _| Ok(vec![]));
        session.orders.expect_of_guest().never();
        let app = TestApp::default().store(session.read_own_once()).build();
        assert_eq!(list(&app, user(1), Role::parse("landlord")).await.unwrap(), []);
    }
}
