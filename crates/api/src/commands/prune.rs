//! `minsu prune`: forgets what is not needed any more.

use std::time::Duration;

use minsu_application::{App, strays, upkeep};

use super::{CommandError, print};
use crate::settings::Settings;

/// Nobody is still storing a picture that was begun a day ago.
const STRAY_AGE: Duration = Duration::from_secs(86_400);
/// Pictures that are looked at before the next are asked for.
const AT_ONCE: u32 = 500;

/// Forgets what the section `[retention]` does not want kept, and says how much it was. It may run
/// beside the site, again and again.
///
/// # Errors
/// When the database refuses.
pub async fn prune(settings: &Settings, app: &App) -> Result<(), CommandError> {
    let pruned = upkeep::prune(app, settings.retention.dead_orders()).await?;
    let upkeep::Pruned { orders, houses, users } = pruned;
    print(format_args!("deleted {orders} dead orders, {houses} withdrawn houses, {users} erased accounts"))?;
    let mut pictures = 0;
    loop {
        let swept = strays::sweep(app, STRAY_AGE, AT_ONCE).await?;
        pictures += swept;
        if swept < AT_ONCE {
            break;
        }
    }
    print(format_args!("removed {pictures} pictures that nobody shows"))?;
    Ok(())
}
