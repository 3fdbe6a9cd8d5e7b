//! Times that the connections for searches and those for everything else share.

use std::time::Duration;

/// How much longer than the database's own timeout a caller waits for the answer.
pub(crate) const GRACE: Duration = Duration::from_secs(1);
/// How long a replica gets no statements after a failure.
pub(crate) const REPLICA_PAUSE: Duration = Duration::from_secs(5);
