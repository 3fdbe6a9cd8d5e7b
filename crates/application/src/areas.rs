//! The districts of the city.

use minsu_ports::Area;

use crate::{App, AppError};

/// All districts by id.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn list(app: &App) -> Result<Vec<Area>, AppError> {
    Ok(app.store.read().await?.reference().areas().await?)
}
