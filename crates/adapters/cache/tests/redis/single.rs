//! One server.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;
use minsu_cache::{RedisCache, RedisOptions};
use minsu_ports::{Cache, CacheKey, testkit};
use minsu_testservers::redis::RedisServer;

use crate::{connect, options};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_keeps_the_contract() {
    let server = RedisServer::start();
    testkit::cache::every_rule(connect(server.url()).await).await;
    let keys = server.command(&["KEYS", "*"]);
    assert!(!keys.is_empty() && keys.lines().all(|key| key.starts_with("minsu:")), "{keys}");
}

#[tokio::test]
async fn sites_with_other_prefixes_share_a_server() {
    let server = RedisServer::start();
    let one = connect(server.url()).await;
    let other = RedisOptions { prefix: "other:".to_owned(), ..options(server.url()) };
    let other = RedisCache::connect(&other).await.unwrap();
    one.increment(&CacheKey::single("visits"), crate::LONG).await.unwrap();
    assert_eq!(other.increment(&CacheKey::single("visits"), crate::LONG).await.unwrap().value, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_share_a_few_connections_and_send_nothing_else() {
    let server = RedisServer::start();
    let cache = connect(server.url()).await;
    server.command(&["CONFIG", "RESETSTAT"]);
    let calls: Vec<_> = (0..500)
        .map(|number| {
            let cache = Arc::clone(&cache);
            tokio::spawn(async move { cache.get(&CacheKey::of_number("call", number)).await.unwrap() })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), None);
    }
    let stats = server.command(&["INFO", "commandstats"]);
    assert!(stats.contains("cmdstat_get:calls=500,"), "{stats}");
    assert!(!stats.contains("cmdstat_unwatch"), "{stats}");
    // Only a request that waits for 20 ms asks after its connection: on a busy machine some do.
    let pings = stats.lines().find_map(|line| line.strip_prefix("cmdstat_ping:calls="));
    let pings = pings.map_or(0, |rest| rest.split(',').next().unwrap().parse::<u32>().unwrap());
    assert!(pings < 250, "{stats}");
    assert!((1..=4).contains(&server.connections()), "{} connections", server.connections());
}

#[tokio::test]
async fn reads_of_one_moment_travel_together_and_each_has_its_own_answer() {
    let server = RedisServer::start();
    let cache = connect(server.url()).await;
    let key = |number| CacheKey::of_number("read", number);
    for number in 0..30 {
        cache.set(&key(number), number.to_string().into(), crate::LONG).await.unwrap();
    }
    let (hash, text, nothing) = (CacheKey::single("hash"), key(3), CacheKey::single("nothing"));
    cache.hash_set(&hash, 7, Bytes::from_static(b"field"), crate::LONG).await.unwrap();
    let messages = || -> u64 {
        let stats = server.command(&["INFO", "stats"]);
        stats.lines().find_map(|line| line.strip_prefix("total_reads_processed:")).unwrap().trim().parse().unwrap()
    };
    let before = messages();
    // Asking takes some itself.
    let asked = messages();
    let (values, field, refused, absent) = tokio::join!(
        join_all((0..30).map(|number| {
            let (cache, key) = (Arc::clone(&cache), key(number));
            async move { cache.get(&key).await.unwrap() }
        })),
        cache.hash_get(&hash, 7),
        cache.hash_get(&text, 7),
        cache.get(&nothing),
    );
    assert_eq!(messages() - asked, asked - before + 1);
    for (number, value) in values.into_iter().enumerate() {
        assert_eq!(value, Some(number.to_string().into()));
    }
    assert_eq!(field.unwrap(), Some(Bytes::from_static(b"field")));
    assert!(refused.is_err(), "a field of what is no hash");
    assert_eq!(absent.unwrap(), None);
    assert_eq!((cache.failures(), cache.running()), (1, 0));
}

#[tokio::test]
async fn a_password_is_sent_and_never_told() {
    let server = RedisServer::start_with(&["--requirepass", "hunter2"]);
    let url = |password: &str| format!("redis://:{password}@127.0.0.1:{}", server.port());
    let cache = RedisCache::connect(&options(url("hunter2"))).await.unwrap();
    cache.ping().await.unwrap();
    let refused = RedisCache::connect(&options(url("hunter3"))).await.err().unwrap();
    assert!(!format!("{refused:?} {:?}", options(url("hunter3"))).contains("hunter3"));
}

#[tokio::test]
async fn options_without_connections_or_time_are_refused() {
    let url = "redis://127.0.0.1:1".to_owned();
    assert!(RedisCache::new(&RedisOptions { handles: 0, ..options(url.clone()) }).is_err());
    assert!(RedisCache::new(&RedisOptions { deadline: std::time::Duration::ZERO, ..options(url.clone()) }).is_err());
    assert!(RedisCache::new(&options(url)).is_ok());
}
