//! A cluster of three masters.

use bytes::Bytes;
use minsu_ports::{Cache, CacheKey, testkit};
use minsu_testservers::redis::RedisCluster;

use crate::{LONG, connect, recovers};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_keeps_the_contract() {
    let cluster = RedisCluster::start();
    testkit::cache::every_rule(connect(cluster.url()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_was_away_is_found_again() {
    let mut cluster = RedisCluster::start();
    let cache = connect(cluster.url()).await;
    for number in 0..60 {
        cache.set(&CacheKey::of_number("spread", number), Bytes::new(), LONG).await.unwrap();
    }
    for node in cluster.nodes() {
        assert!(!node.command(&["KEYS", "minsu:spread:*"]).is_empty(), "a node got no key");
    }
    for node in 0..cluster.nodes().len() {
        cluster.kill(node);
        let mut failures = 0;
        for number in 0..6 {
            failures += usize::from(cache.get(&CacheKey::of_number("spread", number)).await.is_err());
        }
        cluster.restart(node);
        recovers(&*cache).await;
        assert!(failures < 6 || node == 0, "every key failed without node {node}");
    }
}
