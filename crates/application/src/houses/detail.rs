//! One house with all that belongs to it.

use minsu_domain::HouseId;
use minsu_ports::HouseDetail;

use crate::{App, AppError};

/// Comments that a house page shows at most (contract, v1 row 17).
const MAX_COMMENTS: u32 = 30;

/// A house as every visitor may see it.
///
/// # Errors
/// [`AppError::HouseNotFound`].
pub async fn detail(app: &App, id: HouseId) -> Result<HouseDetail, AppError> {
    app.store.read().await?.houses().detail(id, MAX_COMMENTS).await?.ok_or(AppError::HouseNotFound)
}
