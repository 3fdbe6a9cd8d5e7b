//! The contract of [`crate::Cache`].
//!
//! [`every_rule`] runs all of it against one adapter; the rules use different keys, so they can
//! share one. Lifetimes are real and short.
#![expect(clippy::expect_used, reason = "a suite fails by panicking")]

mod counters;
mod version_tokens;

use std::{future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::time::{Instant, sleep};

pub use counters::{counting_does_not_prolong_the_window, counts_are_taken_back, simultaneous_counts_differ};
pub use version_tokens::{
    a_version_token_lives_from_its_last_renewal_on, a_version_token_that_is_lost_is_found_out,
    version_tokens_never_repeat,
};

use crate::{Cache, CacheKey};

/// Long enough to outlive any rule, also on a slow machine.
const LONG: Duration = Duration::from_secs(600);
/// Short enough to wait for.
const SHORT: Duration = Duration::from_millis(300);
/// How much later than its lifetime an entry may expire.
const SLACK: Duration = Duration::from_millis(200);
/// Simultaneous callers.
const CALLERS: u8 = 50;

const ALIVE: &str = "the cache answers";

fn key(rule: &'static str, number: i64) -> CacheKey {
    CacheKey::of_number(rule, number)
}

fn text(text: &'static str) -> Option<Bytes> {
    Some(Bytes::from_static(text.as_bytes()))
}

/// Makes a call from each of many tasks at once, and returns the results.
async fn at_once<T, F>(cache: &Arc<dyn Cache>, call: impl Fn(Arc<dyn Cache>, u8) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = (0..CALLERS).map(|caller| tokio::spawn(call(Arc::clone(cache), caller))).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.expect("a caller that does not panic"));
    }
    results
}

/// All of the contract.
pub async fn every_rule(cache: Arc<dyn Cache>) {
    cache.ping().await.expect(ALIVE);
    cache.check_writes().await.expect(ALIVE);
    values_are_any_bytes(&*cache).await;
    keys_of_other_kinds_are_others(&*cache).await;
    taking_reads_once(&cache).await;
    deleting_says_whether_something_was_there(&*cache).await;
    comparing_needs_the_exact_value(&cache).await;
    simultaneous_counts_differ(&cache).await;
    counts_are_taken_back(&*cache).await;
    version_tokens_never_repeat(&cache).await;
    a_version_token_that_is_lost_is_found_out(&cache).await;
    hash_fields_are_separate(&*cache).await;
    lifetimes_of_any_length_are_taken(&*cache).await;
    tokio::join!(
        a_value_lives_as_long_as_said(&*cache),
        writing_again_sets_the_lifetime_anew(&*cache),
        writing_if_absent_changes_nothing_that_lives(&cache),
        replacing_brings_nothing_back(&cache),
        counting_does_not_prolong_the_window(&*cache),
        a_version_token_lives_from_its_last_renewal_on(&*cache),
        a_hash_lives_and_dies_as_a_whole(&*cache),
    );
}

/// Empty, binary and large values come back as they were.
pub async fn values_are_any_bytes(cache: &dyn Cache) {
    let binary: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    for (number, value) in [Bytes::new(), Bytes::from_static(b"\r\n$-1\r\n\0"), binary.into()].into_iter().enumerate() {
        let key = CacheKey::of_parsed("bytes", format_args!("{number}"));
        cache.set(&key, value.clone(), LONG).await.expect(ALIVE);
        assert_eq!(cache.get(&key).await.expect(ALIVE), Some(value.clone()));
        cache.hash_set(&CacheKey::single("bytes-hash"), 0, value.clone(), LONG).await.expect(ALIVE);
        assert_eq!(cache.hash_get(&CacheKey::single("bytes-hash"), 0).await.expect(ALIVE), Some(value.clone()));
        assert!(cache.compare_and_delete(&key, &value).await.expect(ALIVE));
    }
}

