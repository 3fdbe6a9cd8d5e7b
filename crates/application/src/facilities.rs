//! Facilities that a house may offer.

use minsu_ports::Facility;

use crate::{App, AppError};

/// All facilities by id.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn list(app: &App) -> Result<Vec<Facility>, AppError> {
    Ok(app.store.read().await?.reference().facilities().await?)
}
