//! Where the symbols stand.
//!
//! Programs that read text expect one row, one symbol a column. Here there are always several
//! rows, people still read them from the top, each from the left, and where they run changes from
//! picture to picture.

use std::ops::Range;

use crate::{
    alphabet::LENGTH,
    dice::Dice,
    geometry::Spot,
    recipe::{
        BOW, CLEARANCE, CROWDED_HEIGHT, HEIGHT, HOP, LEVEL_HEIGHT, MARGIN, NESTED_DISTANCE, SLANT, SLOPE, STRETCH,
        TURN, WIDEST, WIDTH,
    },
    waves,
};

/// A family of arrangements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Two level rows of two.
    Pairs,
    /// One symbol over three.
    OneThree,
    /// Three symbols over one.
    ThreeOne,
    /// Two rows that slope, up or down.
    Tilted,
    /// Two rows that bend, up or down.
    Arched,
    /// Rows that reach into each other's gaps: one, two, one; one and three; three and one.
    Nested,
}

impl Layout {
    /// All families; each is as likely as any other.
    pub const ALL: [Self; 6] = [Self::Pairs, Self::OneThree, Self::ThreeOne, Self::Tilted, Self::Arched, Self::Nested];
}

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
    /// How far it is turned clockwise, in turns.
    pub(crate) turn: f32,
    /// Its width over its height, as drawn before the turn.
    aspect: f32,
}

/// The line that a row follows: `y` at the middle of the picture, and how it goes on from there.
#[derive(Debug, Clone, Copy, Default)]
struct Path {
    slope: f32,
    bow: f32,
}

impl Path {
    /// How far the line at `x` lies below its middle.
    fn fall(self, x: f32) -> f32 {
        let side = x - WIDTH as f32 / 2.0;
        let part = side / (WIDTH as f32 / 2.0);
        // A bent row keeps its mean height, so that its bow takes room above and below alike.
        self.slope * side + self.bow * (part * part - 0.3)
    }

    /// The direction of the line at `x`, in turns.
    fn turn(self, x: f32) -> f32 {
        let part = (x - WIDTH as f32 / 2.0) / (WIDTH as f32 / 2.0);
        let slope = self.slope + 2.0 * self.bow * part / (WIDTH as f32 / 2.0);
        // The arc tangent of a small slope.
        (slope - slope * slope * slope / 3.0) / std::f32::consts::TAU
    }
}

/// Places four symbols whose glyphs have these widths (in heights), in reading order.
pub(crate) fn arrange(layout: Layout, widths: [f32; LENGTH], dice: &mut Dice) -> [Slot; LENGTH] {
    let two_rows: [&[usize]; 3] = [&[2, 2], &[1, 3], &[3, 1]];
    let nested: [&[usize]; 3] = [&[1, 2, 1], &[1, 3], &[3, 1]];
    let (rows, heights, path) = match layout {
        Layout::Pairs => (two_rows[0], LEVEL_HEIGHT, Path::default()),
        Layout::OneThree => (two_rows[1], LEVEL_HEIGHT, Path::default()),
        Layout::ThreeOne => (two_rows[2], LEVEL_HEIGHT, Path::default()),
        Layout::Tilted => {
            (dice.one_of(&two_rows), CROWDED_HEIGHT, Path { slope: dice.either_side(&SLOPE), ..Path::default() })
        }
        Layout::Arched => {
            (dice.one_of(&two_rows), CROWDED_HEIGHT, Path { bow: dice.either_side(&BOW), ..Path::default() })
        }
        Layout::Nested => (dice.one_of(&nested), CROWDED_HEIGHT, Path::default()),
    };
    let mut slots = widths.map(|width| pose(width, &heights, dice));
    let distance = match (layout, rows.len()) {
        (Layout::Nested, 3) => dice.within(&NESTED_DISTANCE) * 0.78,
        (Layout::Nested, _) => dice.within(&NESTED_DISTANCE),
        _ => HEIGHT as f32 / 2.0 - MARGIN,
    };
    let mut rest = &mut slots[..];
    for (number, &count) in rows.iter().enumerate() {
        let (row, later) = rest.split_at_mut(count);
        rest = later;
        spread(row, dice);
        let y = HEIGHT as f32 / 2.0 + distance * (number as f32 - (rows.len() - 1) as f32 / 2.0);
        for slot in row {
            slot.middle.y = y + path.fall(slot.middle.x) + dice.within(&HOP);
            slot.turn += path.turn(slot.middle.x);
        }
    }
    if layout == Layout::Nested {
        nest(&mut slots, rows);
    }
    keep_apart(&mut slots);
    slots
}

/// A symbol's size and pose; its place comes later.
fn pose(width: f32, heights: &Range<f32>, dice: &mut Dice) -> Slot {
    let stretch = dice.within(&STRETCH);
    let squeeze = (WIDEST / (width * stretch)).min(1.0);
    Slot {
        middle: Spot::default(),
        height: dice.within(heights),
        stretch: stretch * squeeze,
        slant: dice.within(&SLANT),
        turn: dice.within(&TURN),
        aspect: width * stretch * squeeze,
    }
}

