//! Reads spoken captchas by comparing their words with labelled ones: mel-frequency cepstra and dynamic time warping,
//! without training.

use std::f32::consts::PI;

/// Samples a second of the recordings.
const RATE: f32 = 8000.0;
/// Samples of a frame (25 ms) and between two frames (10 ms).
const FRAME: usize = 200;
const HOP: usize = 80;
/// Points of the transform.
const POINTS: usize = 256;
/// Bands of the mel scale, and cepstral coefficients that are compared.
const BANDS: usize = 22;
const COEFFICIENTS: usize = 12;
/// The header of the recordings.
const HEADER: usize = 44;
/// Words of a recording.
const WORDS: usize = 4;

type Features = Vec<[f32; COEFFICIENTS]>;

/// Words that the attacker knows.
pub struct Matcher {
    transform: Transform,
    known: Vec<(char, Features)>,
}

impl Matcher {
    /// A matcher that knows no word yet.
    pub fn new() -> Self {
        Self { transform: Transform::new(), known: Vec::new() }
    }

    /// Learns the words of a recording whose answer is known.
    pub fn learn(&mut self, answer: &str, wav: &[u8]) {
        let words = self.words(wav);
        if words.len() == answer.chars().count() {
            self.known.extend(answer.chars().zip(words));
        }
    }

    /// What a recording says, as far as its words were found.
    pub fn read(&self, wav: &[u8]) -> String {
        let nearest = |word: &Features| {
            let distances = self.known.iter().map(|(symbol, known)| (distance(word, known), *symbol));
            distances.min_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, symbol)| symbol)
        };
        self.words(wav).iter().filter_map(nearest).collect()
    }

    fn words(&self, wav: &[u8]) -> Vec<Features> {
        let samples: Vec<f32> = wav[HEADER..].iter().map(|byte| (f32::from(*byte) - 128.0) / 127.0).collect();
        spans(&samples).into_iter().map(|span| self.transform.features(&samples[span])).collect()
    }
}

impl Default for Matcher {
    fn default() -> Self {
        Self::new()
    }
}

/// The four loudest stretches of a recording: the parts above its noise, joined over the shortest pauses.
fn spans(samples: &[f32]) -> Vec<std::ops::Range<usize>> {
    let power: Vec<f32> = samples
        .chunks(HOP)
        .map(|frame| (frame.iter().map(|it| it * it).sum::<f32>() / frame.len() as f32 + 1e-7).ln())
        .collect();
    let smooth: Vec<f32> = (0..power.len())
        .map(|at| {
            let around = &power[at.saturating_sub(3)..(at + 4).min(power.len())];
            around.iter().sum::<f32>() / around.len() as f32
        })
        .collect();
    let mut sorted = smooth.clone();
    sorted.sort_by(f32::total_cmp);
    let (quiet, loud) = (sorted[sorted.len() / 5], sorted[sorted.len() * 19 / 20]);
    let threshold = quiet + 0.45 * (loud - quiet);
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, power) in smooth.iter().enumerate() {
        match runs.last_mut() {
            Some((_, end)) if *power > threshold && *end == at => *end = at + 1,
            _ if *power > threshold => runs.push((at, at + 1)),
            _ => {}
        }
    }
    runs.retain(|(start, end)| end - start >= 5);
    while runs.len() > WORDS {
        let shortest = (1..runs.len()).min_by_key(|at| runs[*at].0 - runs[at - 1].1).unwrap();
        runs[shortest - 1].1 = runs[shortest].1;
        runs.remove(shortest);
    }
    runs.into_iter().map(|(start, end)| start * HOP..(end * HOP).min(samples.len())).collect()
}

