//! The slides of the home page.

use minsu_ports::SlideHouse;

use crate::{App, AppError};

/// Houses on the home page (contract, v1 row 16).
const SLIDES: u32 = 5;

/// The houses with the most guests, of those that have a picture.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn slides(app: &App) -> Result<Vec<SlideHouse>, AppError> {
    Ok(app.store.read().await?.houses().most_booked(SLIDES).await?)
}
