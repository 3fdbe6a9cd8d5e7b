//! A shared cache that is unreachable, slow or emptied.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use minsu_ports::{Cache, InvalidationTag, RenderCache};
use minsu_testservers::redis::RedisServer;
use tokio::time::{sleep, timeout};

use crate::{PEOPLE, flaky_cache::FlakyCache, get, house, memory, of_house, on, options, redis};

/// Waits until a page has this body.
async fn shows(pages: &Arc<dyn RenderCache>, id: i64, body: &'static str, within: Duration) {
    let begin = Instant::now();
    while get(pages, house(id), body).await != body {
        assert!(begin.elapsed() < within, "still old after {:?}", begin.elapsed());
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_made_and_kept_while_redis_is_away_and_found_there_afterwards() {
    let mut server = RedisServer::start();
    let pages = on(&redis(&server.url()).await, options());
    get(&pages, house(1), "before").await;
    server.kill();
    sleep(Duration::from_secs(1)).await;
    // Rendered from the database, kept in the process, and out of date at once when the data change.
    assert_eq!(get(&pages, house(1), "away").await, "away");
    assert_eq!(get(&pages, house(1), "another").await, "away");
    pages.invalidate(&[of_house(1)]).await;
    assert_eq!(get(&pages, house(1), "changed").await, "changed");
    let counts = pages.counts();
    assert!(counts.unavailable >= 2 && counts.unannounced == 1, "{counts:?}");

    server.restart();
    let begin = Instant::now();
    let other = on(&redis(&server.url()).await, options());
    // A page of the one reaches the other again: some page is kept in Redis.
    for id in 10.. {
        assert!(begin.elapsed() < Duration::from_secs(5), "redis is not used again");
        get(&pages, house(id), "one").await;
        if get(&other, house(id), "other").await == "one" {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    assert!(!server.command(&["GET", "minsu:stamp:house_1"]).is_empty(), "the change was announced nowhere");
}

/// The tag that the changes in these tests invalidate.
fn change() -> [InvalidationTag; 1] {
    [of_house(1)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_token_that_reached_its_age_is_not_had_again() {
    let server = RedisServer::start();
    let pages = on(&redis(&server.url()).await, options());
    // The first change ever, and one a day after it.
    pages.invalidate(&change()).await;
    get(&pages, house(1), "old").await;
    server.command(&["DEL", "minsu:stamp:house_1"]);
    pages.invalidate(&change()).await;
    assert_eq!(get(&pages, house(1), "new").await, "new");
    let other = on(&redis(&server.url()).await, options());
    assert_eq!(get(&other, house(1), "newer").await, "new");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_token_lives_a_day_from_its_last_change_on() {
    let server = RedisServer::start();
    let pages = on(&redis(&server.url()).await, options());
    pages.invalidate(&change()).await;
    server.command(&["PEXPIRE", "minsu:stamp:house_1", "5000"]);
    pages.invalidate(&change()).await;
    let left: u64 = server.command(&["PTTL", "minsu:stamp:house_1"]).parse().unwrap();
    assert!((86_000_000..=86_400_000).contains(&left), "{left} ms");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_token_that_a_failover_took_back_is_put_right_by_who_knew_it() {
    let server = RedisServer::start();
    let (one, other) = (on(&redis(&server.url()).await, options()), on(&redis(&server.url()).await, options()));
    for (tag, key) in [(of_house(1), "minsu:stamp:house_1"), (PEOPLE, "minsu:stamp:people")] {
        one.invalidate(&[tag]).await;
        get(&one, house(1), "old").await;
        let before = server.command(&["GET", key]);
        one.invalidate(&[tag]).await;
        // The last write never reached the replica that is the master now.
        server.command(&["SET", key, &before, "PX", "80000000"]);
        sleep(Duration::from_millis(450)).await;
        assert_eq!(get(&one, house(1), "new").await, "new", "{key}");
        shows(&other, 1, "new", Duration::from_secs(1)).await;
        assert!(server.command(&["GET", key]) > before, "{key} is as old as before");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_before_a_loss_of_all_is_not_found_after_it() {
    let server = RedisServer::start();
    let (one, other) = (on(&redis(&server.url()).await, options()), on(&redis(&server.url()).await, options()));
    // Its making began before the change, and ends after Redis forgot that there was one.
    let slow = async || {
        sleep(Duration::from_millis(600)).await;
        Ok::<_, std::convert::Infallible>(minsu_ports::Rendered::Cacheable("old".into()))
    };
    let begun = house(1);
    let slow = one.get_or_render(&begun, slow);
    let lost = async {
        sleep(Duration::from_millis(200)).await;
        other.invalidate(&change()).await;
        server.command(&["FLUSHALL"]);
    };
    tokio::join!(slow, lost).0.unwrap();
    let third = on(&redis(&server.url()).await, options());
    assert_eq!(get(&third, house(1), "new").await, "new");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_emptied_redis_costs_nothing_but_the_pages() {
    let server = RedisServer::start();
    let cache = redis(&server.url()).await;
    let (one, other) = (on(&cache, options()), on(&cache, options()));
    one.invalidate(&[of_house(1)]).await;
    get(&one, house(1), "page").await;
    server.command(&["FLUSHALL"]);
    one.invalidate(&[of_house(1)]).await;
    assert_eq!(get(&one, house(1), "after").await, "after");
    shows(&other, 1, "after", Duration::from_secs(1)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_could_not_be_announced_is_announced_later() {
    let cache = memory();
    let flaky = FlakyCache::new(&cache);
    let link: Arc<dyn Cache> = flaky.clone();
    let (one, other) = (on(&link, options()), on(&cache, options()));
    get(&one, house(1), "old").await;
    flaky.cut(true);
    one.invalidate(&[of_house(1)]).await;
    assert_eq!(get(&one, house(1), "new").await, "new");
    // The other process cannot know of the change.
    assert_eq!(get(&other, house(1), "new").await, "old");
    flaky.cut(false);
    // The process that made the change knows that the shared page is old, at any moment.
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_millis(200) {
        assert_eq!(get(&one, house(1), "new").await, "new");
    }
    // A quarter of a second until the invalidation is repeated, a second until other processes show it.
    shows(&other, 1, "new", Duration::from_millis(1_500)).await;
    // And it shares pages again.
    sleep(Duration::from_secs(1)).await;
    assert_eq!(get(&one, house(1), "another").await, "new");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_takes_no_shared_page_that_its_unannounced_change_concerns() {
    let cache = memory();
    let flaky = FlakyCache::new(&cache);
    let link: Arc<dyn Cache> = flaky.clone();
    let (one, other) = (on(&link, options()), on(&cache, options()));
    get(&other, house(1), "old").await;
    // The invalidation fails, and repeating it takes longer than the pause after a failure.
    flaky.cut(true);
    flaky.slow(Duration::from_millis(1_500));
    one.invalidate(&[of_house(1)]).await;
    sleep(Duration::from_millis(400)).await;
    flaky.cut(false);
    flaky.slow(Duration::ZERO);
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(1) {
        assert_eq!(get(&one, house(1), "new").await, "new");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_token_and_a_page_together_are_no_older_than_a_second() {
    let cache = memory();
    let (one, other) = (on(&cache, options()), on(&cache, options()));
    get(&one, house(1), "old").await;
    get(&one, house(2), "old").await;
    // The other reads the token for one house just before the change, and uses it for the next.
    get(&other, house(1), "old").await;
    one.invalidate(&[PEOPLE]).await;
    sleep(Duration::from_millis(350)).await;
    get(&other, house(2), "new").await;
    sleep(Duration::from_millis(650)).await;
    assert_eq!(get(&other, house(2), "new").await, "new");
}

#[tokio::test]
async fn a_change_is_announced_though_its_caller_goes_away() {
    let cache = memory();
    let flaky = FlakyCache::new(&cache);
    let link: Arc<dyn Cache> = flaky.clone();
    let (one, other) = (on(&link, options()), on(&cache, options()));
    get(&other, house(1), "old").await;
    flaky.slow(Duration::from_millis(50));
    let gone = timeout(Duration::from_millis(5), one.invalidate(&[of_house(1)])).await;
    assert!(gone.is_err(), "the caller was to go away in the middle");
    shows(&other, 1, "new", Duration::from_secs(2)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_cache_is_asked_once_a_second_not_for_every_page() {
    let cache = memory();
    let flaky = FlakyCache::new(&cache);
    let link: Arc<dyn Cache> = flaky.clone();
    let pages = on(&link, options());
    flaky.cut(true);
    flaky.slow(Duration::from_millis(200));
    let begin = Instant::now();
    for id in 1..100 {
        assert_eq!(get(&pages, house(id), "page").await, "page");
    }
    assert!(begin.elapsed() < Duration::from_millis(900), "{:?} for 100 pages", begin.elapsed());
}
