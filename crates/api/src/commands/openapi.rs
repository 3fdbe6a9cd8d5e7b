//! `minsu openapi`: prints the description of the API.

use super::{CommandError, print};
use crate::openapi;

/// Prints the document as JSON.
///
/// # Errors
/// When standard output is closed.
pub fn openapi() -> Result<(), CommandError> {
    print(openapi::TEXT.trim_end())?;
    Ok(())
}
