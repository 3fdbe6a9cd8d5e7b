//! `minsu worker`.

use actix_web::rt::signal::unix::{SignalKind, signal};
use minsu_settings::Settings;

use super::{CommandError, migrate};
use crate::{
    wiring::{Site, wire},
    worker::Worker,
};

/// Does due work until SIGTERM or SIGINT, for sites whose `minsu serve` does none (`jobs.in_process = false`).
///
/// # Errors
/// When an adapter cannot be set up, or the schema does not fit.
pub async fn worker(settings: &Settings) -> Result<(), CommandError> {
    migrate::demand_current(settings).await?;
    let Site { state, .. } = wire(settings).await?;
    let (mut terminated, mut interrupted) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let worker = Worker::start(&state.app, settings.jobs.interval());
    tracing::info!("looking for due work");
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
    worker.stop(settings.server.shutdown_timeout()).await;
    tracing::info!("stopped");
    Ok(())
}
