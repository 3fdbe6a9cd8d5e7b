//! A PostgreSQL primary and its streaming standby: strangers read from the standby, people see their
//! own writes, and when the primary is lost the promoted standby has all that was acknowledged.

use std::time::{Duration, Instant};

use minsu_testservers::{Database, Kind, Server};
use serde_json::Value;

use super::{CONNECTIONS, HOUSES, Minsu, Site};

const IMPATIENT: (&str, &str) = ("DATABASE__ACQUIRE_TIMEOUT_MS", "500");

/// Whether a stranger finds a house of this title in the list that no cache has.
async fn is_listed(site: &Site, title: &str) -> bool {
    let answer = site.get(&site.stranger(), "/api/house/list").await;
    assert_eq!(answer["errcode"], "0", "{answer}");
    holds(&answer["houses"], title)
}

fn holds(houses: &Value, title: &str) -> bool {
    houses.as_array().unwrap().iter().any(|house| house["title"] == title)
}

async fn strangers_read_from_the_standby(site: &Site, standby: &Server) {
    standby.execute("SELECT pg_wal_replay_pause()").await;
    let title = "备库还不知道";
    let id = site.publish(title).await;
    assert!(!is_listed(site, title).await, "the list was read from the primary");
    let house = format!("/api/v1.0/houses/{id}");
    assert_eq!(site.get(&site.stranger(), &house).await["errno"], "4002");
    let own = site.get(site.landlord(), "/api/v1.0/user/houses").await;
    assert!(holds(&own["data"]["houses"], title), "the landlord does not see the new house");
    assert_eq!(site.get(site.landlord(), &house).await["errno"], "0");
    standby.execute("SELECT pg_wal_replay_resume()").await;
    let started = Instant::now();
    while !is_listed(site, title).await {
        assert!(started.elapsed() < Duration::from_secs(20), "the standby does not follow");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_promoted_standby_has_all_that_was_acknowledged() {
    let primary = Server::start(Kind::Postgres);
    let database = Database::on(&primary).await;
    let standby = primary.standby();
    // An acknowledged write has reached the standby's disk, but may not be visible there yet.
    primary.execute("ALTER SYSTEM SET synchronous_standby_names = '*'").await;
    primary.execute("SELECT pg_reload_conf()").await;
    let copy = format!("{}{}", standby.url(), database.url().strip_prefix(primary.url()).unwrap());
    let settings = [("DATABASE__URL", database.url()), ("DATABASE__REPLICA_URL", copy.as_str()), IMPATIENT];
    let mut server = Minsu::start_with(&settings).await;
    let site = std::sync::Arc::new(Site::new(&server, HOUSES).await);
    strangers_read_from_the_standby(&site, &standby).await;

    let running = tokio::spawn({
        let site = site.clone();
        async move { site.place_at_random(11, CONNECTIONS, 600).await }
    });
    tokio::time::sleep(Duration::from_millis(700)).await;
    drop(primary);
    let outcome = running.await.unwrap();
    assert!(!outcome.acknowledged.is_empty(), "the primary died before anything was placed");
    assert!(!outcome.unexpected.is_empty(), "the primary died after everything was placed");
    // Without a primary visitors still find houses, and no failed write is answered as a success.
    assert!(is_listed(&site, "测试房 0").await);
    assert_eq!(site.rename_status().await, 503);

    standby.execute("SELECT pg_promote()").await;
    server.restart_with(&[("DATABASE__URL", copy.as_str()), IMPATIENT]).await;
    site.log_in_again().await;
    let ledger = site.ledger().await;
    for id in &outcome.acknowledged {
        assert!(ledger.holds(*id), "order {id} was acknowledged and is lost");
    }
    ledger.assert_no_day_is_held_twice();
    site.assert_days_and_orders_agree().await;
    assert_eq!(site.rename_status().await, 200);
}
