//! The binary on PostgreSQL behind PgBouncer, in both of its modes.

use minsu_testservers::{PgBouncer, PoolMode};

use super::{CONNECTIONS, HOUSES, Minsu, Site};

async fn a_site_works(mode: PoolMode, pooler: &str) {
    let database = minsu_testservers::postgres().await;
    let url = PgBouncer::shared(mode).url(&database);
    let server = Minsu::start_with(&[("DATABASE__URL", &url), ("DATABASE__POOLER", pooler)]).await;
    let site = Site::new(&server, HOUSES).await;
    let outcome = site.place_at_random(5, CONNECTIONS, 600).await;
    assert!(outcome.unexpected.is_empty(), "{:?}", outcome.unexpected);
    assert!(outcome.placed > 0 && outcome.refused > 0 && outcome.rejected > 0, "it tested nothing");
    site.ledger().await.assert_no_day_is_held_twice();
    site.assert_days_and_orders_agree().await;
    assert_eq!(site.twenty_renames().await, (1, vec!["4001".to_owned(); 19]));
    assert_eq!((site.list_status().await, site.ready_status().await), (200, 200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_works_behind_sessions() {
    a_site_works(PoolMode::Session, "session").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_site_works_behind_transactions() {
    a_site_works(PoolMode::Transaction, "transaction").await;
}
