//! An in-memory fake of the cache port, with a clock that tests set.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use minsu_ports::{CacheKey, Count, testkit::MockCache};

#[derive(Default)]
pub(crate) struct InMemoryCache {
    values: Mutex<HashMap<String, (Bytes, Duration)>>,
    now: Mutex<Duration>,
    /// Whether the answer to a conditional write is lost and the write is sent again.
    pub(crate) sends_twice: AtomicBool,
}

impl InMemoryCache {
    /// Sets the clock to so many seconds after its start, and returns the time.
    pub(crate) fn at(&self, seconds: u32) -> DateTime<Utc> {
        *self.now.lock().unwrap() = Duration::from_secs(seconds.into());
        DateTime::from_timestamp(1_795_280_400 + i64::from(seconds), 0).unwrap()
    }

    /// The value of a key, unless it has expired.
    pub(crate) fn get(&self, key: &CacheKey) -> Option<Bytes> {
        let now = *self.now.lock().unwrap();
        let values = self.values.lock().unwrap();
        values.get(key.as_str()).filter(|(_, ends)| *ends > now).map(|(value, _)| value.clone())
    }

    fn set(&self, key: &CacheKey, value: Bytes, lifetime: Duration) {
        let ends = *self.now.lock().unwrap() + lifetime;
        self.values.lock().unwrap().insert(key.as_str().to_owned(), (value, ends));
    }

    fn take(&self, key: &CacheKey) -> Option<Bytes> {
        let value = self.get(key);
        self.values.lock().unwrap().remove(key.as_str());
        value
    }

    /// As in [`minsu_ports::Cache`]: a window that later counts do not prolong.
    fn count(&self, key: &CacheKey, window: Duration) -> Count {
        let value = self.get(key).map_or(0, |digits| std::str::from_utf8(&digits).unwrap().parse().unwrap()) + 1;
        let ends = self.get(key).map(|_| self.values.lock().unwrap()[key.as_str()].1);
        self.set(key, value.to_string().into(), window);
        if let Some(ends) = ends {
            self.values.lock().unwrap().get_mut(key.as_str()).unwrap().1 = ends;
        }
        Count { value, resets_in: window }
    }

    /// The cache.
    pub(crate) fn cache(self: &Arc<Self>) -> MockCache {
        let mut cache = MockCache::new();
        let in_memory_cache = || Arc::clone(self);
        let on = in_memory_cache();
        cache.expect_get().returning(move |key| Ok(on.get(key)));
        let on = in_memory_cache();
        cache.expect_set().returning(move |key, value, lifetime| {
            on.set(key, value, lifetime);
            Ok(())
        });
        let on = in_memory_cache();
        cache.expect_set_if_absent().returning(move |key, value, lifetime| {
            let absent = on.get(key).is_none();
            if absent {
                on.set(key, value, lifetime);
            }
            Ok(absent && !on.sends_twice.swap(false, Ordering::Relaxed))
        });
        let on = in_memory_cache();
        cache.expect_take().returning(move |key| Ok(on.take(key)));
        let on = in_memory_cache();
        cache.expect_delete().returning(move |key| Ok(on.take(key).is_some()));
        let on = in_memory_cache();
        cache.expect_compare_and_delete().returning(move |key, expected| {
            let equal = on.get(key).is_some_and(|value| value == expected);
            if equal {
                on.take(key);
            }
            Ok(equal)
        });
        let on = in_memory_cache();
        cache.expect_increment().returning(move |key, window| Ok(on.count(key, window)));
        cache
    }
}
