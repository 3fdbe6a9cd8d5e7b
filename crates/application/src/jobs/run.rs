//! A run of a job.

use chrono::TimeDelta;

/// A run begins no further batch after so long, and no further subject that a provider is asked about, well before its
/// lease ends.
pub(super) const RUN: TimeDelta = TimeDelta::seconds(30);
/// Subjects that are read at a time.
pub(super) const BATCH: u32 = 200;

/// What a run of jobs did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct JobsRun {
    /// Subjects that were worked on with an effect.
    pub done: u64,
    /// Subjects that failed.
    pub failed: u64,
}
