//! The random number generator of the operating system.

use minsu_ports::Randomness;

/// The operating system's generator, through `getrandom`.
///
/// When it fails the process ends. A kernel that gives no randomness will not give any a moment
/// later, there is no second source to fall back on, and a session id or an SMS code that can be
/// guessed is worse than a site that is down: an orchestrator restarts it, and the log says why.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandomness;

impl Randomness for OsRandomness {
    fn fill(&self, buffer: &mut [u8]) {
        if let Err(error) = getrandom::fill(buffer) {
            tracing::error!(%error, "the operating system gives no randomness; ending the process");
            std::process::abort();
        }
    }
}
