//! A cache of the mocks that counts.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use minsu_ports::{Count, testkit::MockCache};

/// Counters that never end, and the windows that were asked for.
pub(super) fn counters() -> (MockCache, Arc<Mutex<Vec<Duration>>>) {
    let values = Arc::new(Mutex::new(HashMap::<String, u64>::new()));
    let windows = Arc::new(Mutex::new(Vec::new()));
    let mut cache = MockCache::new();
    let lasting = Arc::new(Mutex::new(HashMap::<String, Duration>::new()));
    let (counted, asked, lengths) = (values.clone(), windows.clone(), lasting.clone());
    cache.expect_increment().returning(move |key, window| {
        assert!(key.as_str().len() >= 64 && !key.as_str().contains("138"), "not a digest: {key:?}");
        if key.as_str().starts_with("guesses-gate") {
            asked.lock().unwrap().push(window);
        }
        lengths.lock().unwrap().insert(key.as_str().to_owned(), window);
        let mut counted = counted.lock().unwrap();
        let value = counted.entry(key.as_str().to_owned()).or_default();
        *value += 1;
        Ok(Count { value: *value, resets_in: window })
    });
    let (read, looked_at, lasting) = (values.clone(), values.clone(), lasting.clone());
    cache.expect_count_of().returning(move |key| {
        let window = lasting.lock().unwrap().get(key.as_str()).copied().unwrap_or_default();
        let value = looked_at.lock().unwrap().get(key.as_str()).copied();
        Ok(value.map(|value| Count { value, resets_in: window }))
    });
    cache
        .expect_get()
        .returning(move |key| Ok(read.lock().unwrap().get(key.as_str()).map(|value| value.to_string().into())));
    let taken_back = values.clone();
    cache.expect_decrement().returning(move |key| {
        let mut values = taken_back.lock().unwrap();
        let value = values.entry(key.as_str().to_owned()).or_default();
        *value = value.saturating_sub(1);
        Ok(())
    });
    cache.expect_delete().returning(move |key| Ok(values.lock().unwrap().remove(key.as_str()).is_some()));
    (cache, windows)
}
