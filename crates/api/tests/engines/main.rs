//! The binary `minsu` on each database engine: many simultaneous orders and rejections, decisions,
//! names and codes, and a `kill -9` in the middle. What must hold is checked from outside, over
//! HTTP: no day held twice, no order without its days, no day without its order.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]
#![expect(clippy::print_stdout, reason = "the tests print what they measure")]

mod child;
mod due_orders;
mod fleet;
mod full_cache;
mod idempotency;
mod ledger;
mod listings;
mod outages;
mod payments;
mod people;
mod pgbouncer;
mod portraits;
mod prune;
mod readiness;
mod repeats;
mod restart;
mod seed;
mod standby;
mod webhooks;

use std::{sync::Arc, time::Duration};

use minsu_domain::{UserId, UserName};
use minsu_ports::Store as _;
use minsu_store::{SqlStore, StoreOptions};
use minsu_testservers::Database;

use child::Minsu;
use people::Site;

/// Houses of a round; few, so that stays meet.
const HOUSES: usize = 5;
/// Simultaneous connections.
const CONNECTIONS: usize = 32;

/// A database to run on, kept while its test runs.
enum Engine {
    Sqlite(tempfile::TempDir),
    Server(Database),
}

impl Engine {
    fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite://{}/minsu.sqlite3", folder.path().display()),
            Self::Server(database) => database.url().to_owned(),
        }
    }
}

/// A thousand orders over five houses, a third of them rejected again while it runs, ten times.
async fn bookings_never_clash(engine: Engine) {
    let server = Minsu::start(&engine.url()).await;
    let site = Site::new(&server, HOUSES).await;
    for round in 0..10 {
        site.make_room().await;
        let outcome = site.place_at_random(1000 + round, CONNECTIONS, 1000).await;
        assert!(outcome.unexpected.is_empty(), "round {round}: {:?}", outcome.unexpected);
        assert!(outcome.placed > 0 && outcome.refused > 0 && outcome.rejected > 0, "round {round} tested nothing");
        site.ledger().await.assert_no_day_is_held_twice();
    }
    site.assert_days_and_orders_agree().await;
}

/// The server dies in the middle of it: what it acknowledged is there afterwards.
async fn nothing_acknowledged_is_lost(engine: Engine) {
    let mut server = Minsu::start(&engine.url()).await;
    let site = Arc::new(Site::new(&server, HOUSES).await);
    let running = tokio::spawn({
        let site = site.clone();
        async move { site.place_at_random(7, CONNECTIONS, 1000).await }
    });
    tokio::time::sleep(Duration::from_millis(700)).await;
    server.kill();
    let outcome = running.await.unwrap();
    assert!(!outcome.acknowledged.is_empty(), "it died before anything was placed");
    server.start_again().await;
    site.log_in_again().await;
    let ledger = site.ledger().await;
    for id in &outcome.acknowledged {
        assert!(ledger.holds(*id), "order {id} was acknowledged and is lost");
    }
    ledger.assert_no_day_is_held_twice();
    site.assert_days_and_orders_agree().await;
}

/// Twenty at once: real names, registrations with one code, renames to one name, accepts.
async fn exactly_one_of_twenty_wins(engine: Engine) {
    let server = Minsu::start(&engine.url()).await;
    let site = Site::new(&server, 1).await;
    assert_eq!(site.twenty_real_names().await, (1, vec!["4003".to_owned(); 19]));
    assert_eq!(site.twenty_registrations().await.0, 1);
    assert_eq!(site.twenty_renames().await, (1, vec!["4001".to_owned(); 19]));
    assert_eq!(site.twenty_accepts().await, (1, vec!["4004".to_owned(); 19]));
}

/// A landlord deletes their account while guests order from them, and all of it waits for one lock, in either
/// order: a deleted account has no open order.
async fn no_account_is_deleted_with_an_order(engine: Engine) {
    let server = Minsu::start(&engine.url()).await;
    let site = Site::new(&server, 1).await;
    let other = SqlStore::connect(&StoreOptions::new(engine.url())).await.unwrap();
    for (number, ordered_after) in [1000, 0, 1000, 0].into_iter().enumerate() {
        let leaver = site.leaver(&format!("1350000000{number}")).await;
        let mut holder = other.begin().await.unwrap();
        let id = UserId::new(leaver.id).unwrap();
        assert!(holder.users().rename(id, &UserName::new("锁").unwrap()).await.unwrap());
        let after = async |delay: u64| tokio::time::sleep(Duration::from_millis(delay)).await;
        let (left, ordered, ()) = tokio::join!(
            site.leave(&leaver),
            async {
                // After 1000 ms the password is verified, and the deletion waits.
                after(ordered_after).await;
                site.order_as_every_guest(leaver.house).await
            },
            async {
                after(1500).await;
                drop(holder);
            }
        );
        let expected = if ordered.contains(&"0".to_owned()) { "4004" } else { "0" };
        assert_eq!(left, expected, "{ordered:?}");
        assert!(ordered.iter().all(|code| ["0", "4002"].contains(&code.as_str())), "{ordered:?}");
    }
}

macro_rules! on_every_engine {
    ($($test:ident),*) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(crate::Engine::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(crate::Engine::Server(minsu_testservers::postgres().await)).await;
            })*
        }
        mod mariadb {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                super::$test(crate::Engine::Server(minsu_testservers::mariadb().await)).await;
            })*
        }
    };
}
use on_every_engine;

on_every_engine!(
    bookings_never_clash,
    nothing_acknowledged_is_lost,
    exactly_one_of_twenty_wins,
    no_account_is_deleted_with_an_order
);
