//! The server: every route, the middleware around them, and a shutdown that loses nothing.

use std::{net::TcpListener, sync::Arc, time::Duration};

use actix_web::{App, HttpServer, dev::Server, web};
use minsu_metrics::Metrics;

use crate::{
    dialect::{classic, v1},
    http::{
        docs,
        front::Front,
        health, json,
        leaving::{Leaving, Signals},
        media, metrics, routes,
        state::State,
    },
};

/// How the server runs.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Worker threads; 0 for one per core.
    pub workers: usize,
    /// How long requests in flight may take to finish after SIGTERM.
    pub shutdown_timeout: Duration,
    /// How long a connection without a request stays open.
    pub keep_alive: Duration,
    /// Whether somebody else holds the listening socket too, so that it outlives the process.
    pub held: bool,
    /// How long a client may take to send its request head.
    pub request_timeout: Duration,
}

/// Registers every call. Scopes are matched in the order of their registration, so the longer
/// prefix stands first.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(v1::routes().register(v1::PREFIX))
        .service(classic::routes().register(classic::PREFIX))
        .service(routes::resource("/media/{key:.+}", media::picture))
        .service(routes::resource("/openapi.json", docs::document))
        .service(routes::resource("/docs", docs::to_page))
        .service(routes::resource("/docs/{file:.*}", docs::page))
        .service(routes::resource("/healthz", health::alive))
        .service(routes::resource("/readyz", health::ready))
        .default_service(web::to(routes::unknown_path));
}

/// Shows the figures at `/metrics` on a listener of their own, until the same signals.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve_metrics(listener: TcpListener, figures: Arc<Metrics>) -> std::io::Result<Server> {
    let figures = web::Data::from(figures);
    let server = HttpServer::new(move || {
        App::new().app_data(figures.clone()).service(web::resource("/metrics").get(metrics::show))
    });
    Ok(server.workers(1).listen(listener)?.run())
}

/// Serves on a bound listener until SIGTERM or SIGINT; then takes no new connections, finishes
/// what is in flight and returns.
///
/// # Errors
/// When the listener cannot be used.
pub async fn serve(listener: TcpListener, state: State, options: ServeOptions) -> std::io::Result<()> {
    let state = web::Data::new(state);
    let leaving = Leaving::default();
    let leaving_data = web::Data::new(leaving.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .app_data(leaving_data.clone())
            .app_data(json::json_config(state.http.json_limit))
            .app_data(web::PayloadConfig::new(state.http.json_limit))
            .app_data(json::query_config())
            .app_data(json::path_config())
            .wrap(Front::new(state.clone()))
            .configure(configure)
    })
    .keep_alive(options.keep_alive)
    .client_request_timeout(options.request_timeout)
    .shutdown_timeout(options.shutdown_timeout.as_secs());
    let server = if options.workers == 0 { server } else { server.workers(options.workers) };
    let server = server.disable_signals().listen(listener)?.run();
    actix_web::rt::spawn(Signals::new()?.stop(server.handle(), leaving, options.held));
    server.await
}
