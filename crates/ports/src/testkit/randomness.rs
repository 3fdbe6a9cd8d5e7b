//! The contract of [`crate::Randomness`].

use std::collections::HashSet;

use crate::Randomness;

/// No two buffers are alike.
pub fn nothing_repeats(randomness: &dyn Randomness) {
    let mut seen = HashSet::new();
    for _ in 0..1_000 {
        let mut buffer = [0; 16];
        randomness.fill(&mut buffer);
        assert!(seen.insert(buffer), "{buffer:?} came twice");
    }
}

/// Every byte of a buffer is written, whatever its length: over many fills each position takes
/// most values.
pub fn every_byte_is_filled(randomness: &dyn Randomness) {
    randomness.fill(&mut []);
    for length in [1, 6, 16, 33, 4096] {
        let mut values = vec![HashSet::new(); length];
        for _ in 0..256 {
            let mut buffer = vec![0; length];
            randomness.fill(&mut buffer);
            for (position, byte) in buffer.into_iter().enumerate() {
                values[position].insert(byte);
            }
        }
        // 256 draws of 256 values give 162 ± 5 different ones.
        let fewest = values.iter().map(HashSet::len).min();
        assert!(fewest > Some(110), "a byte of {length} took {fewest:?} values");
    }
}
