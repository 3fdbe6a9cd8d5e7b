//! A cache for tests that keeps what it is given, with a clock that they turn.

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
pub(super) struct Shelf {
    values: Mutex<HashMap<String, (Bytes, Duration)>>,
    now: Mutex<Duration>,
    /// Whether the answer to a conditional write is lost and the write is sent again.
    pub(super) sends_twice: AtomicBool,
}

impl Shelf {
    /// Turns the clock to so many seconds after it began, and says what time that is.
    pub(super) fn at(&self, seconds: u32) -> DateTime<Utc> {
        *self.now.lock().unwrap() = Duration::from_secs(seconds.into());
        DateTime::from_timestamp(1_795_280_400 + i64::from(seconds), 0).unwrap()
    }

    /// What lives under a key.
    pub(super) fn get(&self, key: &CacheKey) -> Option<Bytes> {
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

    /// As [`minsu_ports::Cache`] has it: a window that later counts do not prolong.
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
    pub(super) fn cache(self: &Arc<Self>) -> MockCache {
        let mut cache = MockCache::new();
        let shelf = || Arc::clone(self);
        let on = shelf();
        cache.expect_get().returning(move |key| Ok(on.get(key)));
        let on = shelf();
        cache.expect_set().returning(move |key, value, lifetime| {
            on.set(key, value, lifetime);
            Ok(())
        });
        let on = shelf();
        cache.expect_set_if_absent().returning(move |key, value, lifetime| {
            let absent = on.get(key).is_none();
            if absent {
                on.set(key, value, lifetime);
            }
            Ok(absent && !on.sends_twice.swap(false, Ordering::Relaxed))
        });
        let on = shelf();
        cache.expect_take().returning(move |key| Ok(on.take(key)));
        let on = shelf();
        cache.expect_delete().returning(move |key| Ok(on.take(key).is_some()));
        let on = shelf();
        cache.expect_compare_and_delete().returning(move |key, expected| {
            let equal = on.get(key).is_some_and(|value| value == expected);
            if equal {
                on.take(key);
            }
            Ok(equal)
        });
        let on = shelf();
        cache.expect_increment().returning(move |key, window| Ok(on.count(key, window)));
        cache
    }
}
