//! The links of a house, for its landlord.

use minsu_domain::{HouseId, Principal};
use minsu_ports::Export;

use crate::{App, AppError, houses::owned};

/// The links of one's own listing, by their id. Their secrets are not kept.
///
/// # Errors
/// [`crate::ListingError::NotFound`], [`crate::ListingError::NotOwner`].
pub async fn list(app: &App, viewer: Principal, house: HouseId) -> Result<Vec<Export>, AppError> {
    let mut session = app.store.read_own().await?;
    owned(session.as_mut(), viewer, house).await?;
    Ok(session.exports().of_house(house).await?)
}
