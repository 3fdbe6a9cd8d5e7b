//! `minsu config`: prints the settings in force, or the reference.

use super::{CommandError, print};
use minsu_settings::{REFERENCE, Settings};

/// Prints the settings in force, secrets masked.
///
/// # Errors
/// When a value cannot be written as TOML, or standard output is closed.
pub fn effective(settings: &Settings) -> Result<(), CommandError> {
    print(settings.redacted()?)?;
    Ok(())
}

/// Prints every key with its rule and its default.
///
/// # Errors
/// When standard output is closed.
pub fn reference() -> Result<(), CommandError> {
    print(REFERENCE)?;
    Ok(())
}
