//! `minsu openapi`: prints the description of the API.

use utoipa::OpenApi;

use super::{CommandError, print};
use crate::dialect::v1;

/// The whole document.
#[derive(OpenApi)]
#[openapi(
    info(title = "Minsu", description = "Back end of a house-rental site"),
    nest((path = "/api/v1.0", api = v1::Documentation)),
)]
pub struct Documentation;

/// Prints the document as JSON.
///
/// # Errors
/// When standard output is closed.
pub fn openapi() -> Result<(), CommandError> {
    print(Documentation::openapi().to_pretty_json()?)?;
    Ok(())
}
