//! How a process stops without a request noticing.
//!
//! Whoever keeps a connection open gets `Connection: close` with the next answer, and takes the request
//! after that elsewhere; without it a proxy would use its connections until the shutdown cuts them, in
//! the middle of something. A socket that systemd holds stays open meanwhile: what arrives there waits
//! for the next process.

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

/// How long the workers have to take up the connections that were accepted already: those that still
/// wait for a worker when it stops are cut.
const TAKE_UP: Duration = Duration::from_millis(300);

/// Whether the process was asked to stop.
#[derive(Clone, Default)]
pub struct Leaving(Arc<AtomicBool>);

/// The signals that end a process.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Takes them over from their usual effect.
    ///
    /// # Errors
    /// When the signals cannot be listened to.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Stops the server at the first signal: on SIGTERM after the requests in flight, on SIGINT (somebody
    /// at a terminal) at once. `held` says that the listening socket outlives the process.
    pub async fn stop(mut self, server: ServerHandle, leaving: Leaving, held: bool) {
        let patient = match select(Box::pin(self.terminate.recv()), Box::pin(self.interrupt.recv())).await {
            Either::Left(_) => true,
            Either::Right(_) => false,
        };
        leaving.0.store(true, Ordering::Relaxed);
        if patient && held {
            server.pause().await;
            tokio::time::sleep(TAKE_UP).await;
        }
        server.stop(patient).await;
    }
}

/// The goodbye: the last answer on this connection.
pub fn say_goodbye<B>(response: &mut ServiceResponse<B>) {
    let leaving = response.request().app_data::<web::Data<Leaving>>();
    if leaving.is_some_and(|leaving| leaving.0.load(Ordering::Relaxed)) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
}
