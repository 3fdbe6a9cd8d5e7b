//! `minsu serve`.

use std::{net::TcpListener, time::Duration};

use super::{CommandError, demo, migrate};
use crate::{
    serve::{ServeOptions, serve as run_server},
    settings::{Profile, Settings},
    wiring::wire,
};

/// Serves the site until SIGTERM. Profile dev brings the schema up by itself and puts a few demo
/// houses on an empty site; profile prod demands a schema that `minsu migrate` made.
///
/// # Errors
/// When an adapter cannot be set up, the schema does not fit, or the address is taken.
pub async fn serve(settings: &Settings) -> Result<(), CommandError> {
    if settings.profile == Profile::Dev {
        std::fs::create_dir_all(&settings.data_dir)?;
        migrate::up(settings).await?;
    } else {
        migrate::demand_current(settings).await?;
    }
    let state = wire(settings).await?;
    if settings.profile == Profile::Dev {
        demo::publish_on_an_empty_site(&state.app).await?;
    }
    let listener = TcpListener::bind(settings.server.listen)?;
    tracing::info!(address = %listener.local_addr()?, profile = ?settings.profile, "serving");
    let options = ServeOptions {
        workers: settings.server.workers,
        shutdown_timeout: Duration::from_secs(settings.server.shutdown_timeout_seconds),
        request_timeout: Duration::from_secs(settings.server.request_timeout_seconds),
    };
    run_server(listener, state, options).await?;
    tracing::info!("stopped");
    Ok(())
}
