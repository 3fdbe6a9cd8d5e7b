//! The place and pose of one symbol.

use std::ops::Range;

use crate::{
    geometry::Spot,
    recipe::{ARCH, SLANT, STRETCH, TAPER, TURN, WIDEST},
    rng::SeededRng,
    waves,
};

/// The place and pose of a symbol.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot {
    /// Where its middle is.
    pub(crate) middle: Spot,
    /// Its height.
    pub(crate) height: f32,
    /// Its width in heights of a symbol as wide as high.
    pub(crate) stretch: f32,
    /// Shift of its top against its bottom, in heights.
    pub(crate) slant: f32,
    /// How much wider its bottom is than its top, as a part of its width.
    pub(crate) taper: f32,
    /// How far its sides hang below its middle, in heights at a distance of one height.
    pub(crate) arch: f32,
    /// How far it is rotated clockwise, in turns.
    pub(crate) turn: f32,
    /// Its width over its height, as drawn before the turn.
    aspect: f32,
}

/// A symbol's size and pose; its place comes later.
pub(crate) fn pose(width: f32, heights: &Range<f32>, rng: &mut SeededRng) -> Slot {
    let stretch = rng.within(&STRETCH);
    let squeeze = (WIDEST / (width * stretch)).min(1.0);
    Slot {
        middle: Spot::default(),
        height: rng.within(heights),
        stretch: stretch * squeeze,
        slant: rng.within(&SLANT),
        taper: rng.within(&TAPER),
        arch: rng.within(&ARCH),
        turn: rng.within(&TURN),
        aspect: width * stretch * squeeze,
    }
}

impl Slot {
    /// A spot of the symbol (in heights, around its middle) in its size and shape, not yet rotated.
    pub(crate) fn shaped(&self, spot: Spot) -> Spot {
        let x = spot.x * self.stretch * (1.0 + self.taper * spot.y) - spot.y * self.slant;
        // Less the fall of a typical side, so that the symbol stays around its middle.
        let y = spot.y + self.arch * (x * x - 0.08);
        Spot { x: x * self.height, y: y * self.height }
    }

    /// Half of the width and height of the upright box around the symbol.
    pub(crate) fn half_box(&self) -> Spot {
        let (sin, cos) = (waves::sin(self.turn).abs(), waves::cos(self.turn).abs());
        let width = self.height * (self.aspect * (1.0 + self.taper.abs() / 2.0) + self.slant.abs());
        // The side of the widest symbol is half a height away, and half of its fall lies below the middle.
        let height = self.height * (1.0 + self.arch.abs() / 4.0);
        Spot { x: (width * cos + height * sin) / 2.0, y: (height * cos + width * sin) / 2.0 }
    }
}
