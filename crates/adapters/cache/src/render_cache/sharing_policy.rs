//! What goes into the shared cache: entries that were asked for before, as long as there is room.
//!
//! The shared cache keeps sessions and counters too and forgets nothing by itself. A client that asks for ever new
//! pages must not fill it.

use std::{
    collections::HashSet,
    hash::{BuildHasher as _, Hash as _},
    mem::take,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use foldhash::quality::RandomState;
use minsu_ports::EntryKey;

/// Keys that are remembered of each of two generations.
const REMEMBERED: usize = 16_384;
/// What an entry costs beside its bytes, roughly: its key, its tokens, the tables of the server.
const ENTRY_BYTES: u64 = 512;

/// Decides about entries of this process.
pub(super) struct SharingPolicy {
    bytes: u64,
    only_asked_again: bool,
    lifetime: Duration,
    state: Mutex<State>,
}

struct State {
    hasher: RandomState,
    /// Digests of keys that were asked for, the newer ones and the older ones.
    asked: [HashSet<u64>; 2],
    /// Bytes that were written in this lifetime and in the one before it: no entry is older.
    written: [u64; 2],
    /// When this lifetime began.
    begun: Instant,
}

impl SharingPolicy {
    pub(super) fn new(bytes: u64, only_asked_again: bool, lifetime: Duration) -> Self {
        let state = State {
            hasher: RandomState::default(),
            asked: [HashSet::new(), HashSet::new()],
            written: [0, 0],
            begun: Instant::now(),
        };
        Self { bytes, only_asked_again, lifetime, state: Mutex::new(state) }
    }

    /// Whether an entry of so many bytes goes into the shared cache now; if so, it is counted.
    pub(super) fn admits(&self, key: &EntryKey, bytes: usize) -> bool {
        let mut state = self.state();
        (state.was_asked_for(key) || !self.only_asked_again) && state.takes(bytes, self.bytes, self.lifetime)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Remembers the key; whether it was remembered.
    fn was_asked_for(&mut self, key: &EntryKey) -> bool {
        let mut digest = self.hasher.build_hasher();
        key.hash(&mut digest);
        let digest = std::hash::Hasher::finish(&digest);
        let [newer, older] = &mut self.asked;
        let known = newer.contains(&digest) || older.contains(&digest);
        if newer.insert(digest) && newer.len() >= REMEMBERED {
            *older = take(newer);
        }
        known
    }

    fn takes(&mut self, bytes: usize, most: u64, lifetime: Duration) -> bool {
        let age = self.begun.elapsed();
        if age >= lifetime {
            let before = if age < lifetime * 2 { self.written[0] } else { 0 };
            self.written = [0, before];
            self.begun = Instant::now();
        }
        let bytes = ENTRY_BYTES + bytes as u64;
        let fits = self.written[0] + self.written[1] + bytes <= most;
        if fits {
            self.written[0] += bytes;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u32) -> EntryKey {
        EntryKey::new("test", format_args!("page_{number}"), 0, [None; 3]).unwrap()
    }

    #[test]
    fn what_is_asked_for_once_is_not_admitted() {
        let sharing_policy = SharingPolicy::new(1 << 30, true, Duration::from_secs(300));
        for number in 0..1_000 {
            assert!(!sharing_policy.admits(&key(number), 10));
        }
        assert!(sharing_policy.admits(&key(7), 10));
        assert!(SharingPolicy::new(1 << 30, false, Duration::from_secs(300)).admits(&key(1), 10));
    }

    #[test]
    fn the_memory_of_keys_is_bounded_and_keeps_the_newer_half() {
        let sharing_policy = SharingPolicy::new(1 << 30, true, Duration::from_secs(300));
        for number in 0..200_000 {
            sharing_policy.admits(&key(number), 10);
        }
        let remembered: usize = sharing_policy.state().asked.iter().map(HashSet::len).sum();
        assert!(remembered <= 2 * REMEMBERED, "{remembered}");
        assert!(sharing_policy.admits(&key(199_999), 10) && !sharing_policy.admits(&key(1), 10));
    }

    #[test]
    fn the_bytes_of_two_lifetimes_are_bounded() {
        let lifetime = Duration::from_secs(10);
        let sharing_policy = SharingPolicy::new(10_000, false, lifetime);
        let filled = |from: u32| (from..from + 100).filter(|number| sharing_policy.admits(&key(*number), 488)).count();
        assert_eq!(filled(0), 10);
        sharing_policy.state().begun -= lifetime;
        assert_eq!(filled(100), 0, "the entries of the lifetime before may still be there");
        sharing_policy.state().begun -= lifetime * 2;
        assert_eq!(filled(200), 10);
    }
}
