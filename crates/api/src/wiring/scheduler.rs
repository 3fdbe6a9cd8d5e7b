//! The scheduler before heavy work, from the permits and queues of what works behind it.

use std::time::Duration;

use minsu_executor::Bounds;
use minsu_settings::Settings;
use minsu_system::{FairWorkScheduler, WorkBounds, WorkSchedulerOptions};

use super::error::WiringError;

/// Exports that are sent at a time, and that wait. One takes a page of rows and a piece of text, and lasts as long as
/// its client reads.
const EXPORTS: Bounds = Bounds { permits: 8, queue: 16 };
/// Searches that wait for each one that runs.
const SEARCHES_WAITING: usize = 8;

/// One party leaves a turn to others where there are several.
fn shared(permits: usize, queue: usize, patience: u64) -> WorkBounds {
    WorkBounds {
        bounds: Bounds { permits, queue },
        of_one_party: permits.saturating_sub(1).max(1),
        patience: Duration::from_secs(patience),
    }
}

/// The scheduler of a site with these settings.
///
/// # Errors
/// [`WiringError::Scheduler`].
pub(super) fn scheduler(settings: &Settings) -> Result<FairWorkScheduler, WiringError> {
    // As many as have connections of their own.
    let searches = usize::try_from(settings.database.max_connections / 4).unwrap_or(1).max(1);
    let options = WorkSchedulerOptions {
        hashing: shared(settings.passwords.permits(), settings.passwords.queue, 10),
        pictures: shared(settings.pictures.permits(), settings.pictures.queue, 30),
        searches: WorkBounds {
            // Searches take longer than hashes: one network has half at most.
            of_one_party: (searches / 2).max(1),
            ..shared(searches, searches * SEARCHES_WAITING, 3)
        },
        exports: WorkBounds {
            // A client that reads slowly keeps its turn: one network has half at most.
            of_one_party: EXPORTS.permits / 2,
            ..shared(EXPORTS.permits, EXPORTS.queue, 10)
        },
    };
    FairWorkScheduler::new(&options).map_err(WiringError::Scheduler)
}
