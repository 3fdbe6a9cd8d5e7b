//! The server: every route, the middleware around them, and a shutdown that loses nothing.

use std::{net::TcpListener, time::Duration};

use actix_web::{App, HttpServer, middleware::from_fn, web};

use crate::{
    dialect::{
        classic::{self, envelope::Classic},
        v1::{self, envelope::V1},
    },
    http::{body_guard, browsers, health, json, media, render, request_limiter, request_log, routes, state::State},
};

/// How the server runs.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Worker threads; 0 for one per core.
    pub workers: usize,
    /// How long requests in flight may take to finish after SIGTERM.
    pub shutdown_timeout: Duration,
    /// How long a client may take to send its request head.
    pub request_timeout: Duration,
}

/// Registers every call. Scopes are matched in the order of their registration, so the longer
/// prefix stands first.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            v1::routes().register(
                web::scope(v1::PREFIX).wrap(from_fn(body_guard::guard)).wrap(from_fn(request_limiter::limit)),
            ),
        )
        .service(
            classic::routes().register(
                web::scope(classic::PREFIX)
                    .wrap(from_fn(body_guard::guard))
                    .wrap(from_fn(request_limiter::limit))
                    .wrap(from_fn(render::failures::<Classic, _>)),
            ),
        )
        .service(web::resource("/media/{key:.+}").get(media::picture))
        .service(web::resource("/healthz").get(health::alive))
        .service(web::resource("/readyz").get(health::ready))
        .default_service(web::to(routes::unknown_path));
}

/// Serves on a bound listener until SIGTERM or SIGINT; then takes no new connections, finishes
/// what is in flight and returns.
///
/// # Errors
/// When the listener cannot be used.
pub async fn serve(listener: TcpListener, state: State, options: ServeOptions) -> std::io::Result<()> {
    let state = web::Data::new(state);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .app_data(json::json_config(state.http.json_limit))
            .app_data(web::PayloadConfig::new(state.http.json_limit))
            .app_data(json::query_config())
            .app_data(json::path_config())
            .wrap(from_fn(render::failures::<V1, _>))
            .wrap(from_fn(browsers::tell))
            .wrap(from_fn(request_log::log))
            .configure(configure)
    })
    .client_request_timeout(options.request_timeout)
    .shutdown_timeout(options.shutdown_timeout.as_secs());
    let server = if options.workers == 0 { server } else { server.workers(options.workers) };
    server.listen(listener)?.run().await
}