/// The same id under another kind is another key.
pub async fn keys_of_other_kinds_are_others(cache: &dyn Cache) {
    cache.set(&key("kind-a", 1), Bytes::from_static(b"a"), LONG).await.expect(ALIVE);
    assert_eq!(cache.get(&key("kind-b", 1)).await.expect(ALIVE), None);
    assert_eq!(cache.get(&key("kind-a", 11)).await.expect(ALIVE), None);
    assert_eq!(cache.get(&CacheKey::single("kind-a")).await.expect(ALIVE), None);
}

/// A value is there before its lifetime ends and gone after it, for every call.
pub async fn a_value_lives_as_long_as_said(cache: &dyn Cache) {
    let begin = Instant::now();
    for number in 0..5 {
        cache.set(&key("life", number), Bytes::from_static(b"here"), SHORT).await.expect(ALIVE);
    }
    let value = cache.get(&key("life", 0)).await.expect(ALIVE);
    assert!(value == text("here") || begin.elapsed() >= SHORT, "gone too early");
    sleep(SHORT + SLACK).await;
    assert_eq!(cache.get(&key("life", 0)).await.expect(ALIVE), None);
    assert_eq!(cache.take(&key("life", 1)).await.expect(ALIVE), None);
    assert!(!cache.delete(&key("life", 2)).await.expect(ALIVE));
    assert!(!cache.compare_and_delete(&key("life", 3), b"here").await.expect(ALIVE));
    assert!(cache.set_if_absent(&key("life", 4), Bytes::new(), LONG).await.expect(ALIVE));
}

/// The last write decides, about the value and about its lifetime, longer or shorter.
pub async fn writing_again_sets_the_lifetime_anew(cache: &dyn Cache) {
    let (longer, shorter) = (key("anew", 1), key("anew", 2));
    cache.set(&longer, Bytes::from_static(b"first"), SHORT).await.expect(ALIVE);
    cache.set(&longer, Bytes::from_static(b"second"), LONG).await.expect(ALIVE);
    cache.set(&shorter, Bytes::from_static(b"first"), LONG).await.expect(ALIVE);
    cache.set(&shorter, Bytes::from_static(b"second"), SHORT).await.expect(ALIVE);
    sleep(SHORT + SLACK).await;
    assert_eq!(cache.get(&longer).await.expect(ALIVE), text("second"));
    assert_eq!(cache.get(&shorter).await.expect(ALIVE), None);
}

/// Only an absent value is written: what lives keeps its value and its lifetime, and of
/// simultaneous callers one writes.
pub async fn writing_if_absent_changes_nothing_that_lives(cache: &Arc<dyn Cache>) {
    let living = key("absent", 1);
    assert!(cache.set_if_absent(&living, Bytes::from_static(b"first"), SHORT).await.expect(ALIVE));
    let second = cache.set_if_absent(&living, Bytes::from_static(b"second"), LONG).await.expect(ALIVE);
    assert!(!second);
    sleep(SHORT + SLACK).await;
    assert_eq!(cache.get(&living).await.expect(ALIVE), None);
    assert!(cache.set_if_absent(&living, Bytes::from_static(b"third"), LONG).await.expect(ALIVE));
    assert_eq!(cache.get(&living).await.expect(ALIVE), text("third"));

    let raced = key("absent", 2);
    let winners = at_once(cache, |cache, caller| {
        let raced = raced.clone();
        async move { cache.set_if_absent(&raced, Bytes::from(vec![caller]), LONG).await.expect(ALIVE).then_some(caller) }
    });
    let winners: Vec<u8> = winners.await.into_iter().flatten().collect();
    assert_eq!(winners.len(), 1, "{winners:?} all wrote");
    assert_eq!(cache.get(&raced).await.expect(ALIVE), Some(winners.into()));
}

