//! Graceful shutdown: a process stops without failing a request.
//!
//! The next answer on a kept-alive connection carries `Connection: close`, so that a proxy sends its next request
//! elsewhere; without it the shutdown would cut connections in the middle of a request. A socket that systemd
//! holds stays open meanwhile: connections wait there for the next process.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::{
    dev::{ServerHandle, ServiceResponse},
    http::ConnectionType,
    web,
};
use futures_util::future::{Either, select};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long the workers have to take the connections that were accepted already: those that still wait for a
/// worker when the server stops are cut.
const TAKE_UP: Duration = Duration::from_millis(300);

/// Whether the process is shutting down.
#[derive(Clone, Default)]
pub struct ShuttingDown(Arc<AtomicBool>);

/// The signals that end a process.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Replaces their default effect.
    ///
    /// # Errors
    /// When the signals cannot be listened to.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Stops the server at the first signal: on SIGTERM after the requests in flight, on SIGINT (a
    /// terminal) at once. `held` says that the listening socket outlives the process.
    pub async fn stop(mut self, server: ServerHandle, shutting_down: ShuttingDown, held: bool) {
        let patient = match select(Box::pin(self.terminate.recv()), Box::pin(self.interrupt.recv())).await {
            Either::Left(_) => true,
            Either::Right(_) => false,
        };
        shutting_down.0.store(true, Ordering::Relaxed);
        if patient && held {
            server.pause().await;
            tokio::time::sleep(TAKE_UP).await;
        }
        server.stop(patient).await;
    }
}

/// Adds `Connection: close` while the process shuts down.
pub fn add_close_header<B>(response: &mut ServiceResponse<B>) {
    let shutting_down = response.request().app_data::<web::Data<ShuttingDown>>();
    if shutting_down.is_some_and(|flag| flag.0.load(Ordering::Relaxed)) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
}