/// The mean distance along the best alignment of two words.
fn distance(one: &Features, other: &Features) -> f32 {
    if one.is_empty() || other.is_empty() {
        return f32::MAX;
    }
    let mut row = vec![(f32::MAX, 1.0_f32); other.len() + 1];
    row[0] = (0.0, 0.0);
    for frame in one {
        let mut diagonal = std::mem::replace(&mut row[0], (f32::MAX, 1.0));
        for (at, reference) in other.iter().enumerate() {
            let here = frame.iter().zip(reference).map(|(a, b)| (a - b) * (a - b)).sum::<f32>().sqrt();
            let (best, length) =
                [diagonal, row[at], row[at + 1]].into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).unwrap();
            diagonal = row[at + 1];
            row[at + 1] = (best + here, length + 1.0);
        }
    }
    let (sum, length) = row[other.len()];
    sum / length
}

/// Tables of the transform from samples to cepstra.
struct Transform {
    window: Vec<f32>,
    waves: Vec<(Vec<f32>, Vec<f32>)>,
    bands: Vec<Vec<(usize, f32)>>,
}

impl Transform {
    fn new() -> Self {
        let window = (0..FRAME).map(|n| 0.54 - 0.46 * (2.0 * PI * n as f32 / (FRAME - 1) as f32).cos()).collect();
        let wave = |bin: usize| {
            let angle = |n: usize| 2.0 * PI * (bin * n % POINTS) as f32 / POINTS as f32;
            ((0..FRAME).map(|n| angle(n).cos()).collect(), (0..FRAME).map(|n| angle(n).sin()).collect())
        };
        let mel = |hertz: f32| 2595.0 * (1.0 + hertz / 700.0).log10();
        let hertz = |mel: f32| 700.0 * (10.0_f32.powf(mel / 2595.0) - 1.0);
        let edge = |band: usize| {
            let (low, high) = (mel(100.0), mel(RATE / 2.0));
            hertz(low + (high - low) * band as f32 / (BANDS + 1) as f32) * POINTS as f32 / RATE
        };
        let band = |number: usize| {
            let (low, middle, high) = (edge(number), edge(number + 1), edge(number + 2));
            let weight = |bin: usize| {
                let bin = bin as f32;
                ((bin - low) / (middle - low)).min((high - bin) / (high - middle)).max(0.0)
            };
            (0..=POINTS / 2).map(|bin| (bin, weight(bin))).filter(|(_, weight)| *weight > 0.0).collect()
        };
        Self { window, waves: (0..=POINTS / 2).map(wave).collect(), bands: (0..BANDS).map(band).collect() }
    }

    /// Cepstra of each frame, without their mean: the loudness and the colour of the whole word do not count.
    fn features(&self, samples: &[f32]) -> Features {
        let frames = samples.windows(FRAME).step_by(HOP);
        let mut features: Features = frames.map(|frame| self.cepstrum(frame)).collect();
        let count = features.len().max(1) as f32;
        for at in 0..COEFFICIENTS {
            let mean = features.iter().map(|it| it[at]).sum::<f32>() / count;
            features.iter_mut().for_each(|it| it[at] -= mean);
        }
        features
    }

    fn cepstrum(&self, frame: &[f32]) -> [f32; COEFFICIENTS] {
        let windowed: Vec<f32> = frame.iter().zip(&self.window).map(|(sample, window)| sample * window).collect();
        let power: Vec<f32> = self
            .waves
            .iter()
            .map(|(cosine, sine)| {
                let along = |wave: &[f32]| windowed.iter().zip(wave).map(|(a, b)| a * b).sum::<f32>();
                along(cosine).powi(2) + along(sine).powi(2)
            })
            .collect();
        let bands: Vec<f32> = self
            .bands
            .iter()
            .map(|band| (band.iter().map(|(bin, weight)| power[*bin] * weight).sum::<f32>() + 1e-4).ln())
            .collect();
        std::array::from_fn(|number| {
            let angle = |band: usize| PI * (number + 1) as f32 * (band as f32 + 0.5) / BANDS as f32;
            bands.iter().enumerate().map(|(band, power)| power * angle(band).cos()).sum()
        })
    }
}
