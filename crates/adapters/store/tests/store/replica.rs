//! A replica serves reads while it answers. Another database stands in for one that lags: writes to the
//! primary never arrive there.

use std::time::{Duration, Instant};

use minsu_ports::Store;
use minsu_store::{ConnectError, SqlStore, StoreOptions};

use crate::support::{Engine, add_user, migrated, new_user};

async fn reads_come_from_the_replica(engine: Engine) {
    let (primary, _primary) = migrated(engine).await;
    let (replica, _replica) = migrated(engine).await;
    let options = StoreOptions { replica_url: Some(replica), ..StoreOptions::new(primary) };
    let store = SqlStore::connect(&options).await.unwrap();
    let id = add_user(&store, &new_user(1)).await;
    assert_eq!(store.read().await.unwrap().users().find(id).await.unwrap(), None);
    assert!(store.read_own().await.unwrap().users().find(id).await.unwrap().is_some());
    assert!(store.begin().await.unwrap().users().find(id).await.unwrap().is_some());
    assert_eq!(store.read().await.unwrap().reference().areas().await.unwrap().len(), 16);
    assert_eq!(store.counts().replica_fallbacks, 0);
}

async fn the_primary_takes_over(engine: Engine) {
    let (primary, _primary) = migrated(engine).await;
    // No server listens on port 1.
    let scheme = primary.split_once("://").unwrap().0;
    let down = format!("{scheme}://minsu@127.0.0.1:1/minsu");
    let options = StoreOptions { replica_url: Some(down), ..StoreOptions::new(primary) };
    let store = SqlStore::connect(&options).await.unwrap();
    let id = add_user(&store, &new_user(1)).await;
    let started = Instant::now();
    for reads in 1..=10 {
        assert!(store.read().await.unwrap().users().find(id).await.unwrap().is_some());
        assert_eq!(store.counts().replica_fallbacks, reads);
    }
    // Only the first one waited for the replica.
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
}

async fn a_replica_is_a_server_of_the_same_engine(engine: Engine) {
    let (primary, _guard) = migrated(engine).await;
    let other = if engine == Engine::Postgres { "mysql://h/d" } else { "postgres://h/d" };
    for replica in [other, "sqlite:///tmp/replica.db"] {
        let options = StoreOptions { replica_url: Some(replica.to_owned()), ..StoreOptions::new(&primary) };
        assert!(matches!(SqlStore::connect(&options).await.err(), Some(ConnectError::ReplicaEngine)));
    }
}

mod sqlite {
    use crate::support::Engine;

    #[tokio::test]
    async fn a_replica_is_a_server_of_the_same_engine() {
        super::a_replica_is_a_server_of_the_same_engine(Engine::Sqlite).await;
    }
}

crate::support::on_every_engine! { @ postgres Postgres:
reads_come_from_the_replica, the_primary_takes_over, a_replica_is_a_server_of_the_same_engine }
crate::support::on_every_engine! { @ mariadb MariaDb:
reads_come_from_the_replica, the_primary_takes_over, a_replica_is_a_server_of_the_same_engine }
