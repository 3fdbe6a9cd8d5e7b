//! Locks, full pools, stopped servers, callers that go away: nobody waits for ever, and nothing is
//! left behind.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use minsu_domain::UserName;
use minsu_ports::{Store, StoreError};
use minsu_store::{SqlStore, StoreOptions, migrate_up};
use minsu_testservers::{Database, Kind, Server};
use tokio::time::timeout;

use crate::support::{Engine, add_user, migrated, new_user, on_every_engine};

on_every_engine! {
    nobody_waits_for_ever_behind_a_lock,
    a_pool_in_use_is_unavailable,
    callers_that_go_away_leave_nothing_open,
}

/// Impatient options, and the most that anything may take under them.
fn impatient(url: String) -> (StoreOptions, Duration) {
    let second = Duration::from_secs(1);
    let options = StoreOptions { acquire_timeout: second, statement_timeout: second, ..StoreOptions::new(url) };
    (options, Duration::from_secs(5))
}

async fn in_time<T>(limit: Duration, work: impl Future<Output = T>) -> T {
    let started = Instant::now();
    timeout(limit, work).await.unwrap_or_else(|_| panic!("no answer after {:?}", started.elapsed()))
}

async fn nobody_waits_for_ever_behind_a_lock(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let (options, limit) = impatient(url);
    let store = SqlStore::connect(&options).await.unwrap();
    let id = add_user(&store, &new_user(1)).await;
    let rename = async |name: &str| {
        let mut unit = store.begin().await?;
        unit.users().rename(id, &UserName::new(name).unwrap()).await?;
        unit.commit().await
    };
    let mut holder = store.begin().await.unwrap();
    assert!(holder.users().rename(id, &UserName::new("holder").unwrap()).await.unwrap());
    let error = in_time(limit, rename("waiting")).await.unwrap_err();
    assert!(matches!(error, StoreError::Conflict(_) | StoreError::Unavailable(_)), "{error:?}");
    holder.commit().await.unwrap();
    in_time(limit, rename("next")).await.unwrap();
    let name = store.read().await.unwrap().users().find(id).await.unwrap().unwrap().name;
    assert_eq!(name.as_str(), "next");
}

async fn a_pool_in_use_is_unavailable(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let (options, limit) = impatient(url);
    let store = SqlStore::connect(&StoreOptions { max_connections: 1, ..options }).await.unwrap();
    let unit = store.begin().await.unwrap();
    let error = in_time(limit, store.begin()).await.err().unwrap();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    drop(unit);
    in_time(limit, store.begin()).await.unwrap().commit().await.unwrap();
}

/// Callers that go away after any number of steps, among them in the middle of a statement.
async fn callers_that_go_away_leave_nothing_open(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    let store = SqlStore::connect(&StoreOptions { max_connections: 2, ..StoreOptions::new(&url) }).await.unwrap();
    let user = new_user(1);
    for microseconds in (0..150).map(|round| round * 20) {
        let work = async {
            let mut unit = store.begin().await.unwrap();
            let id = unit.users().insert(&user).await.unwrap();
            unit.users().rename(id, &UserName::new("later").unwrap()).await.unwrap();
            std::future::pending::<()>().await;
        };
        assert!(timeout(Duration::from_micros(microseconds), work).await.is_err());
    }
    // Somebody else, with connections of their own, sees nothing and is not kept waiting; what
    // the store commits afterwards is really committed.
    let other = SqlStore::connect(&impatient(url).0).await.unwrap();
    assert_eq!(other.read().await.unwrap().users().credentials(&user.mobile).await.unwrap(), None);
    for number in 1..=6 {
        add_user(&store, &new_user(number)).await;
        let found = other.read().await.unwrap().users().credentials(&new_user(number).mobile).await.unwrap();
        assert!(found.is_some(), "{number}");
    }
    add_user(&other, &new_user(7)).await;
}

async fn a_stopped_server_is_unavailable(kind: Kind) {
    let server = Server::start(kind);
    let database = Database::on(&server).await;
    migrate_up(database.url()).await.unwrap();
    let (options, limit) = impatient(database.url().to_owned());
    let store = SqlStore::connect(&options).await.unwrap();
    let mut unit = store.begin().await.unwrap();
    unit.users().insert(&new_user(1)).await.unwrap();
    drop(server);
    let mut session = store.read().await.unwrap();
    for error in [
        in_time(limit, unit.commit()).await.unwrap_err(),
        in_time(limit, store.ping()).await.unwrap_err(),
        in_time(limit, store.begin()).await.err().unwrap(),
        in_time(limit, session.reference().areas()).await.unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    }
    assert!(SqlStore::connect(&options).await.is_err());
}

#[tokio::test]
async fn a_stopped_postgres_is_unavailable() {
    a_stopped_server_is_unavailable(Kind::Postgres).await;
}

#[tokio::test]
async fn a_stopped_mariadb_is_unavailable() {
    a_stopped_server_is_unavailable(Kind::MariaDb).await;
}
