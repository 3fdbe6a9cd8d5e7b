//! The shapes of the symbols. The only module that knows the font library.

use rusttype::{Font, OutlineBuilder, Scale};

use crate::{alphabet::SYMBOLS, geometry::Spot};

/// The embedded fonts; `fonts/README.md` tells where they come from.
const FONTS: [(&str, &[u8]); 24] = [
    ("sans-wide", include_bytes!("../fonts/sans-wide.ttf")),
    ("sans-narrow", include_bytes!("../fonts/sans-narrow.ttf")),
    ("serif-wide", include_bytes!("../fonts/serif-wide.ttf")),
    ("mono-wide", include_bytes!("../fonts/mono-wide.ttf")),
    ("sans-plain", include_bytes!("../fonts/sans-plain.ttf")),
    ("sans-slanted", include_bytes!("../fonts/sans-slanted.ttf")),
    ("serif-narrow", include_bytes!("../fonts/serif-narrow.ttf")),
    ("mono-slanted", include_bytes!("../fonts/mono-slanted.ttf")),
    ("round-plain", include_bytes!("../fonts/round-plain.ttf")),
    ("sans-black", include_bytes!("../fonts/sans-black.ttf")),
    ("sans-black-slanted", include_bytes!("../fonts/sans-black-slanted.ttf")),
    ("round-wide", include_bytes!("../fonts/round-wide.ttf")),
    ("sans-even", include_bytes!("../fonts/sans-even.ttf")),
    ("sans-even-slanted", include_bytes!("../fonts/sans-even-slanted.ttf")),
    ("sans-narrow-slanted", include_bytes!("../fonts/sans-narrow-slanted.ttf")),
    ("serif-slanted", include_bytes!("../fonts/serif-slanted.ttf")),
    ("serif-even", include_bytes!("../fonts/serif-even.ttf")),
    ("mono-even", include_bytes!("../fonts/mono-even.ttf")),
    ("mono-slab", include_bytes!("../fonts/mono-slab.ttf")),
    ("mono-slab-slanted", include_bytes!("../fonts/mono-slab-slanted.ttf")),
    ("sans-plain-slanted", include_bytes!("../fonts/sans-plain-slanted.ttf")),
    ("sans-heavy", include_bytes!("../fonts/sans-heavy.ttf")),
    ("sans-lean-slanted", include_bytes!("../fonts/sans-lean-slanted.ttf")),
    ("round-even", include_bytes!("../fonts/round-even.ttf")),
];

/// Segments that a curve becomes.
const CURVE_STEPS: u8 = 5;

/// The longest straight segment, in heights of the symbol: longer ones are divided, so that a
/// warp bends them too.
const LONGEST_SEGMENT: f32 = 0.2;

