//! PostgreSQL behind PgBouncer, beyond the contract: migrations, session settings, prepared statements left
//! on servers.

use futures_util::future::join_all;
use minsu_ports::Store as _;
use minsu_store::{Pooler, SchemaState, SqlStore, migrate_down, migrate_up, schema_status};

use crate::support::{add_user, fresh_pooled, new_user, pooled, publish, scene};

const POOLERS: [Pooler; 2] = [Pooler::Session, Pooler::Transaction];

#[tokio::test]
async fn migrations_go_through_it_several_at_once() {
    for pooler in POOLERS {
        let (options, _guard) = pooled(pooler).await;
        for _ in 0..2 {
            let all = join_all((0..4).map(|_| migrate_up(&options.url))).await;
            assert!(all.iter().all(Result::is_ok), "{pooler:?} {all:?}");
            assert_eq!(schema_status(&options.url).await.unwrap().state(), SchemaState::Current);
            migrate_down(&options.url, u32::try_from(minsu_migrations::names().len()).unwrap()).await.unwrap();
        }
    }
}

/// Two stores share the servers: each meets the statements that the other prepared there.
#[tokio::test]
async fn stores_that_share_servers_do_not_meet_each_others_statements() {
    for pooler in POOLERS {
        let (options, _guard) = pooled(pooler).await;
        migrate_up(&options.url).await.unwrap();
        let options = minsu_store::StoreOptions { max_connections: 8, ..options };
        let stores = [SqlStore::connect(&options).await.unwrap(), SqlStore::connect(&options).await.unwrap()];
        let scene = scene(&stores[0]).await;
        let scene = &scene;
        let works = stores.iter().zip([1, 2]).flat_map(|(store, salt)| {
            (0..6).map(move |number| async move {
                for round in 0..10 {
                    publish(store, scene, 100 * salt + 10 * number + round).await;
                    assert!(store.read().await.unwrap().users().find(scene.guest).await.unwrap().is_some());
                }
            })
        });
        join_all(works).await;
    }
}

/// A statement that fails leaves its transaction aborted and its prepared statement behind.
#[tokio::test]
async fn a_failed_statement_does_not_break_later_ones() {
    for pooler in POOLERS {
        let (store, _guard) = fresh_pooled(pooler).await;
        add_user(&store, &new_user(1)).await;
        for number in 2..30 {
            let mut unit = store.begin().await.unwrap();
            assert!(unit.users().insert(&new_user(1)).await.is_err());
            drop(unit);
            add_user(&store, &new_user(number)).await;
        }
    }
}

/// The longest that a statement may take holds here too.
#[tokio::test]
async fn a_statement_that_waits_for_a_lock_is_broken_off() {
    for pooler in POOLERS {
        let (options, _guard) = pooled(pooler).await;
        migrate_up(&options.url).await.unwrap();
        let options = minsu_store::StoreOptions { statement_timeout: std::time::Duration::from_millis(300), ..options };
        let store = SqlStore::connect(&options).await.unwrap();
        let id = add_user(&store, &new_user(1)).await;
        let name = new_user(2).name;
        let (mut holder, mut waiter) = (store.begin().await.unwrap(), store.begin().await.unwrap());
        assert!(holder.users().rename(id, &name).await.unwrap());
        let started = std::time::Instant::now();
        let error = waiter.users().rename(id, &name).await.unwrap_err();
        assert!(matches!(error, minsu_ports::StoreError::Unavailable(_)), "{pooler:?} {error:?}");
        // The deadline of the store would be a second later.
        assert!(started.elapsed() < std::time::Duration::from_millis(1200), "{:?}", started.elapsed());
    }
}
