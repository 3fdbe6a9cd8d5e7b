//! From a seed to a picture.

use jpeg_encoder::{ColorType, Encoder};

use crate::{
    alphabet::{LENGTH, random_answer, spell},
    geometry::{Spot, Turn},
    glyphs::{FontError, Glyph, Glyphs},
    layout::{Layout, arrange},
    mask::Mask,
    noise::Noise,
    recipe::{DARK, HEIGHT, JPEG_QUALITY, LIGHT, SHADE, WARP, WARP_LENGTH, WIDTH},
    rng::SeededRng,
    slot::Slot,
    waves,
};

/// The kind of a picture: the layout of its symbols and its noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// The positions of the symbols.
    pub layout: Layout,
    /// The shapes that disturb them.
    pub noise: Noise,
}

/// A drawn picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its text: four symbols, upper case.
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
pub struct Renderer {
    glyphs: Glyphs,
    mask: Mask,
    pixels: Vec<u8>,
}

impl Renderer {
    /// Reads the fonts and makes the buffers.
    ///
    /// # Errors
    /// [`FontError`], a defect of the build.
    pub fn new() -> Result<Self, FontError> {
        Ok(Self { glyphs: Glyphs::load()?, mask: Mask::new(), pixels: vec![0; (WIDTH * HEIGHT) as usize] })
    }

    /// The picture of a seed, of a random family.
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn draw(&mut self, seed: [u8; 32]) -> Result<Picture, EncodeError> {
        let mut rng = SeededRng::from_seed(seed);
        let family = Family { layout: rng.one_of(&Layout::ALL), noise: rng.one_of(&Noise::ALL) };
        self.paint(family, &mut rng)
    }

    /// A picture of one family, for looking at and for measuring.
    ///
    /// # Errors
    /// [`EncodeError`].
    pub fn draw_family(&mut self, family: Family, seed: [u8; 32]) -> Result<Picture, EncodeError> {
        self.paint(family, &mut SeededRng::from_seed(seed))
    }

    fn paint(&mut self, family: Family, rng: &mut SeededRng) -> Result<Picture, EncodeError> {
        let answer = random_answer(rng);
        let glyphs: [&Glyph; LENGTH] = answer.map(|symbol| self.glyphs.glyph(rng.below(self.glyphs.fonts()), symbol));
        let slots = arrange(family.layout, glyphs.map(|glyph| glyph.width), rng);
        let warp = Warp::random(rng);
        self.mask.clear();
        for (glyph, slot) in glyphs.into_iter().zip(slots) {
            stamp(&mut self.mask, glyph, &slot, &warp);
        }
        family.noise.draw(&mut self.mask, rng);
        develop(&self.mask, &mut self.pixels, rng);
        let mut jpeg = Vec::with_capacity(4096);
        let encoder = Encoder::new(&mut jpeg, JPEG_QUALITY);
        encoder.encode(&self.pixels, WIDTH as u16, HEIGHT as u16, ColorType::Luma)?;
        Ok(Picture { answer: spell(&answer), family, jpeg })
    }
}

/// Puts a symbol on the sheet.
fn stamp(mask: &mut Mask, glyph: &Glyph, slot: &Slot, warp: &Warp) {
    let turn = Turn::new(slot.turn);
    // A hole inverts what its surroundings inverted before.
    for contour in &glyph.contours {
        mask.invert(contour.iter().map(|spot| warp.bend(slot.shaped(*spot).rotated(turn).moved(slot.middle))));
    }
}

/// Two long waves, one along each axis, that bend the outlines.
struct Warp {
    /// Size, length and phase of the shift along x by y, and along y by x.
    waves: [(f32, f32, f32); 2],
}

impl Warp {
    fn random(rng: &mut SeededRng) -> Self {
        let mut wave = || (rng.within(&WARP), rng.within(&WARP_LENGTH), rng.within(&(0.0..1.0)));
        Self { waves: [wave(), wave()] }
    }

    fn bend(&self, spot: Spot) -> Spot {
        let shift = |(size, length, phase): (f32, f32, f32), place: f32| size * waves::sin(place / length + phase);
        spot.moved(Spot { x: shift(self.waves[0], spot.y), y: shift(self.waves[1], spot.x) })
    }
}

/// Turns the mask into shades of gray.
fn develop(mask: &Mask, pixels: &mut [u8], rng: &mut SeededRng) {
    let mut dark = Shade::random(rng.within(&DARK), rng);
    let mut light = Shade::random(rng.within(&LIGHT), rng);
    if rng.heads() {
        // Half of the pictures are light on dark.
        std::mem::swap(&mut dark, &mut light);
    }
    mask.coverage(|y, covered| {
        let row = &mut pixels[y * WIDTH as usize..(y + 1) * WIDTH as usize];
        for (x, (pixel, covered)) in row.iter_mut().zip(covered).enumerate() {
            let part = f32::from(*covered) / f32::from(Mask::FULL);
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
    fn random(middle: f32, rng: &mut SeededRng) -> Self {
        let (across, down) = (rng.within(&SHADE), rng.within(&SHADE));
        Self { corner: middle - (across + down) / 2.0, right: across / WIDTH as f32, down: down / HEIGHT as f32 }
    }

    fn at(&self, x: usize, y: usize) -> f32 {
        self.corner + self.right * x as f32 + self.down * y as f32
    }
}
