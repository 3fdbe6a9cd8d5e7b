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

    /// Turned around the origin, clockwise as seen.
    pub(crate) fn rotated(self, turn: Turn) -> Self {
        let Turn { sin, cos } = turn;
        Self { x: self.x * cos - self.y * sin, y: self.x * sin + self.y * cos }
    }

    /// As many times as far from the origin.
    pub(crate) fn scaled(self, times: f32) -> Self {
        Self { x: self.x * times, y: self.y * times }
    }

    /// Moved.
    pub(crate) fn moved(self, by: Self) -> Self {
        Self { x: self.x + by.x, y: self.y + by.y }
    }
}

/// An angle, as its sine and cosine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) sin: f32,
    pub(crate) cos: f32,
}

impl Turn {
    /// The angle of so many turns.
    pub(crate) fn new(turns: f32) -> Self {
        Self { sin: waves::sin(turns), cos: waves::cos(turns) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_turn_brings_right_to_down() {
        let down = Spot { x: 2.0, y: 0.0 }.rotated(Turn::new(0.25));
        assert!(down.x.abs() < 1e-4 && (down.y - 2.0).abs() < 1e-4, "{down:?}");
    }
}
