//! The server: every route, the middleware around them, and a shutdown that loses nothing.

use std::{future::ready, net::TcpListener, sync::Arc, time::Duration};

use actix_http::{HttpService, Protocol};
use actix_service::{IntoServiceFactory as _, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::{
    App, HttpResponse, HttpServer,
    dev::{AppConfig, Server},
    http::header,
    rt::net::TcpStream,
    web,
};
use minsu_dialect_v2::problem;
use minsu_metrics::Metrics;
use minsu_web::{
    dialect::Dialects,
    docs,
    graceful_shutdown::{ShuttingDown, Signals},
    health::{self, Readiness},
    ical, json, media,
    request_middleware::RequestMiddleware,
    routes,
    state::State,
    unreadable_heads::WatchedConnection,
};
use socket2::SockRef;

/// The format of OpenMetrics, which Prometheus asks for.
const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How the server runs.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Worker threads; 0 for one per core.
    pub workers: usize,
    /// How long requests in flight may take to finish after SIGTERM.
    pub shutdown_timeout: Duration,
    /// How long a connection without a request stays open.
    pub keep_alive: Duration,
    /// How long a client may take without receiving what was sent to it.
    pub write_timeout: Duration,
    /// Whether systemd holds the listening socket too, so that it outlives the process.
    pub held: bool,
    /// How long a client may take to send its request head.
    pub request_timeout: Duration,
}

/// Registers every call.
fn configure(config: &mut web::ServiceConfig, dialects: &Dialects) {
    for dialect in dialects.iter() {
        config.service((dialect.routes)().register(dialect.prefix));
    }
    config
        .service(routes::resource("/media/{key:.+}", media::picture))
        .service(routes::resource(ical::PATH, ical::calendar))
        .service(routes::resource(problem::page::PATH, problem::page::problem))
        .service(routes::resource("/openapi.json", docs::document))
        .service(routes::resource("/docs", docs::to_page))
        .service(routes::resource("/docs/{file:.*}", docs::page))
        .service(routes::resource("/healthz", health::alive))
        .service(routes::resource("/readyz", health::ready));
    // Behind all others: it has every path that is left.
    if let Some(site) = dialects.site() {
        config.service((site.routes)().register(""));
    }
    config.default_service(web::to(routes::unknown_path));
}

/// Serves the metrics at `/metrics` on a listener of their own, until the same signals.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve_metrics(listener: TcpListener, metrics: Arc<Metrics>) -> std::io::Result<Server> {
    let metrics = web::Data::from(metrics);
    let server = HttpServer::new(move || {
        App::new().app_data(metrics.clone()).service(web::resource("/metrics").get(show_metrics))
    });
    Ok(server.workers(1).listen(listener)?.run())
}

/// `GET /metrics`
async fn show_metrics(metrics: web::Data<Metrics>) -> HttpResponse {
    metrics.refresh().await;
    match metrics.text() {
        Ok(text) => HttpResponse::Ok().insert_header((header::CONTENT_TYPE, FORMAT)).body(text),
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// Has the kernel end a connection whose client takes nothing of what was sent for so long: no timer of the server
/// runs while it waits for room in the socket.
fn bound_writes(stream: &TcpStream, timeout: Duration) {
    if let Err(error) = SockRef::from(stream).set_tcp_user_timeout(Some(timeout)) {
        tracing::warn!(%error, "the write timeout of a connection cannot be set");
    }
}

/// How long a connection that is closed may take to take leave.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves on a bound listener until SIGTERM or SIGINT; then takes no new connections, finishes
/// what is in flight and returns.
///
/// The server is put together as `HttpServer` does it, but for its connections, which are watched
/// ([`WatchedConnection`]).
///
/// # Errors
/// When the listener cannot be used.
pub async fn serve(listener: TcpListener, state: State, options: ServeOptions) -> std::io::Result<()> {
    let options_of_http = web::Data::new(state.http.clone());
    let state = web::Data::new(state);
    let shutting_down = ShuttingDown::default();
    let shutting_down_data = web::Data::new(shutting_down.clone());
    let readiness = web::Data::new(Readiness::default());
    let app = {
        let state = state.clone();
        move || {
            App::new()
                .app_data(state.clone())
                .app_data(options_of_http.clone())
                .app_data(shutting_down_data.clone())
                .app_data(readiness.clone())
                .app_data(web::PayloadConfig::new(state.http.json_limit))
                .app_data(json::query_config())
                .app_data(json::path_config())
                .wrap(RequestMiddleware::new(state.clone()))
                .configure(|config| configure(config, &state.dialects))
        }
    };
    let local = listener.local_addr()?;
    let held = options.held;
    let mut server = Server::build().disable_signals().shutdown_timeout(options.shutdown_timeout.as_secs());
    if options.workers > 0 {
        server = server.workers(options.workers);
    }
    let ending = server.graceful_shutdown_signal();
    let server = server.listen("minsu", listener, move || {
        let (ending, state, write_timeout) = (ending.clone(), state.clone(), options.write_timeout);
        let app = app().into_factory().map_err(|error: actix_web::Error| error.error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let ending = ending.clone();
                async move { ending.notified().await }
            })
            .keep_alive(options.keep_alive)
            .client_request_timeout(options.request_timeout)
            .client_disconnect_timeout(DISCONNECT_TIMEOUT)
            .local_addr(local)
            .finish(map_config(app, |()| AppConfig::default()));
        let connection = move |stream: TcpStream| {
            bound_writes(&stream, write_timeout);
            let client = stream.peer_addr().ok();
            ready(Ok((WatchedConnection::new(stream, state.clone()), Protocol::Http1, client)))
        };
        fn_service(connection).and_then(http)
    })?;
    let server = server.run();
    actix_web::rt::spawn(Signals::new()?.stop(server.handle(), shutting_down, held));
    server.await
}
