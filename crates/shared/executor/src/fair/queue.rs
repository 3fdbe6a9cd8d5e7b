//! The state of a fair scheduler: the calls that wait, and what each party uses and used.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

/// The requester of work, by the number of an account or a network.
pub type PartyId = u64;

/// How long it takes until half of what a party used is forgotten.
pub(super) const HALF_LIFE: Duration = Duration::from_secs(10);
/// A party of which less than this is remembered, in seconds of turns, is forgotten.
pub(super) const NEGLIGIBLE: f64 = 0.001;

/// The number of parties from which on some are forgotten.
pub(super) const FORGET_AT: usize = 64;

/// `T` is what a call waits for.
#[derive(Debug)]
pub(super) struct State<T> {
    pub(super) running: usize,
    pub(super) parties: HashMap<PartyId, Usage>,
    /// In the order in which they came.
    pub(super) waiting: Vec<Waiting<T>>,
    pub(super) next_number: u64,
    /// With so many parties those that used nothing of late are forgotten.
    pub(super) forget_at: usize,
}

/// What a party uses, and used lately.
#[derive(Debug, Clone, Copy)]
pub(super) struct Usage {
    pub(super) running: usize,
    pub(super) waiting: usize,
    /// Seconds of turns, of which half is forgotten in [`HALF_LIFE`].
    pub(super) used: f64,
    /// As of when.
    pub(super) at: Instant,
}

#[derive(Debug)]
pub(super) struct Waiting<T> {
    pub(super) number: u64,
    pub(super) parties: Vec<PartyId>,
    pub(super) notify: oneshot::Sender<T>,
}

impl Usage {
    pub(super) fn new(now: Instant) -> Self {
        Self { running: 0, waiting: 0, used: 0.0, at: now }
    }

    pub(super) fn used_by(&self, now: Instant) -> f64 {
        let ages = now.saturating_duration_since(self.at).as_secs_f64() / HALF_LIFE.as_secs_f64();
        self.used * (-ages).exp2()
    }
}

impl<T> Default for State<T> {
    fn default() -> Self {
        Self { running: 0, parties: HashMap::new(), waiting: Vec::new(), next_number: 0, forget_at: 0 }
    }
}

impl<T> State<T> {
    pub(super) fn usage(&mut self, party: PartyId, now: Instant) -> &mut Usage {
        self.parties.entry(party).or_insert_with(|| Usage::new(now))
    }

    /// How much these parties ask for already, the most of any of them.
    pub(super) fn load(&self, parties: &[PartyId]) -> usize {
        let load = |party| self.parties.get(party).map_or(0, |usage: &Usage| usage.running + usage.waiting);
        parties.iter().map(load).max().unwrap_or(0)
    }

    /// What these parties used, the most of any of them.
    pub(super) fn used(&self, parties: &[PartyId], now: Instant) -> f64 {
        let used = |party| self.parties.get(party).map_or(0.0, |usage: &Usage| usage.used_by(now));
        parties.iter().map(used).fold(0.0, f64::max)
    }

    pub(super) fn may_run(&self, parties: &[PartyId], most: usize) -> bool {
        parties.iter().all(|party| self.parties.get(party).is_none_or(|usage| usage.running < most))
    }

    pub(super) fn may_wait(&self, parties: &[PartyId], most: usize) -> bool {
        parties.iter().all(|party| self.parties.get(party).is_none_or(|usage| usage.waiting < most))
    }

    /// Takes a call out of the queue.
    pub(super) fn take(&mut self, place: usize) -> Waiting<T> {
        let waiting = self.waiting.remove(place);
        for party in &waiting.parties {
            if let Some(usage) = self.parties.get_mut(party) {
                usage.waiting = usage.waiting.saturating_sub(1);
            }
        }
        waiting
    }

    pub(super) fn begin(&mut self, parties: &[PartyId], now: Instant) {
        self.running += 1;
        for party in parties {
            self.usage(*party, now).running += 1;
        }
    }

    pub(super) fn end(&mut self, parties: &[PartyId], begun: Instant, now: Instant) {
        self.running = self.running.saturating_sub(1);
        let took = now.saturating_duration_since(begun).as_secs_f64();
        for party in parties {
            let usage = self.usage(*party, now);
            usage.running = usage.running.saturating_sub(1);
            usage.used = usage.used_by(now) + took;
            usage.at = now;
        }
        // Now and then, so that many parties cost no more than few.
        if self.parties.len() >= self.forget_at {
            self.parties.retain(|_, usage| usage.running + usage.waiting > 0 || usage.used_by(now) > NEGLIGIBLE);
            self.forget_at = (self.parties.len() * 2).max(FORGET_AT);
        }
    }

    /// The next call: of those that may run the one whose parties used least, and of equals the first.
    pub(super) fn next(&self, most: usize, now: Instant) -> Option<usize> {
        let eligible = self.waiting.iter().enumerate().filter(|(_, call)| self.may_run(&call.parties, most));
        let weighed = eligible.map(|(place, call)| (place, self.used(&call.parties, now)));
        weighed.min_by(|(_, one), (_, other)| one.total_cmp(other)).map(|(place, _)| place)
    }

    /// The call whose parties ask for most, the last one of equals, if they ask for more than so much.
    pub(super) fn heaviest(&self, more_than: usize) -> Option<usize> {
        let loads = self.waiting.iter().enumerate().map(|(place, call)| (place, self.load(&call.parties)));
        loads.max_by_key(|(_, load)| *load).filter(|(_, load)| *load > more_than).map(|(place, _)| place)
    }
}
