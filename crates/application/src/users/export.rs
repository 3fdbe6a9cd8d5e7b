//! Everything that the site knows of a person, for that person.

use minsu_domain::UserId;
use minsu_ports::{HouseSummary, Identity, OrderSummary, User};

use crate::{
    App, AppError, houses,
    orders::{self, Role},
    sessions::{self, SessionInfo, SessionToken},
};

/// A person's data in one piece.
#[derive(Debug, Clone)]
pub struct Export {
    /// The profile.
    pub user: User,
    /// The real-name data, if written.
    pub identity: Option<Identity>,
    /// The person's houses.
    pub houses: Vec<HouseSummary>,
    /// Orders as a guest, comments included.
    pub as_guest: Vec<OrderSummary>,
    /// Orders for the person's houses.
    pub as_landlord: Vec<OrderSummary>,
    /// The living sessions.
    pub sessions: Vec<SessionInfo>,
}

/// Collects the data of the person behind a session.
///
/// # Errors
/// [`AppError::UserNotFound`], [`AppError::StoreUnavailable`], [`AppError::CacheUnavailable`].
pub async fn export(app: &App, viewer: UserId, current: &SessionToken) -> Result<Export, AppError> {
    Ok(Export {
        user: super::profile(app, viewer).await?,
        identity: super::identity(app, viewer).await?,
        houses: houses::of_landlord(app, viewer).await?,
        as_guest: orders::list(app, viewer, Role::Guest).await?,
        as_landlord: orders::list(app, viewer, Role::Landlord).await?,
        sessions: sessions::list(app, viewer, current).await?,
    })
}
