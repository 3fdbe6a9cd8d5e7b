//! Counters that start again after a window.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use super::{ALIVE, CALLERS, LONG, SHORT, SLACK, at_once, key, text};
use crate::Cache;

/// Each of simultaneous callers gets a number of its own, without a gap; the last one is read.
pub async fn simultaneous_counts_differ(cache: &Arc<dyn Cache>) {
    let counter = key("count", 1);
    let results = at_once(cache, |cache, _| {
        let counter = counter.clone();
        async move { cache.increment(&counter, LONG).await.expect(ALIVE) }
    });
    let counts = results.await;
    let values: BTreeSet<u64> = counts.iter().map(|count| count.value).collect();
    assert_eq!(values, (1..=u64::from(CALLERS)).collect());
    assert_eq!(cache.get(&counter).await.expect(ALIVE), text("50"));
    // Reading counts nothing.
    for _ in 0..2 {
        let count = cache.count_of(&counter).await.expect(ALIVE).expect("an open window");
        assert_eq!(count.value, 50);
        assert!(count.resets_in <= LONG && count.resets_in > LONG - Duration::from_secs(60), "{count:?}");
    }
    assert_eq!(cache.count_of(&key("count", 2)).await.expect(ALIVE), None);
    for count in counts {
        assert!(count.resets_in <= LONG && count.resets_in > LONG - Duration::from_secs(60), "{count:?}");
    }
}

/// Counts are taken back one by one, never below zero, and only while the window is open.
pub async fn counts_are_taken_back(cache: &dyn Cache) {
    let counter = key("taken-back", 1);
    cache.decrement(&counter).await.expect(ALIVE);
    assert_eq!(cache.count_of(&counter).await.expect(ALIVE), None, "taking back opened a window");
    for _ in 0..3 {
        cache.increment(&counter, LONG).await.expect(ALIVE);
    }
    cache.decrement(&counter).await.expect(ALIVE);
    let count = cache.count_of(&counter).await.expect(ALIVE).expect("an open window");
    assert_eq!(count.value, 2);
    assert!(count.resets_in > LONG / 2, "{count:?}");
    for _ in 0..5 {
        cache.decrement(&counter).await.expect(ALIVE);
    }
    assert_eq!(cache.increment(&counter, LONG).await.expect(ALIVE).value, 1, "below zero");
}

/// The first count opens the window; later ones, with whatever window, leave its end as it is.
pub async fn counting_does_not_prolong_the_window(cache: &dyn Cache) {
    let counter = key("window", 1);
    let window = SHORT * 2;
    let begin = Instant::now();
    let first = cache.increment(&counter, window).await.expect(ALIVE);
    assert_eq!(first.value, 1);
    assert!(first.resets_in <= window && first.resets_in > window / 2, "{first:?}");
    sleep(SHORT / 2).await;
    let second = cache.increment(&counter, LONG).await.expect(ALIVE);
    if begin.elapsed() < window {
        assert_eq!(second.value, 2);
        assert!(second.resets_in <= window - SHORT / 2 + SLACK / 10, "{second:?}");
    }
    sleep((window + SLACK).saturating_sub(begin.elapsed())).await;
    assert_eq!(cache.count_of(&counter).await.expect(ALIVE), None);
    let next = cache.increment(&counter, LONG).await.expect(ALIVE);
    assert_eq!(next.value, 1, "the window was prolonged");
    assert!(next.resets_in > LONG / 2, "{next:?}");
}
