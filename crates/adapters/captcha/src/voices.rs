//! The recordings of the symbols.

use crate::alphabet::SYMBOLS;

/// Samples a second, as on a telephone line.
pub(crate) const RATE: u32 = 8000;

/// A recording cannot be read: a defect of the build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the embedded recordings are unusable")]
pub struct VoiceError;

/// Every symbol spoken in one language, in the order of [`SYMBOLS`], as samples between -1 and 1.
pub(crate) struct Voice(Vec<Vec<f32>>);

impl Voice {
    /// The Mandarin recordings; `voices/README.md` tells where they come from.
    pub(crate) fn mandarin() -> Result<Self, VoiceError> {
        Self::unpacked(include_bytes!("../voices/zh.adpcm"))
    }

    /// The English recordings.
    pub(crate) fn english() -> Result<Self, VoiceError> {
        Self::unpacked(include_bytes!("../voices/en.adpcm"))
    }

    /// A symbol by its place in [`SYMBOLS`].
    pub(crate) fn symbol(&self, symbol: usize) -> &[f32] {
        &self.0[symbol]
    }

    /// The file holds the number of samples of each symbol, then the samples of each.
    fn unpacked(file: &[u8]) -> Result<Self, VoiceError> {
        let (lengths, mut rest) = file.split_at_checked(4 * SYMBOLS.len()).ok_or(VoiceError)?;
        let (lengths, _) = lengths.as_chunks::<4>();
        let mut symbols = Vec::with_capacity(SYMBOLS.len());
        for length in lengths {
            let length = u32::from_le_bytes(*length) as usize;
            let (packed, later) = rest.split_at_checked(length.div_ceil(2)).ok_or(VoiceError)?;
            symbols.push(decoded(packed, length));
            rest = later;
        }
        if rest.is_empty() { Ok(Self(symbols)) } else { Err(VoiceError) }
    }
}

/// The step sizes of IMA ADPCM.
const STEPS: [i32; 89] = [
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107,
    118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963,
    1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894,
    6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794,
    32767,
];

/// How each size of a change moves along the step sizes.
const MOVES: [isize; 8] = [-1, -1, -1, -1, 2, 4, 6, 8];

/// IMA ADPCM, two samples to a byte, the low half first.
fn decoded(packed: &[u8], length: usize) -> Vec<f32> {
    let (mut predictor, mut index) = (0i32, 0usize);
    let halves = packed.iter().flat_map(|byte| [byte & 15, byte >> 4]);
    halves
        .take(length)
        .map(|code| {
            let step = STEPS[index];
            let parts = [(4, step), (2, step >> 1), (1, step >> 2)];
            let change =
                (step >> 3) + parts.into_iter().filter(|(bit, _)| code & bit != 0).map(|(_, part)| part).sum::<i32>();
            let signed = if code & 8 == 0 { change } else { -change };
            predictor = (predictor + signed).clamp(i32::from(i16::MIN), i32::from(i16::MAX));
            index = index.saturating_add_signed(MOVES[usize::from(code & 7)]).min(STEPS.len() - 1);
            predictor as f32 / 32768.0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_was_recorded_aloud_and_not_for_long() {
        for voice in [Voice::mandarin().unwrap(), Voice::english().unwrap()] {
            for symbol in 0..SYMBOLS.len() {
                let samples = voice.symbol(symbol);
                let seconds = samples.len() as f32 / RATE as f32;
                assert!((0.3..1.5).contains(&seconds), "{symbol}: {seconds} s");
                let peak = samples.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
                assert!((0.6..=1.0).contains(&peak), "{symbol}: {peak}");
            }
        }
    }

    #[test]
    fn the_first_codes_decode_as_the_format_says() {
        // Step 7: +7 / 8 and all parts; the index goes up by 8 to step 16; then half a step down.
        let samples = decoded(&[0x27 | 0x80], 2);
        assert_eq!(samples.iter().map(|sample| sample * 32768.0).collect::<Vec<_>>(), [11.0, 1.0]);
    }

    #[test]
    fn a_cut_file_is_an_error() {
        let file = include_bytes!("../voices/en.adpcm");
        assert!(Voice::unpacked(&file[..file.len() - 1]).is_err());
        assert!(Voice::unpacked(&file[..40]).is_err());
        assert!(Voice::unpacked(&[]).is_err());
    }
}
