//! The cache in one Redis server.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::Arc;

use minsu_cache::{RedisCache, RedisOptions};
use minsu_ports::testkit;
use minsu_testservers::redis::RedisServer;

fn options(url: String) -> RedisOptions {
    RedisOptions { url: url.into(), prefix: "minsu:".to_owned(), deadline: RedisOptions::DEADLINE, handles: 4 }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_keeps_the_contract() {
    let server = RedisServer::start();
    let cache = RedisCache::connect(&options(server.url())).await.unwrap();
    testkit::cache::every_rule(Arc::new(cache)).await;
    let keys = server.command(&["KEYS", "*"]);
    assert!(!keys.is_empty() && keys.lines().all(|key| key.starts_with("minsu:")), "{keys}");
}
