//! The in-process cache whose entries outlive the process.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]
#![expect(clippy::disallowed_methods, reason = "the clock of these tests is that of the system")]

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use minsu_cache::{DurableCache, MemoryCache, MemoryCacheOptions};
use minsu_ports::{Cache, CacheJournal, CacheKey, Clock, KeptChange, KeptEntry, StoreError, testkit};

const LONG: Duration = Duration::from_secs(600);

struct SystemTime;

#[async_trait]
impl Clock for SystemTime {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// A journal in memory that can fail.
#[derive(Default)]
struct Journal {
    entries: Mutex<BTreeMap<String, KeptEntry>>,
    fails: AtomicBool,
    writes: AtomicUsize,
}

#[async_trait]
impl CacheJournal for Journal {
    async fn living(
        &self,
        after: Option<&CacheKey>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<KeptEntry>, StoreError> {
        let entries = self.entries.lock().unwrap();
        let behind = entries.values().filter(|entry| after.is_none_or(|after| entry.key.as_str() > after.as_str()));
        Ok(behind.filter(|entry| entry.ends > now).take(limit as usize).cloned().collect())
    }

    async fn write(&self, changes: &[KeptChange]) -> Result<(), StoreError> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        // As a database takes its time, others arrive.
        tokio::time::sleep(Duration::from_millis(1)).await;
        if self.fails.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("away".into()));
        }
        let mut entries = self.entries.lock().unwrap();
        for change in changes {
            match change {
                KeptChange::Put(entry) => drop(entries.insert(entry.key.as_str().to_owned(), entry.clone())),
                KeptChange::Remove(key) => drop(entries.remove(key.as_str())),
            }
        }
        Ok(())
    }

    async fn forget_expired(&self, now: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let mut entries = self.entries.lock().unwrap();
        let expired = entries.iter().filter(|(_, entry)| entry.ends <= now).take(limit as usize);
        let expired: Vec<_> = expired.map(|(key, _)| key.clone()).collect();
        for key in &expired {
            entries.remove(key);
        }
        Ok(expired.len() as u64)
    }
}

async fn opened(journal: &Arc<Journal>) -> DurableCache {
    let memory = MemoryCache::new(MemoryCacheOptions::default());
    let is_kept = |key: &CacheKey| key.kind() != "page";
    DurableCache::open(memory, journal.clone(), Arc::new(SystemTime), is_kept).await.unwrap()
}

fn key(number: i64) -> CacheKey {
    CacheKey::of_number("kept", number)
}

fn text(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_keeps_the_contract() {
    testkit::cache::every_rule(Arc::new(opened(&Arc::default()).await)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_journal_of_these_tests_keeps_its_contract() {
    testkit::cache_journal::every_rule(&Journal::default()).await;
}

#[tokio::test]
async fn the_next_process_finds_what_was_changed_last() {
    let journal = Arc::<Journal>::default();
    let cache = opened(&journal).await;
    for number in 0..8 {
        cache.set(&key(number), text("first"), LONG).await.unwrap();
    }
    assert!(!cache.set_if_absent(&key(0), text("second"), LONG).await.unwrap());
    assert!(cache.set_if_absent(&key(8), text("new"), LONG).await.unwrap());
    assert!(cache.replace(&key(1), text("second"), LONG).await.unwrap());
    assert!(!cache.replace(&key(9), text("second"), LONG).await.unwrap());
    assert!(cache.take(&key(2)).await.unwrap().is_some());
    assert!(cache.delete(&key(3)).await.unwrap());
    assert!(cache.compare_and_delete(&key(4), b"first").await.unwrap());
    assert!(!cache.compare_and_delete(&key(5), b"other").await.unwrap());
    cache.set(&key(6), text("short"), Duration::from_millis(1)).await.unwrap();
    cache.set(&CacheKey::of_number("page", 1), text("page"), LONG).await.unwrap();
    let (counter, reset) = (CacheKey::single("counter"), CacheKey::single("reset"));
    for _ in 0..3 {
        cache.increment(&counter, LONG).await.unwrap();
        cache.increment(&reset, LONG).await.unwrap();
    }
    cache.delete(&reset).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    // Not closed in any way, as after `kill -9`.
    let next = opened(&journal).await;
    let expected = ["first", "second", "", "", "", "first", "", "first", "new", ""];
    for (number, expected) in (0..).zip(expected) {
        let found = next.get(&key(number)).await.unwrap();
        assert_eq!(found, Some(text(expected)).filter(|text| !text.is_empty()), "{number}");
    }
    assert_eq!(next.get(&CacheKey::of_number("page", 1)).await.unwrap(), None);
    let count = next.increment(&counter, LONG).await.unwrap();
    assert!(count.value == 4 && count.resets_in <= LONG && count.resets_in > LONG / 2, "{count:?}");
    assert_eq!(next.increment(&reset, LONG).await.unwrap().value, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn simultaneous_changes_share_transactions_and_keep_their_order() {
    let journal = Arc::<Journal>::default();
    let cache = Arc::new(opened(&journal).await);
    let changes: Vec<_> = (0..1000)
        .map(|number| {
            let cache = cache.clone();
            tokio::spawn(async move { cache.increment(&key(number % 10), LONG).await.unwrap() })
        })
        .collect();
    for change in changes {
        change.await.unwrap();
    }
    let writes = journal.writes.load(Ordering::SeqCst);
    assert!(writes < 300, "{writes} transactions");
    let next = opened(&journal).await;
    for number in 0..10 {
        assert_eq!(next.count_of(&key(number)).await.unwrap().unwrap().value, 100);
    }
}

#[tokio::test]
async fn an_outage_of_the_journal_is_made_up_for() {
    let journal = Arc::<Journal>::default();
    let cache = opened(&journal).await;
    cache.set(&key(1), text("before"), LONG).await.unwrap();
    journal.fails.store(true, Ordering::SeqCst);
    cache.set(&key(2), text("meanwhile"), LONG).await.unwrap();
    cache.delete(&key(1)).await.unwrap();
    let asked = journal.writes.load(Ordering::SeqCst);
    for number in 3..100 {
        cache.set(&key(number), text("meanwhile"), LONG).await.unwrap();
    }
    // No call waits for a journal that fails.
    assert!(journal.writes.load(Ordering::SeqCst) <= asked + 10);
    journal.fails.store(false, Ordering::SeqCst);
    while journal.entries.lock().unwrap().len() < 98 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let next = opened(&journal).await;
    assert_eq!(next.get(&key(1)).await.unwrap(), None);
    assert_eq!(next.get(&key(99)).await.unwrap(), Some(text("meanwhile")));
}
