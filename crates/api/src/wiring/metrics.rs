//! The counters that adapters keep themselves, as readings of the metrics.

use std::sync::Arc;

use minsu_cache::RedisCache;
use minsu_metrics::{Kind, Reading, Refresh, Source};
use minsu_ports::RenderCache;
use minsu_store::SqlStore;

use super::{job_ages::JobAges, order_states::OrderStates, payment_backlog::PaymentBacklog};
use minsu_settings::Settings;

/// The sources that each scrape of the metrics reads.
pub(super) fn sources(
    settings: &Settings,
    store: Arc<SqlStore>,
    redis: Option<Arc<RedisCache>>,
    pages: Arc<dyn RenderCache>,
    orders: &OrderStates,
    jobs: &JobAges,
    payments: &PaymentBacklog,
) -> Vec<Source> {
    let max = u64::from(settings.database.max_connections);
    let mut sources: Vec<Source> =
        vec![Box::new(move || of_store(&store, max)), Box::new(move || of_pages(pages.as_ref()))];
    sources.extend([orders.source(), jobs.source(), payments.source()]);
    if let Some(redis) = redis {
        sources.push(Box::new(move || of_redis(&redis)));
    }
    sources
}

/// Updates what a scrape reads from the database.
pub(super) fn refresh(orders: OrderStates, jobs: JobAges, payments: PaymentBacklog) -> Refresh {
    Box::new(move || {
        let (orders, jobs, payments) = (orders.clone(), jobs.clone(), payments.clone());
        Box::pin(async move {
            tokio::join!(orders.refresh(), jobs.refresh(), payments.refresh());
        })
    })
}

fn of_store(store: &SqlStore, max: u64) -> Vec<Reading> {
    let (connections, counts) = (store.connections(), store.counts());
    vec![
        Reading {
            name: "database_connections",
            says: "connections of the pools to the database",
            kind: Kind::Gauge,
            label: "state",
            values: vec![("idle", connections.idle), ("used", connections.open - connections.idle)],
        },
        Reading::single("database_connections_max", "the most connections that the pools may have", Kind::Gauge, max),
        Reading::single(
            "database_statements",
            "statements that were sent to the database",
            Kind::Counter,
            counts.statements,
        ),
        Reading::single(
            "database_unanswered",
            "statements that got no answer in time",
            Kind::Counter,
            counts.without_answer,
        ),
        Reading::single(
            "replica_fallbacks",
            "statements that the primary answered for the replica",
            Kind::Counter,
            counts.replica_fallbacks,
        ),
    ]
}

fn of_redis(redis: &RedisCache) -> Vec<Reading> {
    let (up, down) = redis.connections();
    vec![
        Reading {
            name: "redis_connections",
            says: "connections to Redis",
            kind: Kind::Gauge,
            label: "state",
            values: vec![("up", up), ("down", down)],
        },
        Reading::single("redis_running", "calls that wait for an answer of Redis", Kind::Gauge, redis.running()),
        Reading::single("redis_failures", "calls that Redis did not answer", Kind::Counter, redis.failures()),
    ]
}

fn of_pages(pages: &dyn RenderCache) -> Vec<Reading> {
    let counts = pages.counts();
    let tiers = vec![
        ("local", counts.local),
        ("shared", counts.shared),
        ("awaited", counts.awaited),
        ("rendered", counts.rendered),
    ];
    vec![
        Reading {
            name: "pages",
            says: "pages by where they came from",
            kind: Kind::Counter,
            label: "tier",
            values: tiers,
        },
        Reading::single(
            "pages_unshared",
            "pages that were not put into the shared cache",
            Kind::Counter,
            counts.unshared,
        ),
        Reading::single(
            "pages_unavailable",
            "searches that went without the shared cache",
            Kind::Counter,
            counts.unavailable,
        ),
        Reading::single(
            "pages_unannounced",
            "changes that were not announced at once",
            Kind::Counter,
            counts.unannounced,
        ),
    ]
}
