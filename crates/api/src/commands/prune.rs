//! `minsu prune`: forgets what is not needed any more.

use minsu_application::{App, upkeep};

use super::{CommandError, print};
use crate::settings::Settings;

/// Forgets what the section `[retention]` does not want kept, and says how much it was. It may run
/// beside the site, again and again.
///
/// # Errors
/// When the database refuses.
pub async fn prune(settings: &Settings, app: &App) -> Result<(), CommandError> {
    let pruned = upkeep::prune(app, settings.retention.dead_orders()).await?;
    let upkeep::Pruned { orders, houses, users } = pruned;
    print(format_args!("deleted {orders} dead orders, {houses} withdrawn houses, {users} erased accounts"))?;
    Ok(())
}
