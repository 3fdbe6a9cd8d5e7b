//! `/readyz` while a dependency answers but refuses writes: logins and bookings fail then, so a load
//! balancer must see 503.

use std::time::{Duration, Instant};

use minsu_testservers::{Database, Kind, Server, redis::RedisServer};
use serde_json::{Value, json};

use super::{Engine, Minsu, child::reqwest_client};

/// An answer counts for a second.
const SETTLES: Duration = Duration::from_secs(5);

async fn ready(server: &Minsu) -> (u16, Value) {
    let answer = reqwest_client().get(format!("{}/readyz", server.base)).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn becomes(server: &Minsu, failing: &[&str]) {
    let expected = match failing {
        [] => (200, json!({"status": "ok"})),
        _ => (503, json!({"status": "unavailable", "failing": failing})),
    };
    let started = Instant::now();
    loop {
        let found = ready(server).await;
        if found == expected {
            return;
        }
        assert!(started.elapsed() < SETTLES, "{found:?} and not {expected:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_refuses_writes_is_not_ready() {
    let (engine, redis) = (Engine::sqlite(), RedisServer::start_with(&["--maxmemory-policy", "noeviction"]));
    let server = Minsu::start_with(&[("DATABASE__URL", &engine.url()), ("CACHE__URL", &redis.url())]).await;
    becomes(&server, &[]).await;

    // Filled to the brim, so that the server refuses by itself.
    redis.command(&["CONFIG", "SET", "maxmemory", "20mb"]);
    redis.command(&["DEBUG", "POPULATE", "40000", "filler", "1000"]);
    becomes(&server, &["cache"]).await;
    redis.command(&["CONFIG", "SET", "maxmemory", "0"]);
    becomes(&server, &[]).await;

    // A replica takes no writes; there need be no primary.
    let primary = RedisServer::start();
    redis.command(&["REPLICAOF", "127.0.0.1", &primary.port().to_string()]);
    becomes(&server, &["cache"]).await;
    redis.command(&["REPLICAOF", "NO", "ONE"]);
    becomes(&server, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_polls_write_a_few_times() {
    let (engine, redis) = (Engine::sqlite(), RedisServer::start());
    let server = Minsu::start_with(&[("DATABASE__URL", &engine.url()), ("CACHE__URL", &redis.url())]).await;
    let sets = || -> u64 {
        let stats = redis.command(&["INFO", "commandstats"]);
        let line = stats.lines().find_map(|line| line.strip_prefix("cmdstat_set:calls="));
        line.and_then(|line| line.split(',').next()?.parse().ok()).unwrap_or(0)
    };
    let (before, started) = (sets(), Instant::now());
    for _ in 0..1000 {
        assert_eq!(ready(&server).await.0, 200);
    }
    let (writes, seconds) = (sets() - before, started.elapsed().as_secs());
    assert!(writes <= seconds + 2, "{writes} writes in {seconds} s");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_read_only_is_not_ready() {
    // PostgreSQL: the default of new transactions, as administrators set it for maintenance.
    let postgres = Server::start(Kind::Postgres);
    let database = Database::on(&postgres).await;
    let server = Minsu::start_with(&[("DATABASE__URL", database.url())]).await;
    becomes(&server, &[]).await;
    postgres.execute("ALTER SYSTEM SET default_transaction_read_only = on").await;
    postgres.execute("SELECT pg_reload_conf()").await;
    becomes(&server, &["database"]).await;
    postgres.execute("ALTER SYSTEM RESET default_transaction_read_only").await;
    postgres.execute("SELECT pg_reload_conf()").await;
    becomes(&server, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mariadb_that_is_read_only_is_not_ready() {
    let mariadb = Server::start(Kind::MariaDb);
    let database = Database::on(&mariadb).await;
    // An administrator may write also then.
    mariadb.execute("CREATE USER minsu@'127.0.0.1'").await;
    mariadb.execute("GRANT ALL ON *.* TO minsu@'127.0.0.1'").await;
    mariadb.execute("REVOKE SUPER, READ_ONLY ADMIN ON *.* FROM minsu@'127.0.0.1'").await;
    let url = database.url().replacen("root@", "minsu@", 1);
    let server = Minsu::start_with(&[("DATABASE__URL", &url)]).await;
    becomes(&server, &[]).await;
    mariadb.execute("SET GLOBAL read_only = 1").await;
    becomes(&server, &["database"]).await;
    mariadb.execute("SET GLOBAL read_only = 0").await;
    becomes(&server, &[]).await;
}
