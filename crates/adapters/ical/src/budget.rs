//! What the reading of one file may still use: time and occurrences.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use crate::limits;

/// Shared by all steps of one reading. Each stops by itself when the time is over; the reader then refuses the file.
#[derive(Debug)]
pub(crate) struct Budget {
    ends: Instant,
    occurrences: Cell<usize>,
}

impl Budget {
    /// The budget of a reading that begins now.
    pub fn new(deadline: Duration) -> Self {
        Self { ends: Instant::now() + deadline, occurrences: Cell::new(limits::FILE_OCCURRENCES) }
    }

    /// Whether the time is not over yet.
    pub fn has_time(&self) -> bool {
        Instant::now() < self.ends
    }

    /// How many occurrences are left.
    pub fn occurrences(&self) -> usize {
        self.occurrences.get()
    }

    /// Takes so many occurrences, or those that are left, and says how many it took.
    pub fn take(&self, wanted: usize) -> usize {
        let taken = wanted.min(self.occurrences.get());
        self.occurrences.set(self.occurrences.get() - taken);
        taken
    }
}
