//! Locks, full pools, stopped servers, cancelled callers: every wait ends, and no connection or transaction
//! stays behind.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
    time::{Duration, Instant},
};

use minsu_domain::UserName;
use minsu_ports::{Store, StoreError};
use minsu_store::{Connections, SqlStore, StoreOptions, migrate_up};
use minsu_testservers::{Kind, Server};
use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement};
use tokio::time::{sleep, timeout};

use crate::support::{Engine, add_user, migrated, new_user, on_every_engine};

on_every_engine! {
    a_wait_for_a_lock_ends_in_time,
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

async fn a_wait_for_a_lock_ends_in_time(engine: Engine) {
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

/// Polls the work `polls` times, then drops it, at whatever point it is.
async fn abandoned(work: impl Future<Output = ()>, mut polls: u32) {
    let mut work = pin!(work);
    poll_fn(|context| {
        polls -= 1;
        if work.as_mut().poll(context).is_ready() || polls == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// How many connections to this database are idle in an open transaction.
async fn open_transactions(url: &str) -> i64 {
    let sql = "SELECT COUNT(*) FROM pg_stat_activity \
               WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    let db = Database::connect(url).await.unwrap();
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// Callers that are dropped in the middle of any statement, begin and commit included.
async fn callers_that_go_away_leave_nothing_open(engine: Engine) {
    let (url, _guard) = migrated(engine).await;
    // Long timeouts: connections are cleared up in the background, and slowly where the machine is busy.
    let acquire_timeout = Duration::from_secs(30);
    let options = StoreOptions { max_connections: 2, acquire_timeout, ..StoreOptions::new(&url) };
    let store = SqlStore::connect(&options).await.unwrap();
    let id = add_user(&store, &new_user(1)).await;
    for polls in (1..30).flat_map(|polls| [polls; 5]) {
        let work = async {
            let mut unit = store.begin().await.unwrap();
            assert!(unit.users().rename(id, &UserName::new("half").unwrap()).await.unwrap());
            assert!(unit.users().rename(id, &UserName::new("whole").unwrap()).await.unwrap());
            unit.commit().await.unwrap();
        };
        abandoned(work, polls).await;
        let name = store.read().await.unwrap().users().find(id).await.unwrap().unwrap().name;
        assert_ne!(name.as_str(), "half", "after {polls} polls");
        if engine == Engine::Postgres {
            // Dropped work is rolled back in the background.
            let mut patience = 100;
            while open_transactions(&url).await > 0 {
                patience -= 1;
                assert!(patience > 0, "a transaction stays open after {polls} polls");
                sleep(Duration::from_millis(20)).await;
            }
        }
    }
    // Another store does not have to wait, and a commit from now on really commits.
    let other = SqlStore::connect(&impatient(url).0).await.unwrap();
    for number in 2..=6 {
        add_user(&store, &new_user(number)).await;
        let found = other.read().await.unwrap().users().credentials(&new_user(number).mobile).await.unwrap();
        assert!(found.is_some(), "{number}");
    }
    add_user(&other, &new_user(7)).await;
}

/// Workers with a store each on one file: units of work that read before they write wait for each
/// other and do not fail.
#[tokio::test]
async fn stores_on_one_file_take_turns() {
    let (url, _guard) = migrated(Engine::Sqlite).await;
    let stores = [
        SqlStore::connect(&StoreOptions::new(&url)).await.unwrap(),
        SqlStore::connect(&StoreOptions::new(&url)).await.unwrap(),
    ];
    let id = add_user(&stores[0], &new_user(1)).await;
    let rename = async |number: usize| {
        for round in 0..20 {
            let mut unit = stores[number % 2].begin().await.unwrap();
            assert!(unit.users().find(id).await.unwrap().is_some());
            let name = UserName::new(&format!("{number} {round}")).unwrap();
            assert!(unit.users().rename(id, &name).await.unwrap());
            unit.commit().await.unwrap();
        }
    };
    tokio::join!(rename(0), rename(1), rename(2), rename(3));
}

async fn a_stopped_server_is_unavailable(kind: Kind) {
    let server = Server::start(kind);
    let database = minsu_testservers::Database::on(&server).await;
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
/// Connections whose server does not answer are given up: the pool has room for new ones before the old
/// server says anything.
async fn connections_to_a_silent_server_are_given_up(kind: Kind) {
    let server = Server::start(kind);
    let database = minsu_testservers::Database::on(&server).await;
    migrate_up(database.url()).await.unwrap();
    let (options, limit) = impatient(database.url().to_owned());
    let store = SqlStore::connect(&StoreOptions { max_connections: 2, ..options }).await.unwrap();
    let mut unit = store.begin().await.unwrap();
    let mut session = store.read().await.unwrap();
    session.reference().areas().await.unwrap();
    let until = async |connections: Connections| {
        in_time(limit, async {
            while store.connections() != connections {
                sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
    };
    until(Connections { open: 2, idle: 1 }).await;
    let frozen = server.freeze();
    let user = new_user(1);
    let (written, read) =
        tokio::join!(in_time(limit, unit.users().insert(&user)), in_time(limit, session.reference().areas()));
    assert!(matches!((written, read), (Err(StoreError::Unavailable(_)), Err(StoreError::Unavailable(_)))));
    drop(unit);
    until(Connections { open: 0, idle: 0 }).await;
    drop(frozen);
    in_time(limit, store.begin()).await.unwrap();
}

#[tokio::test]
async fn connections_to_a_silent_postgres_are_given_up() {
    connections_to_a_silent_server_are_given_up(Kind::Postgres).await;
}

#[tokio::test]
async fn connections_to_a_silent_mariadb_are_given_up() {
    connections_to_a_silent_server_are_given_up(Kind::MariaDb).await;
}
