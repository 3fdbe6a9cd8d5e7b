//! From an answer and a seed to a recording.
//!
//! A program that knows the thirteen recordings finds them again by correlation, unless something
//! keeps them from lining up: here every symbol has its own pace, pitch and loudness, pauses vary,
//! and beneath it all lie coloured noise and murmurs made of the same voice, played backwards.

use std::ops::Range;

use minsu_ports::SpokenLanguage;

use crate::{
    alphabet::{LENGTH, SYMBOLS},
    rng::SeededRng,
    voices::{RATE, Voice, VoiceError},
};

/// Silence before the first symbol, in seconds, so that a player's start-up swallows nothing.
const START: Range<f32> = 0.5..0.9;
/// Silence after a symbol, in seconds: enough to type it, never the same.
const PAUSE: Range<f32> = 0.45..1.0;
/// Pace and pitch against the recording: against correlation with it.
const PACE: Range<f32> = 0.88..1.1;
/// Loudness of a symbol.
const LOUDNESS: Range<f32> = 0.55..0.8;
/// Loudness of the noise: people hear words through it, detectors of pauses do not see silence.
const NOISE: Range<f32> = 0.02..0.05;
/// How dull the noise is, as the part of the last sample that is kept: no filter fits them all.
const DULLNESS: Range<f32> = 0.3..0.85;
/// Murmurs a second: reversed pieces of the voice, which fill pauses with its own spectrum.
const MURMURS: f32 = 1.6;
/// Loudness of a murmur.
const MURMUR_LOUDNESS: Range<f32> = 0.05..0.1;
/// Length of a murmur in seconds.
const MURMUR_LENGTH: Range<f32> = 0.15..0.4;

/// The answer is not four symbols of the alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer is not four symbols of the captcha")]
pub struct UnknownSymbol;

/// The recordings of both languages.
pub struct Voices {
    mandarin: Voice,
    english: Voice,
}

impl Voices {
    /// Unpacks the embedded recordings.
    ///
    /// # Errors
    /// [`VoiceError`], a defect of the build.
    pub fn new() -> Result<Self, VoiceError> {
        Ok(Self { mandarin: Voice::mandarin()?, english: Voice::english()? })
    }

    /// A WAV file (8,000 samples a second, 8 bit, one channel) in which the four symbols are
    /// spoken. The same seed makes the same file.
    ///
    /// # Errors
    /// [`UnknownSymbol`].
    pub fn speak(&self, answer: &str, language: SpokenLanguage, seed: [u8; 32]) -> Result<Vec<u8>, UnknownSymbol> {
        let place = |symbol: u8| SYMBOLS.iter().position(|known| *known == symbol.to_ascii_uppercase());
        let symbols = answer.bytes().map(place).collect::<Option<Vec<_>>>().ok_or(UnknownSymbol)?;
        if symbols.len() != LENGTH {
            return Err(UnknownSymbol);
        }
        let voice = match language {
            SpokenLanguage::Mandarin => &self.mandarin,
            SpokenLanguage::English => &self.english,
        };
        let mut rng = SeededRng::from_seed(seed);
        let mut samples = silence(rng.within(&START));
        for symbol in symbols {
            samples.extend(paced(voice.symbol(symbol), rng.within(&PACE), rng.within(&LOUDNESS)));
            samples.extend(silence(rng.within(&PAUSE)));
        }
        murmur(&mut samples, voice, &mut rng);
        hiss(&mut samples, &mut rng);
        Ok(wav(&samples))
    }
}

fn silence(seconds: f32) -> Vec<f32> {
    vec![0.0; (seconds * RATE as f32) as usize]
}

/// A recording at another pace, by linear interpolation.
fn paced(recording: &[f32], pace: f32, loudness: f32) -> impl Iterator<Item = f32> {
    let length = (recording.len().saturating_sub(1) as f32 / pace) as usize;
    (0..length).map(move |sample| {
        let at = sample as f32 * pace;
        let (first, part) = (at as usize, at.fract());
        let next = recording[(first + 1).min(recording.len() - 1)];
        (recording[first] * (1.0 - part) + next * part) * loudness
    })
}

