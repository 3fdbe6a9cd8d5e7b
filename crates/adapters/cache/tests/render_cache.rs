//! The page cache: its contract in every set-up, and failures of the caches below it.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "render_cache/faults.rs"]
mod faults;
#[path = "render_cache/flaky_cache.rs"]
mod flaky_cache;

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use minsu_cache::{MemoryCache, MemoryCacheOptions, RedisCache, RedisOptions, RenderCacheOptions, TwoTierCache};
use minsu_ports::{Cache, Clock, CommonTag, EntryKey, InvalidationTag, RenderCache, RenderError, Rendered, testkit};
use minsu_testservers::redis::{RedisCluster, RedisServer};
use tokio::task::JoinSet;

/// A clock that does not go on: pages never reach their age.
struct StoppedClock;

#[async_trait]
impl Clock for StoppedClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

fn options() -> RenderCacheOptions {
    let release = "1".to_owned();
    // The rules of the port are about entries that are shared at once.
    RenderCacheOptions {
        local_bytes: RenderCacheOptions::LOCAL_BYTES,
        lifetime: RenderCacheOptions::LIFETIME,
        shared_bytes: RenderCacheOptions::SHARED_BYTES,
        only_asked_again: false,
        release,
    }
}

fn on(cache: &Arc<dyn Cache>, options: RenderCacheOptions) -> Arc<dyn RenderCache> {
    Arc::new(TwoTierCache::shared(options, Arc::clone(cache), Arc::new(StoppedClock)))
}

fn memory() -> Arc<dyn Cache> {
    Arc::new(MemoryCache::new(MemoryCacheOptions::default()))
}

async fn redis(url: &str) -> Arc<dyn Cache> {
    let (prefix, deadline) = ("minsu:".to_owned(), RedisOptions::DEADLINE);
    let options = RedisOptions { url: url.into(), ca_file: None, prefix, deadline, handles: 2 };
    Arc::new(RedisCache::connect(&options).await.unwrap())
}

const OFFERS: InvalidationTag = InvalidationTag::Common(CommonTag::new(0, "offers"));
const PEOPLE: InvalidationTag = InvalidationTag::Common(CommonTag::new(2, "people"));

/// The tag of one of many houses.
fn of_house(id: i64) -> InvalidationTag {
    InvalidationTag::Individual { kind: "house", id }
}

fn house(id: i64) -> EntryKey {
    EntryKey::new("test", format_args!("house_{id}"), 0, [Some(of_house(id)), Some(PEOPLE), None]).unwrap()
}

