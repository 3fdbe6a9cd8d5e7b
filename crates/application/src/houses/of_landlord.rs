//! A landlord's own houses.

use minsu_domain::UserId;
use minsu_ports::HouseSummary;

use crate::{App, AppError};

/// The most houses that one answer lists; the documents have no pages here.
const LIMIT: u32 = 1000;

/// The houses of the person behind a session, newest first.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn of_landlord(app: &App, viewer: UserId) -> Result<Vec<HouseSummary>, AppError> {
    Ok(app.store.read().await?.houses().of_landlord(viewer, LIMIT).await?)
}
