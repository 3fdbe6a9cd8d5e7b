//! Lifetimes that both adapters can keep.

use std::time::Duration;

/// Redis counts in milliseconds and takes no zero.
const SHORTEST: Duration = Duration::from_millis(1);
/// Redis adds the lifetime to its clock and moka to its own; both refuse what overflows.
const LONGEST: Duration = Duration::from_secs(10 * 366 * 86_400);

/// The lifetime, brought between a millisecond and ten years.
pub(crate) fn bounded(lifetime: Duration) -> Duration {
    lifetime.clamp(SHORTEST, LONGEST)
}
