//! Points of the picture.

use crate::waves;

/// A point, in pixels of the picture or in heights of a symbol; x to the right, y downwards.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Spot {
    pub(crate) x: f32,
    pub(crate) y: f32,
}

impl Spot {
    /// The point at part `t` of the way to another.
    pub(crate) fn mix(self, other: Self, t: f32) -> Self {
        Self { x: self.x + (other.x - self.x) * t, y: self.y + (other.y - self.y) * t }
    }

    /// Turned around the origin, clockwise as seen, by an angle in turns.
    pub(crate) fn turned(self, turns: f32) -> Self {
        let (sin, cos) = (waves::sin(turns), waves::cos(turns));
        Self { x: self.x * cos - self.y * sin, y: self.x * sin + self.y * cos }
    }

    /// Moved.
    pub(crate) fn moved(self, by: Self) -> Self {
        Self { x: self.x + by.x, y: self.y + by.y }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_turn_brings_right_to_down() {
        let down = Spot { x: 2.0, y: 0.0 }.turned(0.25);
        assert!(down.x.abs() < 1e-4 && (down.y - 2.0).abs() < 1e-4, "{down:?}");
    }
}
