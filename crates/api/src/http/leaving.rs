//! A process that stops tells its clients: whoever keeps a connection open gets `Connection: close`
//! with the next answer, and takes the request after that elsewhere. Without it a proxy would use its
//! connections until the shutdown cuts them, in the middle of something.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use actix_web::{
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::ConnectionType,
    middleware::Next,
    web,
};
use tokio::signal::unix::{SignalKind, signal};

/// Whether the process was asked to stop.
#[derive(Clone, Default)]
pub struct Leaving(Arc<AtomicBool>);

impl Leaving {
    /// True from the first SIGTERM or SIGINT on, which also make the server stop.
    ///
    /// # Errors
    /// When the signals cannot be listened to.
    pub fn at_signal() -> std::io::Result<Self> {
        let leaving = Self::default();
        let flag = leaving.0.clone();
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        actix_web::rt::spawn(async move {
            futures_util::future::select(Box::pin(terminate.recv()), Box::pin(interrupt.recv())).await;
            flag.store(true, Ordering::Relaxed);
        });
        Ok(leaving)
    }
}

/// Middleware: the goodbye.
pub async fn say_goodbye(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let leaving = request.app_data::<web::Data<Leaving>>().cloned();
    let mut response = next.call(request).await?;
    if leaving.is_some_and(|leaving| leaving.0.load(Ordering::Relaxed)) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}
