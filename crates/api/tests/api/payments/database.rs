//! The database under payments: down during a message, and free while a provider is called.

use std::time::{Duration, Instant};

use minsu_application::{jobs, payments};
use minsu_fakes::Fault;
use minsu_ports::{Clock as _, Job, RawNotice, Store as _};
use minsu_store::{SqlStore, StoreOptions};
use minsu_testservers::{Database, Kind, Server};
use serde_json::json;

use super::{
    service::{Keys, Service},
    site::{Paying, stopped_clock},
};

/// A site in haste, an order that its guest has paid, and the message that says so.
async fn paid_and_not_told(url: &str) -> (Paying<Service>, i64, RawNotice) {
    let clock = stopped_clock();
    let service = Service::start("wechatpay", clock.clone()).await;
    let options = StoreOptions {
        acquire_timeout: Duration::from_millis(500),
        statement_timeout: Duration::from_millis(1000),
        ..StoreOptions::new(url)
    };
    let site = Paying::of(&options, clock, service, Keys::One).await;
    let order = site.accepted().await;
    let started = site.start(order).await;
    let mut notices = site.pay(&started);
    assert_eq!(notices.len(), 1);
    (site, order, notices.remove(0))
}

/// The provider is told in time that its message was not taken.
async fn demand_refused(site: &Paying<Service>, notice: &RawNotice) {
    let begun = Instant::now();
    assert!(!site.deliver(notice).await);
    assert!(begun.elapsed() < Duration::from_secs(5), "a provider waits five seconds: {:?}", begun.elapsed());
}

/// The message comes again until it is taken, and once more; it counts once.
async fn demand_taken_once(site: &Paying<Service>, order: i64, notice: &RawNotice) {
    let begun = Instant::now();
    while !site.deliver(notice).await {
        assert!(begun.elapsed() < Duration::from_secs(20), "it does not recover");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(site.deliver(notice).await);
    assert_eq!((&site.order(order).await["state"], site.committed("order.paid")), (&json!("paid"), 1));
    site.demand_agreement().await;
}

/// The database hangs while a message comes, and is killed while it comes again.
async fn the_database_is_down_during_a_notice(kind: Kind) {
    let mut server = Server::start(kind);
    let database = Database::on(&server).await;
    let (site, order, notice) = paid_and_not_told(database.url()).await;
    let frozen = server.freeze();
    demand_refused(&site, &notice).await;
    drop(frozen);
    server.kill();
    demand_refused(&site, &notice).await;
    server.start_again();
    demand_taken_once(&site, order, &notice).await;
}

#[tokio::test]
async fn the_database_is_down_during_a_notice_on_postgres() {
    the_database_is_down_during_a_notice(Kind::Postgres).await;
}

#[tokio::test]
async fn the_database_is_down_during_a_notice_on_mariadb() {
    the_database_is_down_during_a_notice(Kind::MariaDb).await;
}

/// Another process keeps the file for itself while a message comes.
#[tokio::test]
async fn the_database_is_down_during_a_notice_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/site.sqlite3", folder.path().display());
    let (site, order, notice) = paid_and_not_told(&url).await;
    let other = SqlStore::connect(&StoreOptions::new(&url)).await.unwrap();
    let held = other.begin().await.unwrap();
    demand_refused(&site, &notice).await;
    drop(held);
    demand_taken_once(&site, order, &notice).await;
}

/// A site with one connection to its database: while a provider does not answer to a start, a question, a refund and a
/// bill, others use it.
async fn no_connection_is_held_over_a_call(url: &str) {
    let clock = stopped_clock();
    let service = Service::start("stripe", clock.clone()).await;
    let options = StoreOptions { max_connections: 1, ..StoreOptions::new(url) };
    let site = Paying::of(&options, clock, service, Keys::One).await;
    let (starting, paid) = (site.accepted().await, site.paid().await.0);
    let asked = site.start(site.accepted().await).await;
    site.cancel(paid).await;
    site.clock.forward(chrono::TimeDelta::minutes(2));
    site.side.faults().fail(Fault::Late(Duration::from_millis(1200)));
    let slow = async {
        let begun = Instant::now();
        let asked = format!("/api/v2/payments/{}", asked.id);
        let yesterday = (site.clock.now() - chrono::TimeDelta::days(1)).date_naive();
        let (started, seen, refunded, settled, compared) = tokio::join!(
            site.try_start(starting, "stripe_checkout"),
            site.world.guest.get(&asked),
            jobs::run_job(&site.app, Job::SendRefunds),
            jobs::run_job(&site.other_app, Job::SettlePayments),
            payments::reconcile(&site.app, yesterday),
        );
        started.done(201);
        assert_eq!(seen.done(200)["state"], "open");
        for run in [refunded, settled] {
            run.unwrap();
        }
        compared.unwrap();
        assert!(begun.elapsed() > Duration::from_millis(1000), "the provider was not slow");
    };
    let others = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        for _ in 0..5 {
            let begun = Instant::now();
            site.order(paid).await;
            let name = json!({"name": format!("名{}", fastrand::u32(..))});
            site.world.stranger.put("/api/v1.0/user/name", &name).await.ok();
            assert!(begun.elapsed() < Duration::from_millis(500), "waited for {:?}", begun.elapsed());
        }
    };
    tokio::join!(slow, others);
    site.side.faults().recover();
    site.demand_agreement().await;
}

crate::deadlines::on_every_engine! {
    no_connection_is_held_over_a_call,
}
