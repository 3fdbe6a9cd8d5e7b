//! Times at which the machine did not let this process run. The site did not run either then, so that they do not
//! count where the site has a time to keep.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use crate::history::{History, locked};

/// How often it is looked.
const PULSE: Duration = Duration::from_millis(20);
/// Later than so much is a stall.
const LATE: Duration = Duration::from_millis(40);

/// Watches a thread that should run every 20 ms; it ends with this.
#[derive(Debug)]
pub(crate) struct Stalls {
    /// Beginnings and ends, in the microseconds of the history.
    stalls: Arc<Mutex<Vec<(u64, u64)>>>,
    is_over: Arc<AtomicBool>,
}

impl Stalls {
    pub(crate) fn watch(history: &Arc<History>) -> Self {
        let (stalls, is_over) = (Arc::new(Mutex::default()), Arc::new(AtomicBool::new(false)));
        let (history, found, ends) = (Arc::clone(history), Arc::clone(&stalls), Arc::clone(&is_over));
        thread::spawn(move || {
            while !ends.load(Ordering::Relaxed) {
                let due = history.now() + PULSE.as_micros() as u64;
                thread::sleep(PULSE);
                let now = history.now();
                if now > due + LATE.as_micros() as u64 {
                    locked::<Vec<_>>(&found).push((due, now));
                }
            }
        });
        Self { stalls, is_over }
    }

    /// How long the machine did not run this process between two moments of the history, in microseconds.
    pub(crate) fn between(&self, from: u64, to: u64) -> u64 {
        let stalls = locked(&self.stalls);
        stalls.iter().map(|(begin, end)| (*end).min(to).saturating_sub((*begin).max(from))).sum()
    }
}

impl Drop for Stalls {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_between_counts() {
        let stalls = Stalls { stalls: Arc::new(Mutex::new(vec![(10, 20), (40, 60)])), is_over: Arc::default() };
        assert_eq!(stalls.between(0, 100), 30);
        assert_eq!(stalls.between(15, 50), 15);
        assert_eq!(stalls.between(20, 40), 0);
    }
}
