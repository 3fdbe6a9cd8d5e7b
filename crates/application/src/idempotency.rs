//! Idempotency: a changing call that may be sent again, with one effect and one answer.
//!
//! A request claims its key before its use case runs ([`begin`]) and runs the use case with
//! [`Claim::app`]. The transaction that records an event, which is the one with the effect, also writes
//! into the row of the key what it came to: both are committed or neither. Then the answer is stored
//! ([`complete`]), or the key given back ([`abandon`]).
//!
//! A claim is a lease. A request that finds another one's lease ended takes the key over. Where no effect
//! was committed, the use case runs; where one was, its transactions do not run and give the result of
//! the first time, so that the answer is made again from it. The old request, should it still be alive,
//! cannot commit: its transaction finds the key in other hands.

mod begin;
mod claim;
mod end;
mod kept;
mod key_scope;

use std::time::Duration;

pub use begin::{Claimed, begin};
pub use claim::Claim;
pub use end::{abandon, complete};
pub(crate) use kept::Kept;
pub use key_scope::{KeyScope, RequestDigest};

/// How long a request counts as running. The effect is safe however long it takes; this is how long a
/// process that was killed keeps its key.
const LEASE: Duration = Duration::from_secs(15);
/// How long a key is kept.
const LIFETIME: Duration = Duration::from_secs(86_400);