/// The page, or `body` when it has to be made.
async fn get(pages: &Arc<dyn RenderCache>, key: EntryKey, body: &'static str) -> Bytes {
    let render = async || Ok::<_, Infallible>(Rendered::Cacheable(Bytes::from_static(body.as_bytes())));
    pages.get_or_render(&key, render).await.unwrap().body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_process_keeps_the_contract() {
    testkit::render_cache::every_rule(Arc::new(TwoTierCache::alone(1 << 20))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_process_without_room_of_its_own_keeps_the_contract() {
    testkit::render_cache::every_rule(on(&memory(), RenderCacheOptions { local_bytes: 0, ..options() })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_on_redis_keep_the_contract() {
    let server = RedisServer::start();
    let (one, other) = (redis(&server.url()).await, redis(&server.url()).await);
    testkit::render_cache::every_rule(on(&one, options())).await;
    testkit::render_cache::rules_of_two(on(&one, options()), on(&other, options())).await;
    for key in server.command(&["KEYS", "*"]).lines() {
        let lifetime: i64 = server.command(&["PTTL", key]).parse().unwrap();
        assert!(lifetime > 0, "{key} lives for ever");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_on_a_cluster_keep_the_contract() {
    let cluster = RedisCluster::start();
    let (one, other) = (redis(&cluster.url()).await, redis(&cluster.url()).await);
    testkit::render_cache::every_rule(on(&one, options())).await;
    testkit::render_cache::rules_of_two(on(&one, options()), on(&other, options())).await;
}

#[tokio::test]
async fn entries_of_one_name_are_fields_of_one_hash_under_their_version_tokens() {
    let server = RedisServer::start();
    let pages = on(&redis(&server.url()).await, options());
    for field in [1, 2] {
        let name = format_args!("houses____booking");
        let key = EntryKey::new("v1", name, field, [Some(OFFERS), Some(PEOPLE), None]).unwrap();
        get(&pages, key, "[]").await;
    }
    let tokens = ["offers", "people"].map(|tag| server.command(&["GET", &format!("minsu:stamp:{tag}")])).join(".");
    pages.invalidate(&[OFFERS]).await;
    assert_eq!(server.command(&["HKEYS", &format!("minsu:page:v1:houses____booking:1:{tokens}")]), "1\n2");
    assert_eq!(server.command(&["KEYS", "minsu:page:*"]).lines().count(), 1);
}

#[tokio::test]
async fn a_page_of_the_shared_cache_costs_two_messages() {
    let server = RedisServer::start();
    let (one, other) = (on(&redis(&server.url()).await, options()), on(&redis(&server.url()).await, options()));
    let messages = || -> u64 {
        let stats = server.command(&["INFO", "stats"]);
        stats.lines().find_map(|line| line.strip_prefix("total_reads_processed:")).unwrap().trim().parse().unwrap()
    };
    let mut least = u64::MAX;
    for number in 1..=5 {
        get(&one, house(number), "page").await;
        let before = messages();
        // Each `INFO` is a message itself.
        let asked = messages();
        assert_eq!(get(&other, house(number), "another").await, "page");
        // On a busy machine another client may check meanwhile whether the server answers: the round without counts.
        least = least.min(messages() - asked - (asked - before));
    }
    // All tokens, and the page.
    assert_eq!(least, 2);
}

#[tokio::test]
async fn houses_that_do_not_exist_leave_nothing_in_the_shared_cache() {
    let server = RedisServer::start();
    let pages = on(&redis(&server.url()).await, options());
    for id in 1..200 {
        let missing = pages.get_or_render(&house(id), async || Err("no such house")).await;
        assert_eq!(missing, Err(RenderError::Render("no such house")));
        let empty = async || Ok::<_, Infallible>(Rendered::Uncacheable(Bytes::new()));
        pages.get_or_render(&house(id + 1_000), empty).await.unwrap();
    }
    // Of the site, not of a house.
    assert_eq!(server.command(&["KEYS", "*"]), "minsu:stamp:people");
}

#[tokio::test]
async fn other_releases_have_other_pages_and_the_same_changes() {
    let cache = memory();
    let (old, new) = (on(&cache, options()), on(&cache, RenderCacheOptions { release: "2".to_owned(), ..options() }));
    assert_eq!(get(&old, house(1), "old form").await, "old form");
    assert_eq!(get(&new, house(1), "new form").await, "new form");
    new.invalidate(&[PEOPLE]).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(get(&old, house(1), "old form, new name").await, "old form, new name");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_whose_makers_hang_is_refused_in_time_and_had_again_afterwards() {
    let pages: Arc<dyn RenderCache> = Arc::new(TwoTierCache::alone(1 << 20));
    let begun = Arc::new(AtomicUsize::new(0));
    let mut callers = JoinSet::new();
    for _ in 0..40 {
        let (pages, begun) = (Arc::clone(&pages), Arc::clone(&begun));
        callers.spawn(async move {
            let render = async || {
                begun.fetch_add(1, Ordering::SeqCst);
                std::future::pending::<Result<Rendered, Infallible>>().await
            };
            pages.get_or_render(&house(1), render).await
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let begin = Instant::now();
    for _ in 0..38 {
        assert!(matches!(callers.join_next().await, Some(Ok(Err(RenderError::Busy)))));
    }
    assert!(begin.elapsed() < Duration::from_secs(6), "{:?}", begin.elapsed());
    assert_eq!(begun.load(Ordering::SeqCst), 2);
    // The callers of the renders that hang have given up.
    callers.shutdown().await;
    assert_eq!(get(&pages, house(1), "page").await, "page");
}

#[tokio::test]
async fn it_is_counted_where_pages_come_from() {
    let cache = memory();
    let (one, other) = (on(&cache, options()), on(&cache, options()));
    get(&one, house(1), "page").await;
    get(&one, house(1), "page").await;
    get(&other, house(1), "page").await;
    let (one, other) = (one.counts(), other.counts());
    assert_eq!((one.rendered, one.local, one.shared, one.unavailable), (1, 1, 0, 0));
    assert_eq!((other.rendered, other.local, other.shared, other.unannounced), (0, 0, 1, 0));
}

#[tokio::test]
async fn a_process_has_no_more_pages_than_it_has_room_for() {
    let pages: Arc<dyn RenderCache> = Arc::new(TwoTierCache::alone(100_000));
    let body: &'static str = "x".repeat(1_000).leak();
    for id in 1..1_000 {
        get(&pages, house(id), body).await;
    }
    let before = pages.counts().local;
    for id in 1..1_000 {
        let show = async || Ok::<_, Infallible>(Rendered::Uncacheable(Bytes::new()));
        pages.get_or_render(&house(id), show).await.unwrap();
    }
    let kept = pages.counts().local - before;
    assert!((20..=100).contains(&kept), "{kept} pages of 1,000 bytes in 100,000");
}

/// A Redis that forgets nothing, with little room: ever new pages filled it, and there was no login any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_pages_leaves_room_for_sessions() {
    let server = RedisServer::start();
    server.command(&["CONFIG", "SET", "maxmemory", "8mb"]);
    server.command(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    let cache = redis(&server.url()).await;
    let pages =
        on(&cache, RenderCacheOptions { only_asked_again: true, shared_bytes: 2 << 20, local_bytes: 0, ..options() });
    let body = Bytes::from(vec![b'x'; 20_000]);
    for round in 0..2 {
        for id in 1..=1_000 {
            let render = async || Ok::<_, Infallible>(Rendered::Cacheable(body.clone()));
            pages.get_or_render(&house(id), render).await.unwrap();
            if id % 100 == 0 {
                cache.check_writes().await.unwrap();
            }
        }
        let kept = server.command(&["KEYS", "minsu:page:*"]).lines().filter(|line| !line.is_empty()).count();
        // Asked for once: none. Asked for again: as many as have room.
        let expected = if round == 0 { 0..=0 } else { 50..=105 };
        assert!(expected.contains(&kept), "{kept} pages in round {round}");
    }
    assert!(pages.counts().unshared > 1_500);
}
