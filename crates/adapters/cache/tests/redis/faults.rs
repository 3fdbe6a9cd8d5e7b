//! A server that is slow, unreachable, restarted or emptied.

use std::{
    error::Error,
    net::{Ipv4Addr, TcpListener},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use minsu_cache::{RedisCache, RedisFailure, RedisOptions};
use minsu_ports::{Cache, CacheError, CacheKey};
use minsu_testservers::redis::RedisServer;

use crate::{LONG, all_calls_work, connect, options, proxy::Proxy, recovers};

const DEADLINE: Duration = Duration::from_millis(200);
/// What a busy machine may add to a deadline.
const SLACK: Duration = Duration::from_secs(2);

fn with_deadline(url: String) -> RedisOptions {
    RedisOptions { deadline: DEADLINE, ..options(url) }
}

fn cause(error: &CacheError) -> &RedisFailure {
    error.source().and_then(|source| source.downcast_ref()).unwrap()
}

/// Calls 40 times at once; all calls fail in time with "no answer".
async fn every_call_gives_up_in_time(cache: &Arc<RedisCache>) {
    let calls: Vec<_> = (0..40)
        .map(|number| {
            let cache = Arc::clone(cache);
            tokio::spawn(async move {
                let key = CacheKey::of_number("slow", number);
                let begin = Instant::now();
                let result = match number % 4 {
                    0 => cache.get(&key).await.map(drop),
                    1 => cache.take(&key).await.map(drop),
                    2 => cache.increment(&key, LONG).await.map(drop),
                    _ => cache.hash_set(&key, 1, Bytes::new(), LONG).await,
                };
                (result, begin.elapsed())
            })
        })
        .collect();
    for call in calls {
        let (result, took) = call.await.unwrap();
        let error = result.unwrap_err();
        assert!(matches!(cause(&error), RedisFailure::NoAnswer(DEADLINE)), "{error:?}");
        assert!(took < DEADLINE + SLACK, "{took:?}");
    }
}

#[tokio::test]
async fn calls_that_wait_are_counted_until_they_end_or_are_given_up() {
    let server = RedisServer::start();
    let cache = Arc::new(RedisCache::connect(&with_deadline(server.url())).await.unwrap());
    assert_eq!(cache.running(), 0);
    server.command(&["CLIENT", "PAUSE", "1500", "ALL"]);
    let call = |number| {
        let cache = Arc::clone(&cache);
        tokio::spawn(async move { cache.get(&CacheKey::of_number("slow", number)).await.is_err() })
    };
    let (given_up, late) = (call(1), call(2));
    tokio::time::sleep(DEADLINE / 4).await;
    assert_eq!(cache.running(), 2);
    given_up.abort();
    assert!(given_up.await.unwrap_err().is_cancelled());
    assert_eq!(cache.running(), 1);
    assert!(late.await.unwrap());
    assert_eq!(cache.running(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_server_costs_a_call_its_deadline() {
    let server = RedisServer::start();
    let cache = Arc::new(RedisCache::connect(&with_deadline(server.url())).await.unwrap());
    all_calls_work(&*cache).await.unwrap();
    server.command(&["CLIENT", "PAUSE", "1500", "ALL"]);
    let begin = Instant::now();
    every_call_gives_up_in_time(&cache).await;
    // Later calls wait for a new connection, no longer than the others.
    every_call_gives_up_in_time(&cache).await;
    tokio::time::sleep(Duration::from_millis(1_500).saturating_sub(begin.elapsed())).await;
    recovers(&*cache).await;
}

#[tokio::test]
async fn a_server_that_accepts_and_is_silent_costs_a_call_its_deadline() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("redis://{}", silent.local_addr().unwrap());
    let cache = Arc::new(RedisCache::new(&with_deadline(url)).unwrap());
    every_call_gives_up_in_time(&cache).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_whose_peer_vanished_without_a_word_is_replaced() {
    let server = RedisServer::start();
    let proxy = Proxy::to(server.port()).await;
    let cache = RedisCache::connect(&with_deadline(proxy.url())).await.unwrap();
    for round in 0..3 {
        let key = CacheKey::of_number("vanished", round);
        cache.set(&key, Bytes::new(), LONG).await.unwrap();
        proxy.freeze();
        let error = cache.get(&key).await.unwrap_err();
        assert!(matches!(cause(&error), RedisFailure::NoAnswer(_)), "{error:?}");
        assert_eq!(cache.get(&key).await.unwrap(), Some(Bytes::new()), "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_master_that_became_a_replica_is_left_for_the_new_one() {
    let (old, new) = (RedisServer::start(), RedisServer::start());
    let proxy = Proxy::to(old.port()).await;
    let cache = connect(proxy.url()).await;
    all_calls_work(&*cache).await.unwrap();
    proxy.point_to(new.port());
    old.command(&["REPLICAOF", "127.0.0.1", &new.port().to_string()]);
    // The old connection is alive and serves reads; only a write shows that its server is a replica now.
    all_calls_work(&*cache).await.unwrap();
    assert!(!new.command(&["KEYS", "minsu:*"]).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_away_is_found_again_and_has_forgotten_the_scripts() {
    let mut server = RedisServer::start();
    let cache = connect(server.url()).await;
    all_calls_work(&*cache).await.unwrap();
    for _ in 0..2 {
        server.kill();
        let begin = Instant::now();
        let error = cache.get(&CacheKey::single("value")).await.unwrap_err();
        assert!(matches!(cause(&error), RedisFailure::NoConnection(_)), "{error:?}");
        assert!(begin.elapsed() < SLACK, "{:?} for a refused connection", begin.elapsed());
        // Many calls meanwhile are refused as well and leave nothing behind.
        for _ in 0..200 {
            assert!(cache.increment(&CacheKey::single("counter"), LONG).await.is_err());
        }
        server.restart();
        recovers(&*cache).await;
    }
}

#[tokio::test]
async fn a_server_that_is_away_at_the_start_is_named_by_connect_and_found_later() {
    let mut server = RedisServer::start();
    server.kill();
    assert!(RedisCache::connect(&options(server.url())).await.is_err());
    let cache = RedisCache::new(&options(server.url())).unwrap();
    assert!(cache.ping().await.is_err());
    server.restart();
    recovers(&cache).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_was_closed_is_replaced_without_an_error() {
    let server = RedisServer::start();
    let cache = connect(server.url()).await;
    for round in 0..20 {
        let key = CacheKey::of_number("closed", round);
        cache.set(&key, Bytes::from_static(b"value"), LONG).await.unwrap();
        server.command(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
        assert_eq!(cache.take(&key).await.unwrap(), Some(Bytes::from_static(b"value")), "round {round}");
        server.command(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
        assert_eq!(cache.increment(&key, LONG).await.unwrap().value, 1, "round {round}");
    }
    assert!(server.connections() <= 4, "{} connections", server.connections());
}

#[tokio::test]
async fn a_server_that_was_emptied_has_neither_values_nor_scripts() {
    let server = RedisServer::start();
    let cache = connect(server.url()).await;
    all_calls_work(&*cache).await.unwrap();
    cache.set(&CacheKey::single("value"), Bytes::new(), LONG).await.unwrap();
    server.command(&["FLUSHALL"]);
    server.command(&["SCRIPT", "FLUSH"]);
    assert_eq!(cache.get(&CacheKey::single("value")).await.unwrap(), None);
    assert_eq!(cache.increment(&CacheKey::single("counter"), LONG).await.unwrap().value, 1);
    assert!(!cache.compare_and_delete(&CacheKey::single("value"), b"").await.unwrap());
}

#[tokio::test]
async fn an_answer_of_no_use_leaves_the_connection_alone() {
    let server = RedisServer::start();
    let cache = connect(server.url()).await;
    cache.set(&CacheKey::single("value"), Bytes::from_static(b"no number"), LONG).await.unwrap();
    let before = server.command(&["INFO", "stats"]);
    let error = cache.increment(&CacheKey::single("value"), LONG).await.unwrap_err();
    assert!(matches!(cause(&error), RedisFailure::Command(_)), "{error:?}");
    all_calls_work(&*cache).await.unwrap();
    let made = |stats: &str| -> u64 {
        let line = stats.lines().find_map(|line| line.strip_prefix("total_connections_received:"));
        line.unwrap().trim().parse().unwrap()
    };
    // The one connection is that of the second question for the statistics.
    assert_eq!(made(&server.command(&["INFO", "stats"])) - made(&before), 1);
}

#[test]
fn a_connection_outlives_neither_its_runtime_nor_the_patience_of_the_next() {
    let server = RedisServer::start();
    let cache = RedisCache::new(&options(server.url())).unwrap();
    for _ in 0..3 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(all_calls_work(&cache)).unwrap();
    }
}