/// Only a living value is written over, with a new lifetime; what is gone is not brought back.
pub async fn replacing_brings_nothing_back(cache: &Arc<dyn Cache>) {
    let (absent, longer, shorter) = (key("replace", 1), key("replace", 2), key("replace", 3));
    assert!(!cache.replace(&absent, Bytes::from_static(b"never"), LONG).await.expect(ALIVE));
    assert_eq!(cache.get(&absent).await.expect(ALIVE), None);
    cache.set(&longer, Bytes::from_static(b"first"), SHORT).await.expect(ALIVE);
    let begin = Instant::now();
    let written = cache.replace(&longer, Bytes::from_static(b"second"), LONG).await.expect(ALIVE);
    assert!(written || begin.elapsed() >= SHORT, "gone too early");
    cache.set(&shorter, Bytes::from_static(b"first"), LONG).await.expect(ALIVE);
    assert!(cache.replace(&shorter, Bytes::from_static(b"second"), SHORT).await.expect(ALIVE));
    sleep(SHORT + SLACK).await;
    assert_eq!(cache.get(&longer).await.expect(ALIVE), written.then(|| Bytes::from_static(b"second")));
    assert!(!cache.replace(&shorter, Bytes::from_static(b"third"), LONG).await.expect(ALIVE));
    assert_eq!(cache.get(&shorter).await.expect(ALIVE), None);

    // A value that is removed meanwhile stays removed, whichever call is first.
    let ended = key("replace", 4);
    cache.set(&ended, Bytes::from_static(b"here"), LONG).await.expect(ALIVE);
    at_once(cache, |cache, caller| {
        let ended = ended.clone();
        async move {
            match caller {
                0 => cache.delete(&ended).await.expect(ALIVE),
                _ => cache.replace(&ended, Bytes::from(vec![caller]), LONG).await.expect(ALIVE),
            }
        }
    })
    .await;
    assert_eq!(cache.get(&ended).await.expect(ALIVE), None);
}

/// A value is taken once, also by simultaneous callers.
pub async fn taking_reads_once(cache: &Arc<dyn Cache>) {
    let taken = key("take", 1);
    assert_eq!(cache.take(&taken).await.expect(ALIVE), None);
    for _ in 0..20 {
        cache.set(&taken, Bytes::from_static(b"once"), LONG).await.expect(ALIVE);
        let results = at_once(cache, |cache, _| {
            let taken = taken.clone();
            async move { cache.take(&taken).await.expect(ALIVE) }
        });
        let got: Vec<Bytes> = results.await.into_iter().flatten().collect();
        assert_eq!(got, ["once"]);
        assert_eq!(cache.get(&taken).await.expect(ALIVE), None);
    }
}

/// Values, counters and hashes are deleted alike, and what is gone is not deleted again.
pub async fn deleting_says_whether_something_was_there(cache: &dyn Cache) {
    let (value, counter, hash) = (key("delete", 1), key("delete", 2), key("delete", 3));
    cache.set(&value, Bytes::new(), LONG).await.expect(ALIVE);
    cache.increment(&counter, LONG).await.expect(ALIVE);
    cache.hash_set(&hash, 1, Bytes::new(), LONG).await.expect(ALIVE);
    for key in [&value, &counter, &hash] {
        assert!(cache.delete(key).await.expect(ALIVE), "{key:?}");
        assert!(!cache.delete(key).await.expect(ALIVE), "{key:?}");
    }
    assert_eq!(cache.get(&value).await.expect(ALIVE), None);
    assert_eq!(cache.increment(&counter, LONG).await.expect(ALIVE).value, 1);
    assert_eq!(cache.hash_get(&hash, 1).await.expect(ALIVE), None);
}

/// Only the exact value is removed, once, also by simultaneous callers.
pub async fn comparing_needs_the_exact_value(cache: &Arc<dyn Cache>) {
    let compared = key("compare", 1);
    assert!(!cache.compare_and_delete(&compared, b"").await.expect(ALIVE));
    cache.set(&compared, Bytes::from_static(b"123456"), LONG).await.expect(ALIVE);
    for other in [b"12345".as_slice(), b"1234567", b"", b"123457", b" 123456"] {
        assert!(!cache.compare_and_delete(&compared, other).await.expect(ALIVE), "{other:?}");
        assert_eq!(cache.get(&compared).await.expect(ALIVE), text("123456"));
    }
    let results = at_once(cache, |cache, _| {
        let compared = compared.clone();
        async move { cache.compare_and_delete(&compared, b"123456").await.expect(ALIVE) }
    });
    assert_eq!(results.await.into_iter().filter(|deleted| *deleted).count(), 1);
    assert_eq!(cache.get(&compared).await.expect(ALIVE), None);
}

