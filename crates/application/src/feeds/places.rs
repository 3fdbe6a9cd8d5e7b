//! How many calendars of other sites are asked at the same time, by the job and by landlords together.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Feeds that one process asks for at the same time.
pub(super) const TOGETHER: usize = 8;
/// Of them those of one host.
pub(super) const OF_A_HOST: usize = 2;

/// The places of one process.
#[derive(Debug, Default)]
pub struct PollPlaces {
    taken: Mutex<HashMap<String, usize>>,
}

impl PollPlaces {
    /// Takes a place at a host until the guard is dropped; `None` where all are taken.
    pub(super) fn enter(self: &Arc<Self>, host: &str) -> Option<PollPlace> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_host = taken.get(host).copied().unwrap_or_default();
        if of_host >= OF_A_HOST || taken.values().sum::<usize>() >= TOGETHER {
            return None;
        }
        taken.insert(host.to_owned(), of_host + 1);
        Some(PollPlace { places: Arc::clone(self), host: host.to_owned() })
    }
}

/// A place that is taken.
#[derive(Debug)]
pub(super) struct PollPlace {
    places: Arc<PollPlaces>,
    host: String,
}

impl Drop for PollPlace {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(of_host) = taken.get_mut(&self.host) {
            *of_host -= 1;
            if *of_host == 0 {
                taken.remove(&self.host);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_two_places_and_all_together_eight() {
        let places = Arc::new(PollPlaces::default());
        let mut held = vec![places.enter("a").unwrap(), places.enter("a").unwrap()];
        assert!(places.enter("a").is_none());
        held.extend(["b", "b", "c", "c", "d", "d"].map(|host| places.enter(host).unwrap()));
        assert!(places.enter("e").is_none());
        held.remove(0);
        assert!(places.enter("b").is_none());
        held.push(places.enter("e").unwrap());
        drop(held);
        assert!(places.taken.lock().unwrap().is_empty());
    }
}
