//! The contract of [`CaptchaSpeaker`].
//!
//! Each function is a rule and panics where the speaker breaks it. All need the runtime that the
//! speaker works on, and a speaker without other callers.

use bytes::Bytes;

use crate::{CaptchaSpeaker, SpeechError, SpokenLanguage};

const LANGUAGES: [SpokenLanguage; 2] = [SpokenLanguage::Mandarin, SpokenLanguage::English];

async fn spoken(speaker: &dyn CaptchaSpeaker, answer: &str, language: SpokenLanguage) -> Bytes {
    match speaker.speak(answer, language).await {
        Ok(wav) => wav,
        Err(error) => panic!("{answer} cannot be spoken in {language:?}: {error}"),
    }
}

/// Every symbol of the alphabet, in upper and in lower case, is spoken in every language as a WAV
/// file that lasts between two and fifteen seconds and holds nothing but its format and samples.
pub async fn every_symbol_is_spoken_as_a_bare_wav(speaker: &dyn CaptchaSpeaker, alphabet: &str) {
    for language in LANGUAGES {
        for symbol in alphabet.chars() {
            for symbol in [symbol.to_ascii_uppercase(), symbol.to_ascii_lowercase()] {
                let answer = symbol.to_string().repeat(4);
                let wav = spoken(speaker, &answer, language).await;
                let seconds = seconds(&wav);
                assert!((2.0..15.0).contains(&seconds), "{answer} lasts {seconds} s");
            }
        }
    }
}

/// How long a WAV file lasts; panics where it is more than a `fmt` and a `data` chunk, whole.
fn seconds(wav: &[u8]) -> f64 {
    let number = |at: usize| match wav.get(at..at + 4) {
        Some(&[a, b, c, d]) => u32::from_le_bytes([a, b, c, d]),
        _ => panic!("the WAV ends in its header"),
    };
    assert!(wav.starts_with(b"RIFF") && wav.get(8..16) == Some(b"WAVEfmt "), "not a WAV");
    assert_eq!(number(4) as usize, wav.len() - 8, "the WAV is cut or has something behind it");
    let data = 20 + number(16) as usize;
    assert_eq!(wav.get(data..data + 4), Some(&b"data"[..]), "a chunk that does not belong in a captcha");
    let samples = number(data + 4);
    assert!(wav.len() - (data + 8) - samples as usize <= 1, "something stands behind the samples");
    f64::from(samples) / f64::from(number(28))
}

/// The same answer never sounds the same twice, and does not always last as long.
pub async fn calls_differ(speaker: &dyn CaptchaSpeaker, answer: &str) {
    let first = spoken(speaker, answer, SpokenLanguage::English).await;
    let mut lasted_otherwise = false;
    for _ in 0..5 {
        let again = spoken(speaker, answer, SpokenLanguage::English).await;
        assert_ne!(first, again, "a recording came twice");
        lasted_otherwise |= first.len() != again.len();
    }
    assert!(lasted_otherwise, "pauses and pace do not vary");
}

/// A text that no captcha shows is an error, never a panic and never a recording of another text.
pub async fn other_symbols_are_refused(speaker: &dyn CaptchaSpeaker) {
    for answer in ["", "AC", "ACEHK", "AC0E", "AC E", "三ACE", "\0\0\0\0"] {
        let refused = speaker.speak(answer, SpokenLanguage::Mandarin).await;
        assert_eq!(refused, Err(SpeechError::Unspeakable), "{answer:?}");
    }
}
