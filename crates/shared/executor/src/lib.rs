//! Processor work off the async threads: a bounded number of jobs runs, a bounded number waits, and one
//! more is refused at once.
//!
//! The adapters that compute (captchas, pictures, password hashes) share this crate, and the scheduler that shares
//! turns for heavy work fairly among accounts and networks. It implements no port and knows none.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod background_threads;
mod bounded;
mod fair;

pub use bounded::{BackgroundError, BoundedExecutor, Bounds, BoundsError, ExecutorError};
pub use fair::{FairScheduler, PartyId, Share, Turn};
