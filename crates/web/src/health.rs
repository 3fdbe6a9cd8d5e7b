//! `/healthz` and `/readyz`: the liveness and the readiness probe.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{HttpResponse, web};
use minsu_ports::{Cache, Store};
use serde_json::json;
use tokio::sync::Mutex;

use super::state::State;

/// How long a result of the readiness probe is reused: the dependencies are asked once in that time at
/// most, however often `/readyz` is polled.
const FRESH: Duration = Duration::from_secs(1);

/// `GET /healthz`: the process answers. Touches nothing else.
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

/// `GET /readyz`: the database and the cache answer and take writes; 503 with the names of what does not.
pub async fn ready(state: web::Data<State>, readiness: web::Data<Readiness>) -> HttpResponse {
    let failing = readiness.failing(&state.app.store, &state.app.cache).await;
    if failing.is_empty() {
        HttpResponse::Ok().json(json!({"status": "ok"}))
    } else {
        HttpResponse::ServiceUnavailable().json(json!({"status": "unavailable", "failing": failing}))
    }
}

/// The last result of the readiness probe; shared by all workers.
#[derive(Default)]
pub struct Readiness(Arc<Mutex<Option<Probed>>>);

#[derive(Clone)]
struct Probed {
    failing: Vec<&'static str>,
    at: Instant,
}

impl Readiness {
    /// The names of the dependencies that do not answer or refuse writes. Simultaneous calls share one
    /// probe, which runs to its end when its caller disconnects.
    async fn failing(&self, store: &Arc<dyn Store>, cache: &Arc<dyn Cache>) -> Vec<&'static str> {
        let mut known = Arc::clone(&self.0).lock_owned().await;
        if let Some(probed) = known.as_ref().filter(|probed| probed.at.elapsed() < FRESH) {
            return probed.failing.clone();
        }
        let (store, cache) = (Arc::clone(store), Arc::clone(cache));
        let probe = tokio::spawn(async move {
            let (store, cache) = futures_util::future::join(store.check_writes(), cache.check_writes()).await;
            let mut failing = Vec::new();
            if let Err(error) = store {
                tracing::warn!(%error, "the database is not ready");
                failing.push("database");
            }
            if let Err(error) = cache {
                tracing::warn!(%error, "the cache is not ready");
                failing.push("cache");
            }
            *known = Some(Probed { failing: failing.clone(), at: Instant::now() });
            failing
        });
        // Only a panic ends it without a result.
        probe.await.unwrap_or_else(|_| vec!["database", "cache"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use minsu_ports::{
        CacheError,
        testkit::{MockCache, MockStore},
    };

    #[tokio::test]
    async fn many_pollers_ask_the_dependencies_once() {
        let (mut store, mut cache) = (MockStore::new(), MockCache::new());
        store.expect_check_writes().times(1).returning(|| Ok(()));
        cache.expect_check_writes().times(1).returning(|| Err(CacheError::Unavailable("full".into())));
        let (store, cache): (Arc<dyn Store>, Arc<dyn Cache>) = (Arc::new(store), Arc::new(cache));
        let readiness = Readiness::default();
        let found = join_all((0..100).map(|_| readiness.failing(&store, &cache))).await;
        assert!(found.iter().all(|failing| *failing == ["cache"]), "{found:?}");
    }

    #[tokio::test]
    async fn an_answer_counts_for_a_second() {
        let (mut store, mut cache) = (MockStore::new(), MockCache::new());
        store.expect_check_writes().times(2).returning(|| Ok(()));
        cache.expect_check_writes().times(2).returning(|| Ok(()));
        let (store, cache): (Arc<dyn Store>, Arc<dyn Cache>) = (Arc::new(store), Arc::new(cache));
        let readiness = Readiness::default();
        for _ in 0..2 {
            assert!(readiness.failing(&store, &cache).await.is_empty());
            if let Some(probed) = readiness.0.lock().await.as_mut() {
                probed.at -= FRESH;
            }
        }
    }
}
