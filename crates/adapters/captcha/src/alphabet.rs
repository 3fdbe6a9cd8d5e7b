//! The symbols of the captcha and the answers made of them.

use crate::rng::SeededRng;

/// Thirteen symbols of which no two look alike, not even where a stripe crosses them: no 0 and O,
/// no 1 and I, no 2 and Z, no 5 and S, no 8 and B, no D, G, J, Q, V, 7; and, after readings of
/// pictures, none that a stripe at the wrong place turns into another: no F (an E without its
/// foot), no Y (half of an X), no 4 and H (an A), no K (an X), no N (half of a W or M), no R (a P).
pub const SYMBOLS: &[u8; 13] = b"ACELMPTUWX369";

/// Symbols in a picture.
pub const LENGTH: usize = 4;

/// Four places in [`SYMBOLS`].
pub(crate) type Answer = [usize; LENGTH];

/// Four symbols, each as likely as any other and independent of the rest.
pub(crate) fn random_answer(rng: &mut SeededRng) -> Answer {
    std::array::from_fn(|_| rng.below(SYMBOLS.len()))
}

/// The answer as text.
pub(crate) fn spell(answer: &Answer) -> String {
    answer.iter().map(|&symbol| char::from(SYMBOLS[symbol])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pearson's statistic of counts that should be equal.
    fn chi_squared(counts: &[u32]) -> f64 {
        let total: u32 = counts.iter().sum();
        let expected = f64::from(total) / counts.len() as f64;
        counts.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum()
    }

    #[test]
    fn a_million_answers_are_uniform() {
        let mut rng = SeededRng::from_seed([7; 32]);
        let mut by_place = [[0u32; SYMBOLS.len()]; LENGTH];
        let mut by_pair = vec![0u32; SYMBOLS.len() * SYMBOLS.len()];
        let mut by_answer = vec![0u32; SYMBOLS.len().pow(4)];
        for _ in 0..1_000_000 {
            let answer = random_answer(&mut rng);
            for (place, &symbol) in answer.iter().enumerate() {
                by_place[place][symbol] += 1;
            }
            by_pair[answer[0] * SYMBOLS.len() + answer[1]] += 1;
            by_answer[answer.iter().fold(0, |number, &symbol| number * SYMBOLS.len() + symbol)] += 1;
        }
        // Uniform answers exceed these once in a million times, with 12, 168 and 28,560 degrees of
        // freedom; leaving the last symbol out, or favouring one by 3 %, exceeds them always.
        for place in by_place {
            assert!(chi_squared(&place) < 51.9, "{place:?}");
        }
        assert!(chi_squared(&by_pair) < 270.2);
        assert!(chi_squared(&by_answer) < 29_711.0);
    }

    #[test]
    fn answers_are_spelled_in_their_order() {
        assert_eq!(spell(&[0, 12, 1, 10]), "A9C3");
    }
}
