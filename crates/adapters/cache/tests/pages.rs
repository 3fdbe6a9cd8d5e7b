//! The page cache: its contract in every set-up, and what goes wrong below it.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

#[path = "pages/faults.rs"]
mod faults;
#[path = "pages/flaky_cache.rs"]
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
use minsu_cache::{MemoryCache, MemoryCacheOptions, PageOptions, RedisCache, RedisOptions, TwoTierPages};
use minsu_domain::HouseId;
use minsu_ports::{Cache, Clock, PageCache, PageError, PageKey, Rendered, Scope, testkit};
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

fn options() -> PageOptions {
    let release = "1".to_owned();
    PageOptions { local_bytes: PageOptions::LOCAL_BYTES, lifetime: PageOptions::LIFETIME, release }
}

fn on(cache: &Arc<dyn Cache>, options: PageOptions) -> Arc<dyn PageCache> {
    Arc::new(TwoTierPages::shared(options, Arc::clone(cache), Arc::new(StoppedClock)))
}

fn memory() -> Arc<dyn Cache> {
    Arc::new(MemoryCache::new(MemoryCacheOptions::default()))
}

async fn redis(url: &str) -> Arc<dyn Cache> {
    let (prefix, deadline) = ("minsu:".to_owned(), RedisOptions::DEADLINE);
    let options = RedisOptions { url: url.into(), ca_file: None, prefix, deadline, handles: 2 };
    Arc::new(RedisCache::connect(&options).await.unwrap())
}

fn house_id(id: i64) -> HouseId {
    HouseId::new(id).unwrap()
}

fn house(id: i64) -> PageKey {
    PageKey::house("test", house_id(id))
}

/// The page, or `body` when it has to be made.
async fn get(pages: &Arc<dyn PageCache>, key: PageKey, body: &'static str) -> Bytes {
    let render = async || Ok::<_, Infallible>(Rendered::Keep(Bytes::from_static(body.as_bytes())));
    pages.get_or_render(&key, render).await.unwrap().body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_process_keeps_the_contract() {
    testkit::page_cache::every_rule(Arc::new(TwoTierPages::alone(1 << 20))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_process_without_room_of_its_own_keeps_the_contract() {
    testkit::page_cache::every_rule(on(&memory(), PageOptions { local_bytes: 0, ..options() })).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_on_redis_keep_the_contract() {
    let server = RedisServer::start();
    let (one, other) = (redis(&server.url()).await, redis(&server.url()).await);
    testkit::page_cache::every_rule(on(&one, options())).await;
    testkit::page_cache::rules_of_two(on(&one, options()), on(&other, options())).await;
    for key in server.command(&["KEYS", "*"]).lines() {
        let lifetime: i64 = server.command(&["PTTL", key]).parse().unwrap();
        assert!(lifetime > 0, "{key} lives for ever");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_on_a_cluster_keep_the_contract() {
    let cluster = RedisCluster::start();
    let (one, other) = (redis(&cluster.url()).await, redis(&cluster.url()).await);
    testkit::page_cache::every_rule(on(&one, options())).await;
    testkit::page_cache::rules_of_two(on(&one, options()), on(&other, options())).await;
}

#[tokio::test]
async fn pages_of_a_search_are_fields_of_the_hash_of_document_002() {
    use minsu_domain::{DateRange, HouseFilter, PageNumber, SortKey, StayRule};
    let server = RedisServer::start();
    let pages = on(&redis(&server.url()).await, options());
    let free = DateRange::new(None, None, StayRule::Days).unwrap();
    let filter = HouseFilter { free, sort: SortKey::Booking, ..HouseFilter::default() };
    let today = StoppedClock.now().date_naive();
    for number in ["1", "2"] {
        let page = PageNumber::parse(number).unwrap();
        let key = PageKey::search("v1", filter.clone(), page, || today..=today).unwrap();
        get(&pages, key, "[]").await;
    }
    let stamps = ["offers", "people"].map(|scope| server.command(&["GET", &format!("minsu:stamp:{scope}")])).join(".");
    pages.changed(&[Scope::Offers]).await;
    assert_eq!(server.command(&["HKEYS", &format!("minsu:page:v1:houses____booking:1:{stamps}")]), "1\n2");
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
        // Asking takes some itself.
        let asked = messages();
        assert_eq!(get(&other, house(number), "another").await, "page");
        // On a busy machine somebody asks once more whether the server is there.
        least = least.min(messages() - asked - (asked - before));
    }
    // All stamps, and the page.
    assert_eq!(least, 2);
}

#[tokio::test]
async fn houses_that_do_not_exist_leave_nothing_in_the_shared_cache() {
    let server = RedisServer::start();
    let pages = on(&redis(&server.url()).await, options());
    for id in 1..200 {
        let missing = pages.get_or_render(&house(id), async || Err("no such house")).await;
        assert_eq!(missing, Err(PageError::Render("no such house")));
        let empty = async || Ok::<_, Infallible>(Rendered::Show(Bytes::new()));
        pages.get_or_render(&house(id + 1_000), empty).await.unwrap();
    }
    // Of the site, not of a house.
    assert_eq!(server.command(&["KEYS", "*"]), "minsu:stamp:people");
}

#[tokio::test]
async fn other_releases_have_other_pages_and_the_same_changes() {
    let cache = memory();
    let (old, new) = (on(&cache, options()), on(&cache, PageOptions { release: "2".to_owned(), ..options() }));
    assert_eq!(get(&old, house(1), "old form").await, "old form");
    assert_eq!(get(&new, house(1), "new form").await, "new form");
    new.changed(&[Scope::People]).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(get(&old, house(1), "old form, new name").await, "old form, new name");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_whose_makers_hang_is_refused_in_time_and_had_again_afterwards() {
    let pages: Arc<dyn PageCache> = Arc::new(TwoTierPages::alone(1 << 20));
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
        assert!(matches!(callers.join_next().await, Some(Ok(Err(PageError::Busy)))));
    }
    assert!(begin.elapsed() < Duration::from_secs(6), "{:?}", begin.elapsed());
    assert_eq!(begun.load(Ordering::SeqCst), 2);
    // Those who hang are given up by their callers.
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
    let pages: Arc<dyn PageCache> = Arc::new(TwoTierPages::alone(100_000));
    let body: &'static str = "x".repeat(1_000).leak();
    for id in 1..1_000 {
        get(&pages, house(id), body).await;
    }
    let before = pages.counts().local;
    for id in 1..1_000 {
        let show = async || Ok::<_, Infallible>(Rendered::Show(Bytes::new()));
        pages.get_or_render(&house(id), show).await.unwrap();
    }
    let kept = pages.counts().local - before;
    assert!((20..=100).contains(&kept), "{kept} pages of 1,000 bytes in 100,000");
}
