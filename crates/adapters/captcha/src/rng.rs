//! Random choices that a seed repeats.

use std::ops::Range;

use chacha20::{
    ChaCha8Rng,
    rand_core::{Rng, SeedableRng},
};

/// A stream of random choices: the same from the same seed, on every platform and in every later
/// version, and unpredictable without it.
pub(crate) struct SeededRng(ChaCha8Rng);

impl SeededRng {
    /// Starts the stream.
    pub(crate) fn from_seed(seed: [u8; 32]) -> Self {
        Self(ChaCha8Rng::from_seed(seed))
    }

    /// A whole number below `bound` (1 to 2^32), all equally likely.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let bound = bound as u64;
        // Numbers of the last, incomplete round of `bound` would favour small results.
        let fair = (1 << 32) / bound * bound;
        loop {
            let number = u64::from(self.0.next_u32());
            if number < fair {
                return (number % bound) as usize;
            }
        }
    }

    /// A number in the range.
    pub(crate) fn within(&mut self, range: &Range<f32>) -> f32 {
        // 24 bits are all that an f32 below 1 holds.
        let unit = (self.0.next_u32() >> 8) as f32 / (1 << 24) as f32;
        range.start + unit * (range.end - range.start)
    }

    /// A number in the range, or the same below zero.
    pub(crate) fn either_side(&mut self, range: &Range<f32>) -> f32 {
        let size = self.within(range);
        if self.heads() { size } else { -size }
    }

    /// True every second time.
    pub(crate) fn heads(&mut self) -> bool {
        self.0.next_u32() >> 31 == 1
    }

    /// One of several values, all equally likely.
    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_its_choices() {
        let draw = |seed| {
            let mut rng = SeededRng::from_seed([seed; 32]);
            (0..50).map(|_| rng.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn numbers_stay_in_their_ranges_and_reach_both_ends() {
        let mut rng = SeededRng::from_seed([3; 32]);
        let numbers: Vec<_> = (0..1000).map(|_| rng.within(&(-1.0..3.0))).collect();
        assert!(numbers.iter().all(|number| (-1.0..3.0).contains(number)));
        assert!(numbers.iter().any(|number| *number < -0.9) && numbers.iter().any(|number| *number > 2.9));
        let sides: Vec<_> = (0..1000).map(|_| rng.either_side(&(1.0..2.0))).collect();
        assert!(sides.iter().all(|number| (1.0..2.0).contains(&number.abs())));
        assert!((400..600).contains(&sides.iter().filter(|number| **number > 0.0).count()));
    }
}
