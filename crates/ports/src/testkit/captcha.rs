//! The contract of [`CaptchaPainter`].
//!
//! Each function is a rule and panics where the painter breaks it. All need the runtime that the
//! painter draws on.

use std::{
    collections::HashSet,
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

use crate::{CaptchaError, CaptchaPainter, PaintedCaptcha};

/// The most bytes that a picture may have: it is fetched over slow telephone lines.
const MOST_BYTES: usize = 16 * 1024;

/// Pictures for the rules that look at more than one.
async fn pictures(painter: &dyn CaptchaPainter, count: usize) -> Vec<PaintedCaptcha> {
    let mut pictures = Vec::with_capacity(count);
    for _ in 0..count {
        match painter.paint().await {
            Ok(picture) => pictures.push(picture),
            Err(error) => panic!("a painter without other callers refused: {error}"),
        }
    }
    pictures
}

/// An answer is four symbols, letters in upper case or digits, so that comparing it with a client's
/// text without regard to case is comparing ASCII.
pub async fn answers_have_four_symbols(painter: &dyn CaptchaPainter) {
    for PaintedCaptcha { answer, .. } in pictures(painter, 20).await {
        let allowed = answer.bytes().all(|symbol| symbol.is_ascii_uppercase() || symbol.is_ascii_digit());
        assert!(answer.len() == 4 && allowed, "{answer:?} is not four symbols");
    }
}

/// No two pictures are the same, and answers do not follow each other.
pub async fn calls_differ(painter: &dyn CaptchaPainter) {
    let pictures = pictures(painter, 20).await;
    let jpegs: HashSet<_> = pictures.iter().map(|picture| &picture.jpeg).collect();
    assert_eq!(jpegs.len(), pictures.len(), "a picture came twice");
    let answers: HashSet<_> = pictures.iter().map(|picture| &picture.answer).collect();
    // Two of 20 may be equal by chance, once in 800 runs; three pairs never are.
    assert!(answers.len() > pictures.len() - 3, "answers repeat");
}

/// A picture is a JPEG of a size that a form has room for, and nothing but: no comment, no Exif or
/// other application data that could tell the answer or the software.
pub async fn pictures_are_bare_jpegs(painter: &dyn CaptchaPainter) {
    for PaintedCaptcha { jpeg, .. } in pictures(painter, 5).await {
        assert!(jpeg.len() <= MOST_BYTES, "{} bytes are too many", jpeg.len());
        let (width, height) = dimensions(&jpeg);
        assert!((100..=320).contains(&width) && (40..=160).contains(&height), "{width} × {height} pixels");
    }
}

/// Width and height in pixels; panics where the segments are not those of a bare JPEG.
fn dimensions(jpeg: &[u8]) -> (u16, u16) {
    assert!(jpeg.starts_with(&[0xff, 0xd8]) && jpeg.ends_with(&[0xff, 0xd9]), "not a whole JPEG");
    let pair = |at: usize| match jpeg.get(at..at + 2) {
        Some(&[high, low]) => u16::from_be_bytes([high, low]),
        _ => panic!("the JPEG ends in its header"),
    };
    let (mut at, mut size) = (2, None);
    loop {
        let (marker, length) = (pair(at), usize::from(pair(at + 2)));
        match marker {
            // Application data but JFIF's own, and comments.
            0xffe1..=0xffef | 0xfffe => panic!("segment {marker:x} does not belong in a captcha"),
            // The frame: after the precision come height and width.
            0xffc0..=0xffc2 => size = Some((pair(at + 7), pair(at + 5))),
            // The scan: only picture data follows.
            0xffda => break,
            _ => {}
        }
        at += 2 + length;
    }
    size.unwrap_or_else(|| panic!("the JPEG has no frame"))
}

/// Of more simultaneous calls than are drawn and wait, some are refused as [`CaptchaError::Busy`]
/// and the others get their picture; afterwards there is room again. `capacity` is how many are
/// drawn and wait at most.
pub async fn says_busy_when_the_queue_is_full(painter: &dyn CaptchaPainter, capacity: usize) {
    type Call<'a> = Pin<Box<dyn Future<Output = Result<PaintedCaptcha, CaptchaError>> + Send + 'a>>;
    let mut calls: Vec<Option<Call<'_>>> = (0..capacity + 200).map(|_| Some(painter.paint())).collect();
    let mut results = Vec::new();
    poll_fn(|context| {
        for slot in &mut calls {
            let Some(call) = slot else { continue };
            if let Poll::Ready(result) = call.as_mut().poll(context) {
                results.push(result);
                *slot = None;
            }
        }
        if calls.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    let drawn = results.iter().filter(|result| result.is_ok()).count();
    let refused = results.iter().filter(|result| matches!(result, Err(CaptchaError::Busy))).count();
    assert!(drawn >= capacity && refused > 0, "{drawn} were drawn and {refused} refused of {}", results.len());
    assert_eq!(drawn + refused, results.len(), "a call failed for another reason");
    pictures(painter, capacity).await;
}
