//! The picture captcha: four symbols that people read and programs do not.
//!
//! [`JpegCaptchaPainter`] implements the port. A picture is drawn from a seed by an [`Easel`]:
//!
//! 1. an answer, a [`Layout`] and a [`Noise`] are chosen;
//! 2. the outlines of the symbols, each in a font and pose of its own, are bent and filled at four
//!    times the resolution;
//! 3. large smooth shapes invert what they cross;
//! 4. the sheet becomes a small gray JPEG.
//!
//! [`WavCaptchaSpeaker`] implements the port for people who do not see pictures: [`Voices`] speak the
//! answer of a captcha from embedded recordings.
//!
//! All numbers of the picture stand in `recipe.rs`, each with what it is for; how they were found, and what
//! programs and people make of the pictures, is told in `docs/captcha.md`.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test stops at what it does not expect"))]

mod alphabet;
mod dice;
mod easel;
mod gate;
mod geometry;
mod glyphs;
mod ink;
mod layout;
mod noise;
mod painter;
mod recipe;
mod recital;
mod speaker;
mod voices;
mod waves;

pub use alphabet::{LENGTH, SYMBOLS};
pub use easel::{Easel, EncodeError, Family, Picture};
pub use gate::{CaptchaOptions, OptionsError};
pub use glyphs::FontError;
pub use layout::Layout;
pub use noise::Noise;
pub use painter::{CaptchaSetupError, JpegCaptchaPainter};
pub use recipe::{HEIGHT, WIDTH};
pub use recital::{UnknownSymbol, Voices};
pub use speaker::{SpeakerSetupError, WavCaptchaSpeaker};
pub use voices::VoiceError;
