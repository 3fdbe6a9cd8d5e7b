//! `minsu serve`.

use std::{net::TcpListener, sync::Arc};

use listenfd::ListenFd;
use minsu_metrics::Metrics;

use super::{CommandError, demo, migrate};
use crate::{
    serve::{ServeOptions, serve as run_server, serve_metrics},
    wiring::{Site, wire},
    worker::Worker,
};
use minsu_settings::{Profile, Settings};

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
    let Site { state, metrics } = wire(settings).await?;
    if settings.profile == Profile::Dev {
        demo::publish_on_an_empty_site(&state.app).await?;
    }
    count_panics(metrics.clone());
    if let Some(address) = settings.metrics.listen {
        let listener = TcpListener::bind(address)?;
        tracing::info!(address = %listener.local_addr()?, "showing metrics");
        actix_web::rt::spawn(serve_metrics(listener, metrics)?);
    }
    let worker = settings.jobs.in_process.then(|| Worker::start(&state.app, settings.jobs.interval()));
    let (listener, held) = listener(settings)?;
    tracing::info!(address = %listener.local_addr()?, profile = ?settings.profile, "serving");
    let options = ServeOptions {
        workers: settings.server.workers,
        shutdown_timeout: settings.server.shutdown_timeout(),
        held,
        keep_alive: settings.server.keep_alive(),
        write_timeout: settings.server.write_timeout(),
        request_timeout: settings.server.request_timeout(),
    };
    let patience = options.shutdown_timeout;
    run_server(listener, state, options).await?;
    if let Some(worker) = worker {
        worker.stop(patience).await;
    }
    tracing::info!("stopped");
    Ok(())
}

/// The socket that systemd opened and handed over (true), or one of our own. systemd's stays open while the
/// process restarts: new connections wait in its queue and are not refused.
fn listener(settings: &Settings) -> Result<(TcpListener, bool), CommandError> {
    let (listener, held) = match ListenFd::from_env().take_tcp_listener(0)? {
        Some(listener) => (listener, true),
        None => (TcpListener::bind(settings.server.listen)?, false),
    };
    if settings.profile == Profile::Dev && !listener.local_addr()?.ip().is_loopback() {
        return Err("profile dev listens on loopback only, and the socket that was handed over is another".into());
    }
    Ok((listener, held))
}

/// A panic ends its connection and nothing else; it is a defect all the same, so it is logged as one
/// and counted.
fn count_panics(metrics: Arc<Metrics>) {
    std::panic::set_hook(Box::new(move |panic| {
        metrics.panicked();
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic: {}", panic.payload_as_str().unwrap_or("without a word"));
    }));
}
