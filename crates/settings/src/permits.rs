//! The number of pieces of heavy work that run at a time.

use std::{num::NonZero, thread::available_parallelism};

/// The configured number, where 0 means one per two cores: the other half stays free for requests.
pub(super) fn permits(configured: usize) -> usize {
    match configured {
        0 => (available_parallelism().map_or(1, NonZero::get) / 2).max(1),
        permits => permits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_a_permit() {
        assert!(permits(0) >= 1);
        assert_eq!(permits(3), 3);
    }
}