/// Lays reversed pieces of the voice beneath the samples.
fn murmur(samples: &mut [f32], voice: &Voice, rng: &mut SeededRng) {
    let count = (samples.len() as f32 / RATE as f32 * MURMURS) as usize;
    for _ in 0..count {
        let recording = voice.symbol(rng.below(SYMBOLS.len()));
        let length = ((rng.within(&MURMUR_LENGTH) * RATE as f32) as usize).min(recording.len());
        let from = rng.below(recording.len() - length + 1);
        let (start, loudness) = (rng.below(samples.len()), rng.within(&MURMUR_LOUDNESS));
        let piece = recording[from..from + length].iter().rev();
        for (sample, (number, murmur)) in samples[start..].iter_mut().zip(piece.enumerate()) {
            // Fades in and out, so that its ends do not click.
            let edge = number.min(length - number) as f32 / (length as f32 / 4.0);
            *sample += murmur * loudness * edge.min(1.0);
        }
    }
}

/// Adds coloured noise.
fn hiss(samples: &mut [f32], rng: &mut SeededRng) {
    let (loudness, dullness) = (rng.within(&NOISE), rng.within(&DULLNESS));
    let mut last = 0.0;
    for sample in samples {
        last = last * dullness + rng.within(&(-1.0..1.0)) * (1.0 - dullness * dullness).sqrt();
        *sample += last * loudness;
    }
}

/// Samples as a WAV file: header and samples, nothing else.
fn wav(samples: &[f32]) -> Vec<u8> {
    let length = samples.len() as u32;
    let padding = length % 2;
    let mut file = Vec::with_capacity(samples.len() + 45);
    file.extend(b"RIFF");
    file.extend((36 + length + padding).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16u32.to_le_bytes());
    // PCM, one channel.
    file.extend(1u16.to_le_bytes());
    file.extend(1u16.to_le_bytes());
    // Samples and bytes a second, bytes and bits a sample.
    file.extend(RATE.to_le_bytes());
    file.extend(RATE.to_le_bytes());
    file.extend(1u16.to_le_bytes());
    file.extend(8u16.to_le_bytes());
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(samples.iter().map(|sample| (128.0 + sample.clamp(-1.0, 1.0) * 127.0) as u8));
    file.extend((0..padding).map(|_| 0));
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_makes_the_same_recording_and_another_seed_another() {
        let voices = Voices::new().unwrap();
        let speak = |seed| voices.speak("AC39", SpokenLanguage::Mandarin, [seed; 32]).unwrap();
        assert_eq!(speak(1), speak(1));
        assert_ne!(speak(1), speak(2));
    }

    #[test]
    fn languages_and_answers_sound_different() {
        let voices = Voices::new().unwrap();
        let speak = |answer, language| voices.speak(answer, language, [1; 32]).unwrap();
        assert_ne!(speak("3333", SpokenLanguage::Mandarin), speak("3333", SpokenLanguage::English));
        assert_ne!(speak("3336", SpokenLanguage::English), speak("3333", SpokenLanguage::English));
        assert_eq!(speak("acel", SpokenLanguage::English), speak("ACEL", SpokenLanguage::English));
    }

    #[test]
    fn symbols_stand_out_of_the_noise() {
        let voices = Voices::new().unwrap();
        for seed in 0..20 {
            let wav = voices.speak("LWX6", SpokenLanguage::English, [seed; 32]).unwrap();
            let samples: Vec<f32> = wav[44..].iter().map(|byte| f32::from(*byte) - 128.0).collect();
            let mut power: Vec<f32> =
                samples.chunks(400).map(|part| part.iter().map(|s| s * s).sum::<f32>() / part.len() as f32).collect();
            power.sort_by(f32::total_cmp);
            let (quiet, loud) = (power[power.len() / 5], power[power.len() * 9 / 10]);
            // 10 dB between words and pauses; and pauses are never silent.
            assert!(loud > 10.0 * quiet && quiet > 0.5, "{loud} against {quiet}");
        }
    }
}
