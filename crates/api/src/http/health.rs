//! `/healthz` and `/readyz`, for whoever starts and stops the process.

use actix_web::{HttpResponse, web};
use serde_json::json;

use super::state::State;

/// `GET /healthz`: the process answers. Touches nothing else.
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

/// `GET /readyz`: the database and the cache answer; 503 with the names of what does not.
pub async fn ready(state: web::Data<State>) -> HttpResponse {
    let (store, cache) = futures_util::future::join(state.app.store.ping(), state.app.cache.ping()).await;
    let mut failing = Vec::new();
    if let Err(error) = store {
        tracing::warn!(%error, "the database is not ready");
        failing.push("database");
    }
    if let Err(error) = cache {
        tracing::warn!(%error, "the cache is not ready");
        failing.push("cache");
    }
    if failing.is_empty() {
        HttpResponse::Ok().json(json!({"status": "ok"}))
    } else {
        HttpResponse::ServiceUnavailable().json(json!({"status": "unavailable", "failing": failing}))
    }
}
