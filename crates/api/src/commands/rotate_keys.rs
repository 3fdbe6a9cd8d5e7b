//! `minsu rotate-keys`: seals real-name data by the first of the configured keys.

use minsu_application::{App, upkeep};

use super::{CommandError, print};

/// Seals anew what another key sealed, beside the running site. Afterwards no row names another
/// key, and the old ones can leave the settings.
///
/// # Errors
/// When data cannot be opened by any configured key, or the database refuses.
pub async fn rotate_keys(app: &App) -> Result<(), CommandError> {
    let sealed = upkeep::rotate_keys(app).await?;
    print(format_args!("sealed the real-name data of {sealed} people by the key {:?}", app.sealer.current_key()))?;
    Ok(())
}