/// A field is written without a look at the others.
pub async fn hash_fields_are_separate(cache: &dyn Cache) {
    let hash = key("fields", 1);
    assert_eq!(cache.hash_get(&hash, 1).await.expect(ALIVE), None);
    cache.hash_set(&hash, 1, Bytes::from_static(b"one"), LONG).await.expect(ALIVE);
    cache.hash_set(&hash, u32::MAX, Bytes::from_static(b"last"), LONG).await.expect(ALIVE);
    cache.hash_set(&hash, 1, Bytes::from_static(b"uno"), LONG).await.expect(ALIVE);
    assert_eq!(cache.hash_get(&hash, 1).await.expect(ALIVE), text("uno"));
    assert_eq!(cache.hash_get(&hash, u32::MAX).await.expect(ALIVE), text("last"));
    assert_eq!(cache.hash_get(&hash, 2).await.expect(ALIVE), None);
    assert_eq!(cache.hash_get(&key("fields", 2), 1).await.expect(ALIVE), None);
}

/// The lifetime is that of the first field; later ones neither prolong nor shorten it.
pub async fn a_hash_lives_and_dies_as_a_whole(cache: &dyn Cache) {
    let (shorter, longer) = (key("whole", 1), key("whole", 2));
    cache.hash_set(&shorter, 1, Bytes::from_static(b"one"), SHORT).await.expect(ALIVE);
    cache.hash_set(&shorter, 2, Bytes::from_static(b"two"), LONG).await.expect(ALIVE);
    cache.hash_set(&longer, 1, Bytes::from_static(b"one"), LONG).await.expect(ALIVE);
    cache.hash_set(&longer, 2, Bytes::from_static(b"two"), SHORT).await.expect(ALIVE);
    sleep(SHORT + SLACK).await;
    assert_eq!(cache.hash_get(&longer, 1).await.expect(ALIVE), text("one"));
    assert_eq!(cache.hash_get(&longer, 2).await.expect(ALIVE), text("two"));
    assert_eq!(cache.hash_get(&shorter, 1).await.expect(ALIVE), None);
    assert_eq!(cache.hash_get(&shorter, 2).await.expect(ALIVE), None, "the hash was prolonged");
    // The next one begins anew.
    cache.hash_set(&shorter, 3, Bytes::new(), LONG).await.expect(ALIVE);
    assert_eq!(cache.hash_get(&shorter, 1).await.expect(ALIVE), None);
    assert!(cache.hash_get(&shorter, 3).await.expect(ALIVE).is_some());
}

/// No lifetime is an error: the shortest end at once, the longest outlive the process.
pub async fn lifetimes_of_any_length_are_taken(cache: &dyn Cache) {
    for (number, short) in [Duration::ZERO, Duration::from_nanos(1), Duration::from_micros(999)].into_iter().enumerate()
    {
        let key = CacheKey::of_parsed("brief", format_args!("{number}"));
        cache.set(&key, Bytes::new(), short).await.expect(ALIVE);
        let hash = CacheKey::of_parsed("brief-hash", format_args!("{number}"));
        cache.hash_set(&hash, 1, Bytes::new(), short).await.expect(ALIVE);
        sleep(Duration::from_millis(20)).await;
        assert_eq!(cache.get(&key).await.expect(ALIVE), None, "{short:?}");
        assert_eq!(cache.hash_get(&hash, 1).await.expect(ALIVE), None, "{short:?}");
    }
    cache.set(&key("endless", 1), Bytes::new(), Duration::MAX).await.expect(ALIVE);
    cache.hash_set(&key("endless", 2), 1, Bytes::new(), Duration::MAX).await.expect(ALIVE);
    let count = cache.increment(&key("endless", 3), Duration::MAX).await.expect(ALIVE);
    assert!(count.resets_in > LONG);
    assert!(cache.get(&key("endless", 1)).await.expect(ALIVE).is_some());
    assert!(cache.hash_get(&key("endless", 2), 1).await.expect(ALIVE).is_some());
}
