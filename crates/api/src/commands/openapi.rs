//! `minsu openapi`: prints the description of the API.

use utoipa::OpenApi;

use super::{CommandError, print};
use crate::dialect::v1;

/// What stands above the dialects.
#[derive(OpenApi)]
#[openapi(info(title = "Minsu", description = "Back end of a house-rental site"))]
struct Site;

/// The whole document.
pub fn document() -> utoipa::openapi::OpenApi {
    Site::openapi().nest(v1::PREFIX, v1::Documentation::openapi())
}

/// Prints the document as JSON.
///
/// # Errors
/// When standard output is closed.
pub fn openapi() -> Result<(), CommandError> {
    print(document().to_pretty_json()?)?;
    Ok(())
}
