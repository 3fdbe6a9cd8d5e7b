//! Painter and speaker against the contracts of their ports.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use minsu_captcha::{CaptchaSetupError, JpegCaptchaPainter, SYMBOLS, SpeakerSetupError, WavCaptchaSpeaker};
use minsu_executor::{Bounds, BoundsError};
use minsu_ports::{
    CaptchaPainter, Randomness,
    testkit::{captcha, captcha_speaker},
};

/// Counts: every seed is another one, and every run of the tests the same.
struct Counter(AtomicU64);

impl Randomness for Counter {
    fn fill(&self, buffer: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        buffer.iter_mut().zip(number).for_each(|(byte, part)| *byte = part);
    }
}

fn painter(permits: usize, queue: usize) -> JpegCaptchaPainter {
    JpegCaptchaPainter::new(Bounds { permits, queue }, Arc::new(Counter(AtomicU64::new(1)))).unwrap()
}

#[tokio::test]
async fn answers_have_four_symbols() {
    captcha::answers_have_four_symbols(&painter(1, 1)).await;
}

#[tokio::test]
async fn calls_differ() {
    captcha::calls_differ(&painter(1, 1)).await;
}

#[tokio::test]
async fn pictures_are_bare_jpegs() {
    captcha::pictures_are_bare_jpegs(&painter(1, 1)).await;
}

#[tokio::test]
async fn says_busy_when_the_queue_is_full() {
    captcha::says_busy_when_the_queue_is_full(&painter(1, 0), 1).await;
    captcha::says_busy_when_the_queue_is_full(&painter(2, 5), 7).await;
}

#[tokio::test]
async fn a_caller_who_leaves_gives_the_place_back() {
    let painter = painter(1, 0);
    for _ in 0..50 {
        let impatient = tokio::time::timeout(std::time::Duration::ZERO, painter.paint()).await;
        drop(impatient);
        // The abandoned picture may still be drawn; it must not take the place for ever.
        let mut waits = 0;
        while painter.paint().await.is_err() {
            waits += 1;
            assert!(waits < 1000, "the place was never given back");
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    }
}

fn speaker() -> WavCaptchaSpeaker {
    let options = Bounds { permits: 1, queue: 1 };
    WavCaptchaSpeaker::new(options, Arc::new(Counter(AtomicU64::new(1)))).unwrap()
}

#[tokio::test]
async fn every_symbol_is_spoken_as_a_bare_wav() {
    captcha_speaker::every_symbol_is_spoken_as_a_bare_wav(&speaker(), str::from_utf8(SYMBOLS).unwrap()).await;
}

#[tokio::test]
async fn recordings_differ() {
    captcha_speaker::calls_differ(&speaker(), "LW36").await;
}

#[tokio::test]
async fn other_symbols_are_refused() {
    captcha_speaker::other_symbols_are_refused(&speaker()).await;
}

#[test]
fn options_that_could_never_work_are_refused() {
    let randomness = Arc::new(Counter(AtomicU64::new(1)));
    for options in [Bounds { permits: 0, queue: 9 }, Bounds { permits: 1, queue: usize::MAX }] {
        let refused = JpegCaptchaPainter::new(options, randomness.clone());
        assert_eq!(refused.err(), Some(CaptchaSetupError::Bounds(BoundsError)), "{options:?}");
        let refused = WavCaptchaSpeaker::new(options, randomness.clone());
        assert_eq!(refused.err(), Some(SpeakerSetupError::Bounds(BoundsError)), "{options:?}");
    }
}
