//! The picture captcha: four symbols that people read more easily than programs.
//!
//! [`JpegCaptchaPainter`] implements the port. A picture is drawn from a seed by an [`Renderer`]:
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
//! All numbers of the picture are in `recipe.rs`, each with its purpose; `docs/captcha.md` tells how they were
//! found, and how well programs and people read the pictures.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test stops at what it does not expect"))]

mod alphabet;
mod geometry;
mod glyphs;
mod layout;
mod mask;
mod noise;
mod painter;
mod recipe;
mod renderer;
mod rng;
mod slot;
mod speaker;
mod speech;
mod voices;
mod waves;

pub use alphabet::{LENGTH, SYMBOLS};
pub use glyphs::FontError;
pub use layout::Layout;
pub use noise::Noise;
pub use painter::{CaptchaSetupError, JpegCaptchaPainter};
pub use recipe::{HEIGHT, WIDTH};
pub use renderer::{EncodeError, Family, Picture, Renderer};
pub use speaker::{SpeakerSetupError, WavCaptchaSpeaker};
pub use speech::{UnknownSymbol, Voices};
pub use voices::VoiceError;
