//! From a seed to a picture.

use jpeg_encoder::{ColorType, Encoder};

use crate::{
    alphabet::{LENGTH, random_answer, spell},
    dice::Dice,
    geometry::{Spot, Turn},
    glyphs::{FontError, Glyph, Glyphs},
    ink::Ink,
    layout::{Layout, Slot, arrange},
    noise::Noise,
    recipe::{HEIGHT, INK, JPEG_QUALITY, PAPER, SHADE, WARP, WARP_LENGTH, WIDTH},
    waves,
};

/// The kind of a picture: how its symbols stand and what disturbs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// How the symbols stand.
    pub layout: Layout,
    /// What disturbs them.
    pub noise: Noise,
}

/// A drawn picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What it says: four symbols, upper case.
    pub answer: String,
    /// Its kind.
    pub family: Family,
    /// The picture, [`WIDTH`] × [`HEIGHT`] pixels, gray.
    pub jpeg: Vec<u8>,
}

/// The encoder failed: a defect.
#[derive(Debug, thiserror::Error)]
#[error("the picture could not be encoded")]
pub struct EncodeError(#[from] jpeg_encoder::EncodingError);

/// Draws pictures one at a time, in buffers that it keeps.
pub struct Easel {
    glyphs: Glyphs,
    ink: Ink,
    pixels: Vec<u8>,
}

impl Easel {
    /// Reads the fonts and makes the buffers.
    ///
    /// # Errors
    /// [`FontError`], a defect of the build.
    pub fn new() -> Result<Self, FontError> {
        Ok(Self { glyphs: Glyphs::load()?, ink: Ink::new(), pixels: vec![0; (WIDTH * HEIGHT) as usize] })
    }

    /// The picture of a seed, of a random family.
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn draw(&mut self, seed: [u8; 32]) -> Result<Picture, EncodeError> {
        let mut dice = Dice::from_seed(seed);
        let family = Family { layout: dice.one_of(&Layout::ALL), noise: dice.one_of(&Noise::ALL) };
        self.paint(family, &mut dice)
    }

    /// A picture of one family, for looking at and for measuring.
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn draw_family(&mut self, family: Family, seed: [u8; 32]) -> Result<Picture, EncodeError> {
        self.paint(family, &mut Dice::from_seed(seed))
    }

    fn paint(&mut self, family: Family, dice: &mut Dice) -> Result<Picture, EncodeError> {
        let answer = random_answer(dice);
        let glyphs: [&Glyph; LENGTH] = answer.map(|symbol| self.glyphs.glyph(dice.below(self.glyphs.fonts()), symbol));
        let slots = arrange(family.layout, glyphs.map(|glyph| glyph.width), dice);
        let warp = Warp::random(dice);
        self.ink.clear();
        for (glyph, slot) in glyphs.into_iter().zip(slots) {
            stamp(&mut self.ink, glyph, &slot, &warp);
        }
        family.noise.draw(&mut self.ink, dice);
        develop(&self.ink, &mut self.pixels, dice);
        let mut jpeg = Vec::with_capacity(4096);
        let encoder = Encoder::new(&mut jpeg, JPEG_QUALITY);
        encoder.encode(&self.pixels, WIDTH as u16, HEIGHT as u16, ColorType::Luma)?;
        Ok(Picture { answer: spell(&answer), family, jpeg })
    }
}

/// Puts a symbol on the sheet.
fn stamp(ink: &mut Ink, glyph: &Glyph, slot: &Slot, warp: &Warp) {
    let turn = Turn::new(slot.turn);
    // A hole inverts what its surroundings inverted before.
    for contour in &glyph.contours {
        ink.invert(contour.iter().map(|spot| warp.bend(slot.shaped(*spot).turned(turn).moved(slot.middle))));
    }
}

/// Two long waves, one along each axis, that bend what is drawn.
struct Warp {
    /// Size, length and phase of the shift along x by y, and along y by x.
    waves: [(f32, f32, f32); 2],
}

impl Warp {
    fn random(dice: &mut Dice) -> Self {
        let mut wave = || (dice.within(&WARP), dice.within(&WARP_LENGTH), dice.within(&(0.0..1.0)));
        Self { waves: [wave(), wave()] }
    }

    fn bend(&self, spot: Spot) -> Spot {
        let shift = |(size, length, phase): (f32, f32, f32), place: f32| size * waves::sin(place / length + phase);
        spot.moved(Spot { x: shift(self.waves[0], spot.y), y: shift(self.waves[1], spot.x) })
    }
}

/// Turns ink and paper into shades of gray.
fn develop(ink: &Ink, pixels: &mut [u8], dice: &mut Dice) {
    let mut dark = Shade::random(dice.within(&INK), dice);
    let mut light = Shade::random(dice.within(&PAPER), dice);
    if dice.heads() {
        // Half of the pictures are light on dark.
        std::mem::swap(&mut dark, &mut light);
    }
    ink.coverage(|y, covered| {
        let row = &mut pixels[y * WIDTH as usize..(y + 1) * WIDTH as usize];
        for (x, (pixel, covered)) in row.iter_mut().zip(covered).enumerate() {
            let part = f32::from(*covered) / f32::from(Ink::FULL);
            let (dark, light) = (dark.at(x, y), light.at(x, y));
            *pixel = (light + (dark - light) * part).clamp(0.0, 255.0) as u8;
        }
    });
}

/// A brightness that drifts over the picture.
struct Shade {
    corner: f32,
    right: f32,
    down: f32,
}

impl Shade {
    fn random(middle: f32, dice: &mut Dice) -> Self {
        let (across, down) = (dice.within(&SHADE), dice.within(&SHADE));
        Self { corner: middle - (across + down) / 2.0, right: across / WIDTH as f32, down: down / HEIGHT as f32 }
    }

    fn at(&self, x: usize, y: usize) -> f32 {
        self.corner + self.right * x as f32 + self.down * y as f32
    }
}
