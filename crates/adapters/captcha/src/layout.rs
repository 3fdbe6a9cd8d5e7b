//! The positions of the symbols.
//!
//! Programs that read text expect one row, one symbol a column. Here there are always several
//! rows, people still read them from the top, each from the left, and where they run changes from
//! picture to picture.

use crate::{
    alphabet::LENGTH,
    geometry::Spot,
    recipe::{
        ABREAST, BELOW, BELOW_LOW, BOW, CLEARANCE, CROWDED_HEIGHT, HEIGHT, HOP, LEVEL_HEIGHT, LIFT, LOW_DISTANCE,
        LOW_HEIGHT, MARGIN, NESTED_DISTANCE, NESTED_LOW_DISTANCE, ROW_DISTANCE, SHARE, SLOPE, UNEVEN, UNEVEN_LOW,
        WIDTH,
    },
    rng::SeededRng,
    slot::{Slot, pose},
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
    /// One symbol over two over one.
    OneTwoOne,
    /// Two symbols over one over one.
    TwoOneOne,
    /// One symbol over one over two.
    OneOneTwo,
    /// Two rows that slope, up or down; a single symbol reaches into a gap of the others.
    Tilted,
    /// Two rows that bend, up or down; a single symbol reaches into a gap of the others.
    Arched,
    /// Two or three level rows of which a single symbol reaches into a gap of the others.
    Nested,
}