impl Slot {
    /// Half of the width and height of the upright box around the symbol.
    fn half_box(&self) -> Spot {
        let (sin, cos) = (waves::sin(self.turn).abs(), waves::cos(self.turn).abs());
        let width = self.height * (self.aspect + self.slant.abs());
        Spot { x: (width * cos + self.height * sin) / 2.0, y: (self.height * cos + width * sin) / 2.0 }
    }
}

/// Gives the symbols of a row their `x`: from the left, with the free width shared out at random.
fn spread(row: &mut [Slot], dice: &mut Dice) {
    let room = WIDTH as f32 - 2.0 * MARGIN;
    let gap = 3.0;
    let needed: f32 = row.iter().map(|slot| 2.0 * slot.half_box().x).sum::<f32>() + gap * (row.len() - 1) as f32;
    if needed > room {
        row.iter_mut().for_each(|slot| slot.height *= room / needed);
    }
    let free = (room - needed).max(0.0);
    let shares: [f32; LENGTH + 1] = std::array::from_fn(|_| dice.within(&(0.1..1.0)));
    let unit = free / shares[..=row.len()].iter().sum::<f32>();
    let mut x = MARGIN;
    for (slot, share) in row.iter_mut().zip(shares) {
        let half = slot.half_box().x;
        slot.middle.x = x + share * unit + half;
        x = slot.middle.x + half + gap;
    }
}

/// Moves rows that reach into each other so that a single symbol stands over or under a gap.
fn nest(slots: &mut [Slot; LENGTH], rows: &[usize]) {
    let between = |a: Slot, b: Slot| {
        let (right, left) = (a.middle.x + a.half_box().x, b.middle.x - b.half_box().x);
        (right + left) / 2.0
    };
    match rows {
        [1, 3] => {
            let gap = if slots[0].middle.x < WIDTH as f32 / 2.0 { (1, 2) } else { (2, 3) };
            slots[0].middle.x = between(slots[gap.0], slots[gap.1]);
        }
        [3, 1] => {
            let gap = if slots[3].middle.x < WIDTH as f32 / 2.0 { (0, 1) } else { (1, 2) };
            slots[3].middle.x = between(slots[gap.0], slots[gap.1]);
        }
        _ => {
            let gap = between(slots[1], slots[2]);
            slots[0].middle.x = gap;
            slots[3].middle.x = gap;
        }
    }
}

/// Pushes symbols apart that would touch, and back into the picture.
fn keep_apart(slots: &mut [Slot; LENGTH]) {
    for _ in 0..12 {
        for first in 0..LENGTH {
            for second in first + 1..LENGTH {
                let (a, b) = (slots[first], slots[second]);
                let (dx, dy) = (b.middle.x - a.middle.x, b.middle.y - a.middle.y);
                let distance = (dx * dx + dy * dy).sqrt().max(0.1);
                // How far each reaches towards the other.
                let reach = |slot: &Slot| {
                    let half = slot.half_box();
                    ((dx * half.x).abs().max((dy * half.y).abs())) / distance
                };
                let missing = (reach(&a) + reach(&b)) * (1.0 + CLEARANCE) - distance;
                if missing > 0.0 {
                    let push = missing / 2.0 / distance;
                    slots[first].middle = a.middle.moved(Spot { x: -dx * push, y: -dy * push });
                    slots[second].middle = b.middle.moved(Spot { x: dx * push, y: dy * push });
                }
            }
        }
        for slot in slots.iter_mut() {
            let half = slot.half_box();
            slot.middle.x = inside(slot.middle.x, half.x, WIDTH as f32);
            slot.middle.y = inside(slot.middle.y, half.y, HEIGHT as f32);
        }
    }
}

/// The nearest place to `middle` at which something half as large as `half` lies inside.
fn inside(middle: f32, half: f32, size: f32) -> f32 {
    middle.max(MARGIN + half).min(size - MARGIN - half)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn many(layout: Layout) -> impl Iterator<Item = [Slot; LENGTH]> {
        let mut dice = Dice::from_seed([11; 32]);
        (0..500).map(move |_| {
            let widths = std::array::from_fn(|_| dice.within(&(0.5..1.5)));
            arrange(layout, widths, &mut dice)
        })
    }

    #[test]
    fn symbols_stay_in_the_picture() {
        for layout in Layout::ALL {
            for slot in many(layout).flatten() {
                let half = slot.half_box();
                assert!(slot.middle.x - half.x >= 0.0 && slot.middle.x + half.x <= WIDTH as f32, "{slot:?}");
                assert!(slot.middle.y - half.y >= 0.0 && slot.middle.y + half.y <= HEIGHT as f32, "{slot:?}");
            }
        }
    }

    /// Whoever reads from the top and from the left meets the symbols in their order: a later one
    /// stands lower than all before it, or in the same row further right.
    #[test]
    fn the_reading_order_is_the_order_of_the_answer() {
        for layout in Layout::ALL {
            for slots in many(layout) {
                for pair in slots.windows(2) {
                    let right = pair[1].middle.x - pair[0].middle.x;
                    let down = pair[1].middle.y - pair[0].middle.y;
                    assert!(right > 10.0 || down > 10.0, "{layout:?} {slots:?}");
                }
            }
        }
    }
}
