//! Pools in use, locks, and servers that hang: the answer is 503, in time, and afterwards all is well
//! again.

use std::time::{Duration, Instant};

use minsu_domain::UserName;
use minsu_ports::Store as _;
use minsu_store::{SqlStore, StoreOptions};
use minsu_testservers::{Database, Kind, Server};

use super::{Engine, Minsu, Site};

const ACQUIRE: &str = "500";
const STATEMENT: &str = "1500";
/// Both timeouts, the second that the store gives the database to keep them itself, and as much again
/// for a busy machine.
const IN_TIME: Duration = Duration::from_secs(6);

async fn impatient(url: &str) -> Minsu {
    Minsu::start_with(&[
        ("DATABASE__URL", url),
        ("DATABASE__MAX_CONNECTIONS", "1"),
        ("DATABASE__ACQUIRE_TIMEOUT_MS", ACQUIRE),
        ("DATABASE__STATEMENT_TIMEOUT_MS", STATEMENT),
    ])
    .await
}

async fn in_time(status: impl Future<Output = u16>) -> u16 {
    let started = Instant::now();
    let status = status.await;
    assert!(started.elapsed() < IN_TIME, "{status} after {:?}", started.elapsed());
    status
}

/// The first status of readiness that is not 200. An answer is good for a second: the last one may be older than the
/// outage.
async fn unready_status(site: &Site) -> u16 {
    loop {
        match site.ready_status().await {
            200 => tokio::time::sleep(Duration::from_millis(100)).await,
            status => return status,
        }
    }
}

/// Another transaction locks the row that a visitor wants to change, and the visitor's request uses the only
/// connection for writing. SQLite reads on other connections.
async fn a_wait_for_a_lock_or_a_connection_ends_in_503(engine: Engine) {
    let server = impatient(&engine.url()).await;
    let site = Site::new(&server, 1).await;
    let other = SqlStore::connect(&StoreOptions::new(engine.url())).await.unwrap();
    let guest = minsu_domain::UserId::new(site.guest_id().await).unwrap();
    let mut holder = other.begin().await.unwrap();
    assert!(holder.users().rename(guest, &UserName::new("锁").unwrap()).await.unwrap());

    let waiting = in_time(site.rename_status());
    let behind = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        in_time(site.list_status()).await
    };
    let (waiting, behind) = tokio::join!(waiting, behind);
    assert_eq!(waiting, 503);
    // Searches have connections of their own.
    assert_eq!(behind, 200);

    drop(holder);
    assert_eq!((in_time(site.rename_status()).await, in_time(site.list_status()).await), (200, 200));
}

/// Every process of the database server is stopped; its sockets stay open.
async fn a_server_that_hangs_is_503_until_it_goes_on(kind: Kind) {
    let database_server = Server::start(kind);
    let database = Database::on(&database_server).await;
    let server = impatient(database.url()).await;
    let site = Site::new(&server, 1).await;
    assert_eq!(site.list_status().await, 200);

    let frozen = database_server.freeze();
    let (list, rename, ready) =
        tokio::join!(in_time(site.list_status()), in_time(site.rename_status()), in_time(unready_status(&site)));
    assert_eq!((list, rename, ready), (503, 503, 503));
    assert_eq!(in_time(site.list_status()).await, 503);
    drop(frozen);

    let started = Instant::now();
    while (site.list_status().await, site.rename_status().await, site.ready_status().await) != (200, 200, 200) {
        assert!(started.elapsed() < Duration::from_secs(20), "it does not recover");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Nothing listens any more where the database was.
async fn a_server_that_is_gone_is_503(kind: Kind) {
    let database_server = Server::start(kind);
    let database = Database::on(&database_server).await;
    let server = impatient(database.url()).await;
    let site = Site::new(&server, 1).await;
    drop(database_server);
    for status in [
        in_time(site.list_status()).await,
        in_time(site.rename_status()).await,
        in_time(unready_status(&site)).await,
        in_time(site.list_status()).await,
    ] {
        assert_eq!(status, 503);
    }
}

super::on_every_engine!(a_wait_for_a_lock_or_a_connection_ends_in_503);

macro_rules! on_every_server {
    ($($test:ident),*) => {
        mod postgres_alone {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(minsu_testservers::Kind::Postgres).await;
            })*
        }
        mod mariadb_alone {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(minsu_testservers::Kind::MariaDb).await;
            })*
        }
    };
}

on_every_server!(a_server_that_hangs_is_503_until_it_goes_on, a_server_that_is_gone_is_503);
