//! Everything that the site knows of a person, for that person.

use minsu_domain::UserId;
use minsu_ports::{Identity, OrderSummary, OwnHouse, User};

use crate::{
    App, AppError,
    sessions::{self, SessionInfo, SessionToken},
};

/// Here nothing is left out.
const ALL: u32 = u32::MAX;

/// A person's data in one piece.
#[derive(Debug, Clone)]
pub struct Export {
    /// The profile.
    pub user: User,
    /// The real-name data, if written.
    pub identity: Option<Identity>,
    /// The person's houses.
    pub houses: Vec<OwnHouse>,
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
    let mut store = app.store.read_own().await?;
    Ok(Export {
        user: super::profile(app, viewer).await?,
        identity: super::identity(app, viewer).await?,
        houses: store.houses().all_of_landlord(viewer).await?,
        as_guest: store.orders().of_guest(viewer, ALL).await?,
        as_landlord: store.orders().of_landlord(viewer, ALL).await?,
        sessions: sessions::list(app, viewer, current).await?,
    })
}