/// A font cannot be read, or lacks a symbol: a defect of the build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the embedded font {0} is unusable")]
pub struct FontError(&'static str);

/// A symbol of one font: as high as 1, its middle at the origin, y downwards.
pub(crate) struct Glyph {
    /// The corners of closed lines, the last of each joined to its first. The symbol is what lies inside
    /// an odd number of them: the fonts draw no stroke over another.
    pub(crate) contours: Vec<Vec<Spot>>,
    /// Its width in heights.
    pub(crate) width: f32,
}

/// All symbols in all fonts, read once.
pub(crate) struct Glyphs(Vec<Vec<Glyph>>);

impl Glyphs {
    /// Reads the embedded fonts.
    pub(crate) fn load() -> Result<Self, FontError> {
        FONTS.iter().map(|(name, bytes)| face(bytes).ok_or(FontError(name))).collect::<Result<_, _>>().map(Self)
    }

    /// How many fonts there are.
    pub(crate) fn fonts(&self) -> usize {
        self.0.len()
    }

    /// A symbol, by its place in [`SYMBOLS`], in a font.
    pub(crate) fn glyph(&self, font: usize, symbol: usize) -> &Glyph {
        &self.0[font][symbol]
    }
}

/// Every symbol of a font.
fn face(bytes: &'static [u8]) -> Option<Vec<Glyph>> {
    let font = Font::try_from_bytes(bytes)?;
    SYMBOLS
        .iter()
        .map(|&symbol| {
            let mut tracer = Tracer::default();
            // The scale only sets how fine the numbers are; the shape is brought to height 1 below.
            let outlined = font.glyph(char::from(symbol)).scaled(Scale::uniform(100.0)).build_outline(&mut tracer);
            (outlined && !tracer.contours.is_empty()).then(|| normalised(tracer.contours))
        })
        .collect()
}

/// Brings contours to height 1 around the origin.
fn normalised(mut contours: Vec<Vec<Spot>>) -> Glyph {
    let spots = || contours.iter().flatten();
    let (left, right) = spots().fold((f32::MAX, f32::MIN), |(low, high), spot| (low.min(spot.x), high.max(spot.x)));
    let (top, bottom) = spots().fold((f32::MAX, f32::MIN), |(low, high), spot| (low.min(spot.y), high.max(spot.y)));
    let height = bottom - top;
    for spot in contours.iter_mut().flatten() {
        spot.x = (spot.x - (left + right) / 2.0) / height;
        spot.y = (spot.y - (top + bottom) / 2.0) / height;
    }
    let contours = contours.iter().map(|spots| divided(spots)).collect();
    Glyph { contours, width: (right - left) / height }
}

/// The same line with its long segments cut into short ones.
fn divided(spots: &[Spot]) -> Vec<Spot> {
    let mut line = Vec::with_capacity(spots.len() * 2);
    for (from, to) in spots.iter().zip(spots.iter().cycle().skip(1)) {
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let pieces = ((dx * dx + dy * dy).sqrt() / LONGEST_SEGMENT).ceil().max(1.0);
        for piece in 0..pieces as u16 {
            let part = f32::from(piece) / pieces;
            line.push(Spot { x: from.x + dx * part, y: from.y + dy * part });
        }
    }
    line
}

/// Takes an outline down as corners.
#[derive(Default)]
struct Tracer {
    contours: Vec<Vec<Spot>>,
    last: Spot,
}

impl Tracer {
    fn corner(&mut self, x: f32, y: f32) {
        self.last = Spot { x, y };
        if let Some(contour) = self.contours.last_mut() {
            contour.push(self.last);
        }
    }

    /// Follows a curve, given as its point for each part of the way.
    fn follow(&mut self, point: impl Fn(f32) -> Spot) {
        for step in 1..=CURVE_STEPS {
            let spot = point(f32::from(step) / f32::from(CURVE_STEPS));
            self.corner(spot.x, spot.y);
        }
    }
}

impl OutlineBuilder for Tracer {
    fn move_to(&mut self, x: f32, y: f32) {
        self.contours.push(Vec::new());
        self.corner(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.corner(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (from, via, to) = (self.last, Spot { x: x1, y: y1 }, Spot { x, y });
        self.follow(|t| from.mix(via, t).mix(via.mix(to, t), t));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (from, first, second, to) = (self.last, Spot { x: x1, y: y1 }, Spot { x: x2, y: y2 }, Spot { x, y });
        self.follow(|t| {
            let middle = first.mix(second, t);
            from.mix(first, t).mix(middle, t).mix(middle.mix(second.mix(to, t), t), t)
        });
    }

    fn close(&mut self) {
        // The first corner is often named twice.
        if let Some(contour) = self.contours.last_mut()
            && contour.len() > 1
            && contour.first() == contour.last()
        {
            contour.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_font_has_every_symbol_with_its_holes() {
        let glyphs = Glyphs::load().unwrap();
        assert_eq!(glyphs.fonts(), 24);
        for (font, (name, _)) in FONTS.iter().enumerate() {
            for (symbol, letter) in SYMBOLS.iter().enumerate() {
                let glyph = glyphs.glyph(font, symbol);
                // Two outer lines would invert each other where they cross.
                let expected = 1 + usize::from(b"AP69".contains(letter));
                assert_eq!(glyph.contours.len(), expected, "{} in {name}", char::from(*letter));
                assert!((0.4..1.7).contains(&glyph.width), "{}", glyph.width);
            }
        }
    }

    #[test]
    fn glyphs_have_height_one_around_the_origin_and_short_segments() {
        let glyphs = Glyphs::load().unwrap();
        let spots = &glyphs.glyph(0, 3).contours[0];
        let top = spots.iter().map(|spot| spot.y).fold(f32::MAX, f32::min);
        let bottom = spots.iter().map(|spot| spot.y).fold(f32::MIN, f32::max);
        assert!((top + 0.5).abs() < 1e-4 && (bottom - 0.5).abs() < 1e-4);
        for (a, b) in spots.iter().zip(spots.iter().cycle().skip(1)) {
            assert!((a.x - b.x).hypot(a.y - b.y) <= LONGEST_SEGMENT * 1.001);
        }
    }
}