impl Layout {
    /// All families; each is as likely as any other.
    pub const ALL: [Self; 9] = [
        Self::Pairs,
        Self::OneThree,
        Self::ThreeOne,
        Self::OneTwoOne,
        Self::TwoOneOne,
        Self::OneOneTwo,
        Self::Tilted,
        Self::Arched,
        Self::Nested,
    ];
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
pub(crate) fn arrange(layout: Layout, widths: [f32; LENGTH], rng: &mut SeededRng) -> [Slot; LENGTH] {
    // Symbols that make room for each other may leave their row; most draws are clear at once.
    const DRAWS: usize = 30;
    let mut drawn = draw(layout, widths, rng);
    for _ in 1..DRAWS {
        if is_clear(&mut drawn) {
            break;
        }
        drawn = draw(layout, widths, rng);
    }
    drawn.slots
}

/// Symbols in rows along a path.
struct Arrangement {
    slots: [Slot; LENGTH],
    rows: Rows,
    path: Path,
}

/// Whether people see which symbols make a row: those of a row stand on one line from left to right,
/// and each row well below the one before.
fn is_clear(drawn: &mut Arrangement) -> bool {
    let path = drawn.path;
    let level = |slot: &Slot| slot.middle.y - path.fall(slot.middle.x);
    let (uneven, below) = if drawn.rows.len() > 2 { (UNEVEN_LOW, BELOW_LOW) } else { (UNEVEN, BELOW) };
    let mut lowest = f32::MIN;
    in_rows(&mut drawn.slots, drawn.rows).all(|row| {
        let side_by_side = row.windows(2).all(|pair| {
            pair[1].middle.x - pair[0].middle.x >= ABREAST && (level(&pair[1]) - level(&pair[0])).abs() <= uneven
        });
        let highest = row.iter().map(level).fold(f32::MAX, f32::min);
        let apart = highest - lowest >= below;
        lowest = row.iter().map(level).fold(f32::MIN, f32::max);
        side_by_side && apart
    })
}

fn draw(layout: Layout, widths: [f32; LENGTH], rng: &mut SeededRng) -> Arrangement {
    let rows: Rows = match layout {
        Layout::Pairs => &[2, 2],
        Layout::OneThree => &[1, 3],
        Layout::ThreeOne => &[3, 1],
        Layout::OneTwoOne => &[1, 2, 1],
        Layout::TwoOneOne => &[2, 1, 1],
        Layout::OneOneTwo => &[1, 1, 2],
        Layout::Tilted | Layout::Arched => rng.one_of(&[&[2, 2], &[1, 3], &[3, 1]]),
        Layout::Nested => rng.one_of(&[&[1, 3], &[3, 1], &[1, 2, 1], &[2, 1, 1], &[1, 1, 2]]),
    };
    let path = match layout {
        Layout::Tilted => Path { slope: rng.either_side(&SLOPE), ..Path::default() },
        Layout::Arched => Path { bow: rng.either_side(&BOW), ..Path::default() },
        _ => Path::default(),
    };
    let crowded = matches!(layout, Layout::Nested | Layout::Tilted | Layout::Arched);
    let (heights, distances) = match (rows.len(), layout) {
        (3, Layout::Nested) => (LOW_HEIGHT, NESTED_LOW_DISTANCE),
        (3, _) => (LOW_HEIGHT, LOW_DISTANCE),
        (_, Layout::Nested) => (CROWDED_HEIGHT, NESTED_DISTANCE),
        _ if crowded => (CROWDED_HEIGHT, ROW_DISTANCE),
        _ => (LEVEL_HEIGHT, ROW_DISTANCE),
    };
    let mut slots = widths.map(|width| pose(width, &heights, rng));
    for row in in_rows(&mut slots, rows) {
        spread(row, rng);
    }
    if crowded {
        nest_singles(&mut slots, rows);
    }
    let distances: Vec<f32> = rows.iter().skip(1).map(|_| rng.within(&distances)).collect();
    let mut y = HEIGHT as f32 / 2.0 + rng.within(&LIFT) - distances.iter().sum::<f32>() / 2.0;
    let mut distances = distances.into_iter();
    for row in in_rows(&mut slots, rows) {
        for slot in row {
            slot.middle.y = y + path.fall(slot.middle.x) + rng.within(&HOP);
            slot.turn += path.turn(slot.middle.x);
        }
        y += distances.next().unwrap_or_default();
    }
    keep_apart(&mut slots);
    Arrangement { slots, rows, path }
}

/// How many symbols each row has.
type Rows = &'static [usize];

/// The symbols of each row.
fn in_rows(mut slots: &mut [Slot], rows: Rows) -> impl Iterator<Item = &mut [Slot]> {
    rows.iter().map(move |&count| {
        let (row, rest) = std::mem::take(&mut slots).split_at_mut(count);
        slots = rest;
        row
    })
}

/// Gives the symbols of a row their `x`: from the left, with the free width shared out at random.
fn spread(row: &mut [Slot], rng: &mut SeededRng) {
    let room = WIDTH as f32 - 2.0 * MARGIN;
    let gap = 3.0;
    let needed: f32 = row.iter().map(|slot| 2.0 * slot.half_box().x).sum::<f32>() + gap * (row.len() - 1) as f32;
    if needed > room {
        row.iter_mut().for_each(|slot| slot.height *= room / needed);
    }
    let free = (room - needed).max(0.0);
    let shares: [f32; LENGTH + 1] = std::array::from_fn(|_| rng.within(&SHARE));
    let unit = free / shares[..=row.len()].iter().sum::<f32>();
    let mut x = MARGIN;
    for (slot, share) in row.iter_mut().zip(shares) {
        let half = slot.half_box().x;
        slot.middle.x = x + share * unit + half;
        x = slot.middle.x + half + gap;
    }
}

/// Moves a single symbol over or under the gap of the neighbours in the next row that is nearer to it.
fn nest_singles(slots: &mut [Slot; LENGTH], rows: Rows) {
    let mut start = 0;
    for pair in rows.windows(2) {
        let below = start + pair[0];
        let (single, others) = match (pair[0], pair[1]) {
            (1, count) => (start, below..below + count),
            (count, 1) => (below, start..start + count),
            _ => (start, 0..0),
        };
        let gaps = slots[others].windows(2).map(|pair| {
            let (right, left) = (pair[0].middle.x + pair[0].half_box().x, pair[1].middle.x - pair[1].half_box().x);
            (right + left) / 2.0
        });
        let far = |gap: &f32| (gap - slots[single].middle.x).abs();
        if let Some(gap) = gaps.min_by(|a, b| far(a).total_cmp(&far(b))) {
            slots[single].middle.x = gap;
        }
        start = below;
    }
}

/// Pushes symbols apart that would touch, and back into the picture.
fn keep_apart(slots: &mut [Slot; LENGTH]) {
    let half_boxes = slots.map(|slot| slot.half_box());
    for _ in 0..12 {
        for first in 0..LENGTH {
            for second in first + 1..LENGTH {
                let (a, b) = (slots[first], slots[second]);
                let (dx, dy) = (b.middle.x - a.middle.x, b.middle.y - a.middle.y);
                let distance = (dx * dx + dy * dy).sqrt().max(0.1);
                // How far each reaches towards the other.
                let reach = |half: Spot| ((dx * half.x).abs().max((dy * half.y).abs())) / distance;
                let missing = (reach(half_boxes[first]) + reach(half_boxes[second])) * (1.0 + CLEARANCE) - distance;
                if missing > 0.0 {
                    let push = missing / 2.0 / distance;
                    slots[first].middle = a.middle.moved(Spot { x: -dx * push, y: -dy * push });
                    slots[second].middle = b.middle.moved(Spot { x: dx * push, y: dy * push });
                }
            }
        }
        for (slot, half) in slots.iter_mut().zip(half_boxes) {
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
        let mut rng = SeededRng::from_seed([11; 32]);
        (0..500).map(move |_| {
            let widths = std::array::from_fn(|_| rng.within(&(0.5..1.5)));
            arrange(layout, widths, &mut rng)
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

    /// Reading row after row gives the symbols in their order.
    #[test]
    fn the_reading_order_is_clear() {
        let mut rng = SeededRng::from_seed([12; 32]);
        for layout in Layout::ALL {
            for _ in 0..2000 {
                let widths = std::array::from_fn(|_| rng.within(&(0.5..1.5)));
                let slots = arrange(layout, widths, &mut rng);
                for pair in slots.windows(2) {
                    let right = pair[1].middle.x - pair[0].middle.x;
                    let down = pair[1].middle.y - pair[0].middle.y;
                    assert!(right >= ABREAST || down > 0.0, "{layout:?} {slots:?}");
                }
            }
        }
    }

    /// Of three rows none can be taken for the continuation of another.
    #[test]
    fn three_rows_stand_apart() {
        for (layout, row_of) in
            [(Layout::OneTwoOne, [0, 1, 1, 2]), (Layout::TwoOneOne, [0, 0, 1, 2]), (Layout::OneOneTwo, [0, 1, 2, 2])]
        {
            for slots in many(layout) {
                for pair in slots.iter().zip(row_of).collect::<Vec<_>>().windows(2) {
                    let down = pair[1].0.middle.y - pair[0].0.middle.y;
                    let same = pair[0].1 == pair[1].1;
                    assert!(if same { down.abs() <= UNEVEN_LOW } else { down >= BELOW_LOW }, "{layout:?} {slots:?}");
                }
            }
        }
    }

    #[test]
    fn few_draws_are_unclear() {
        let mut rng = SeededRng::from_seed([13; 32]);
        for layout in Layout::ALL {
            let clear = (0..2000).filter(|_| {
                let widths = std::array::from_fn(|_| rng.within(&(0.5..1.3)));
                is_clear(&mut draw(layout, widths, &mut rng))
            });
            let clear = clear.count();
            // At half, thirty draws are unclear once in a thousand million times.
            assert!(clear > 1000, "{layout:?}: {clear} of 2000");
        }
    }
}
