//! The in-process cache.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use minsu_cache::{MemoryCache, MemoryCacheOptions};
use minsu_ports::{Cache, CacheKey, testkit};

const LONG: Duration = Duration::from_secs(600);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_keeps_the_contract() {
    testkit::cache::every_rule(Arc::new(MemoryCache::new(MemoryCacheOptions::default()))).await;
}

#[tokio::test]
async fn pages_push_out_neither_sessions_nor_counters() {
    let small = MemoryCacheOptions { value_bytes: 10_000, counters: 10, hash_bytes: 100_000 };
    let cache = MemoryCache::new(small);
    let (session, guesses) = (CacheKey::single("session"), CacheKey::single("guesses"));
    cache.set(&session, Bytes::from_static(b"somebody"), LONG).await.unwrap();
    cache.increment(&guesses, LONG).await.unwrap();
    for number in 0..2_000 {
        let page = CacheKey::of_number("page", number);
        cache.hash_set(&page, 1, Bytes::from(vec![0; 1_000]), LONG).await.unwrap();
    }
    assert!(cache.get(&session).await.unwrap().is_some());
    assert_eq!(cache.increment(&guesses, LONG).await.unwrap().value, 2);
    let mut pages = 0;
    for number in 0..2_000 {
        pages += usize::from(cache.hash_get(&CacheKey::of_number("page", number), 1).await.unwrap().is_some());
    }
    // 1,000 bytes of value and some of housekeeping each.
    assert!((20..=100).contains(&pages), "{pages} pages in 100,000 bytes");
}

#[tokio::test]
async fn captchas_do_not_reset_the_count_of_guesses() {
    let cache = MemoryCache::new(MemoryCacheOptions { value_bytes: 10_000, ..MemoryCacheOptions::default() });
    let guesses = CacheKey::single("guesses");
    cache.increment(&guesses, LONG).await.unwrap();
    for number in 0..2_000 {
        cache.set(&CacheKey::of_number("captcha", number), Bytes::from_static(b"ABCD"), LONG).await.unwrap();
    }
    assert_eq!(cache.increment(&guesses, LONG).await.unwrap().value, 2);
}

#[tokio::test]
async fn when_it_is_full_the_oldest_goes_and_the_newest_stays() {
    let cache = MemoryCache::new(MemoryCacheOptions { value_bytes: 20_000, ..MemoryCacheOptions::default() });
    for number in 0..1_000 {
        let session = CacheKey::of_number("session", number);
        cache.set(&session, Bytes::from_static(b"somebody"), LONG).await.unwrap();
        assert!(cache.get(&session).await.unwrap().is_some(), "session {number} was refused");
    }
    // Reading lets moka tidy up.
    tokio::time::sleep(Duration::from_millis(400)).await;
    let mut living = Vec::new();
    for number in 0..1_000 {
        if cache.get(&CacheKey::of_number("session", number)).await.unwrap().is_some() {
            living.push(number);
        }
    }
    assert!((10..=80).contains(&living.len()), "{living:?}");
    assert!(living.contains(&999) && !living.contains(&0), "{living:?}");
}
