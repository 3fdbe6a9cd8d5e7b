//! `minsu rotate-keys`: seals real-name data by the first of the configured keys.

use minsu_application::{
    App,
    maintenance::{self, Resealed},
};

use super::{CommandError, print};

/// Seals anew what another key sealed, while the site may be running. When it succeeds, no row names another
/// key, and the old ones can leave the settings.
///
/// # Errors
/// When data cannot be opened by any configured key, after all others were sealed; or the database
/// refuses.
pub async fn rotate_keys(app: &App) -> Result<(), CommandError> {
    let Resealed { people, unopened, orders, unopened_orders, feeds, unopened_feeds, webhooks, unopened_webhooks } =
        maintenance::rotate_keys(app).await?;
    print(format_args!("sealed the real-name data of {people} people by the key {:?}", app.sealer.current_key()))?;
    print(format_args!("sealed the occupants of {orders} orders by the same key"))?;
    print(format_args!("sealed the addresses of {feeds} calendars by the same key"))?;
    print(format_args!("sealed {webhooks} webhooks by the same key"))?;
    match (unopened, unopened_orders, unopened_feeds, unopened_webhooks) {
        (0, 0, 0, 0) => Ok(()),
        (people, orders, feeds, webhooks) => {
            let fault = "no configured key opens the data of";
            let of = format!(
                "{people} people, the occupants of {orders} orders, the addresses of {feeds} calendars and {webhooks} webhooks"
            );
            Err(format!("{fault} {of}; the log has their ids").into())
        }
    }
}
