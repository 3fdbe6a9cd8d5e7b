//! A master and a replica under Sentinel.

use bytes::Bytes;
use minsu_ports::{Cache, CacheKey, testkit};
use minsu_testservers::redis::RedisSentinel;

use crate::{LONG, all_calls_work, connect, recovers};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_keeps_the_contract() {
    let servers = RedisSentinel::start();
    testkit::cache::every_rule(connect(servers.url()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_new_master_is_found_when_the_old_one_is_dead() {
    let mut servers = RedisSentinel::start();
    let cache = connect(servers.url()).await;
    all_calls_work(&*cache).await.unwrap();
    servers.fail_over();
    recovers(&*cache).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_new_master_is_found_when_the_old_one_is_its_replica() {
    let servers = RedisSentinel::start();
    let cache = connect(servers.url()).await;
    cache.set(&CacheKey::single("kept"), Bytes::from_static(b"value"), LONG).await.unwrap();
    servers.switch_over();
    recovers(&*cache).await;
    assert_eq!(cache.get(&CacheKey::single("kept")).await.unwrap(), Some(Bytes::from_static(b"value")));
}
