//! `minsu openapi`: prints the description of the API.

use super::{CommandError, print};
use crate::openapi;

/// Prints the document of the old dialects as JSON, or that of the native API.
///
/// # Errors
/// When standard output is closed.
pub fn openapi(native: bool) -> Result<(), CommandError> {
    print(if native { minsu_dialect_v2::OPENAPI.trim_end() } else { openapi::TEXT.trim_end() })?;
    Ok(())
}
