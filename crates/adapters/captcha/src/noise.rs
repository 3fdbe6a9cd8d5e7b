//! What disturbs the picture: smooth shapes in the symbols' own colour that invert what they
//! cross.
//!
//! A person follows an edge through a change of sides without noticing; a program that looks for
//! dark strokes on light ground, or was trained on them, does not. Thin lines, dots and texture
//! are left out: they hinder people more than programs.

use crate::{
    dice::Dice,
    geometry::Spot,
    ink::Ink,
    recipe::{
        BLOB_CELL, BLOB_DENT, BLOB_DRIFT, BLOB_RADIUS, FINE, HEIGHT, PATCH, RING_DENT, STRIPE, SWING, SWING_LENGTH,
        WIDTH,
    },
    waves as turns,
};

/// A family of disturbances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noise {
    /// Bands side by side that swing across the picture, in any direction.
    Waves,
    /// Rings around a point in the picture or beside it.
    Rings,
    /// Dented discs.
    Blobs,
    /// Patches without a common shape, like the coat of a cow.
    Patches,
}

impl Noise {
    /// All families; each is as likely as any other.
    pub const ALL: [Self; 4] = [Self::Waves, Self::Rings, Self::Blobs, Self::Patches];

    /// Draws this noise over the sheet.
    pub(crate) fn draw(self, ink: &mut Ink, dice: &mut Dice) {
        match self {
            Self::Waves => waves(ink, dice),
            Self::Rings => rings(ink, dice),
            Self::Blobs => blobs(ink, dice),
            Self::Patches => patches(ink, dice),
        }
    }
}

const MIDDLE: Spot = Spot { x: WIDTH as f32 / 2.0, y: HEIGHT as f32 / 2.0 };

/// Half of the picture's diagonal, with room for swings.
const REACH: f32 = 112.0;

/// Edges that lie one after the other: where each is, from `from` to `to`, with steps of changing
/// size.
fn edges(from: f32, to: f32, dice: &mut Dice) -> Vec<f32> {
    let mut edges = vec![from + dice.within(&STRIPE)];
    while let Some(last) = edges.last()
        && *last < to
    {
        edges.push(last + dice.within(&STRIPE));
    }
    edges
}

/// Bands in one direction, swinging together, each of its own width.
fn waves(ink: &mut Ink, dice: &mut Dice) {
    const STEPS: u8 = 36;
    let turn = dice.within(&(0.0..0.5));
    let swings: [(f32, f32, f32); 2] = std::array::from_fn(|i| {
        (dice.within(&SWING) / (i + 1) as f32, dice.within(&SWING_LENGTH) / (i + 1) as f32, dice.within(&(0.0..1.0)))
    });
    let sway = |x: f32| swings.iter().map(|(size, length, phase)| size * turns::sin(x / length + phase)).sum::<f32>();
    let edges = edges(-REACH, REACH, dice);
    for pair in edges.chunks_exact(2) {
        let at = |step: u8, y: f32| {
            let x = REACH * (f32::from(step) / f32::from(STEPS) * 2.0 - 1.0);
            Spot { x, y: y + sway(x) }.turned(turn).moved(MIDDLE)
        };
        let there = (0..=STEPS).map(|step| at(step, pair[0]));
        let back = (0..=STEPS).rev().map(|step| at(step, pair[1]));
        ink.cut(there.chain(back));
    }
    ink.invert();
}

/// Dented rings around one point.
fn rings(ink: &mut Ink, dice: &mut Dice) {
    const CORNERS: u8 = 64;
    let middle = Spot { x: dice.within(&(-20.0..WIDTH as f32 + 20.0)), y: dice.within(&(-40.0..HEIGHT as f32 + 40.0)) };
    let dents: [(f32, f32); 2] = std::array::from_fn(|_| (dice.within(&RING_DENT), dice.within(&(0.0..1.0))));
    let far = (MIDDLE.x - middle.x).abs() + MIDDLE.x + (MIDDLE.y - middle.y).abs() + MIDDLE.y;
    let ring = |radius: f32| {
        (0..CORNERS).map(move |corner| {
            let angle = f32::from(corner) / f32::from(CORNERS);
            let dent =
                dents[0].0 * turns::sin(3.0 * angle + dents[0].1) + dents[1].0 * turns::sin(5.0 * angle + dents[1].1);
            let reach = radius * (1.0 + dent);
            Spot { x: reach * turns::cos(angle), y: reach * turns::sin(angle) }.moved(middle)
        })
    };
    // From the outside in, so that each disc but the last is closed again by the next.
    let mut edges = edges(0.0, far, dice);
    edges.truncate(edges.len() / 2 * 2);
    for pair in edges.rchunks_exact(2) {
        ink.cut(ring(pair[1]));
        ink.close(ring(pair[0]));
    }
    ink.invert();
}

/// Blobs, one in each cell of a grid that is shifted and turned.
fn blobs(ink: &mut Ink, dice: &mut Dice) {
    const CORNERS: u8 = 28;
    let turn = dice.within(&(0.0..0.25));
    let cell = dice.within(&BLOB_CELL);
    let cells = (REACH / cell) as i8;
    let shift = Spot { x: dice.within(&(0.0..cell)), y: dice.within(&(0.0..cell)) };
    for row in -cells..=cells {
        for column in -cells..=cells {
            let place = Spot {
                x: f32::from(column) * cell + dice.within(&BLOB_DRIFT) * cell,
                // Every second column stands half a cell lower.
                y: (f32::from(row) + f32::from(column.rem_euclid(2)) / 2.0) * cell + dice.within(&BLOB_DRIFT) * cell,
            }
            .moved(shift)
            .turned(turn)
            .moved(MIDDLE);
            let radius = dice.within(&BLOB_RADIUS) * cell;
            let dents: [(f32, f32); 2] = std::array::from_fn(|_| (dice.within(&BLOB_DENT), dice.within(&(0.0..1.0))));
            if place.x < -cell || place.y < -cell || place.x > WIDTH as f32 + cell || place.y > HEIGHT as f32 + cell {
                continue;
            }
            ink.cut((0..CORNERS).map(|corner| {
                let angle = f32::from(corner) / f32::from(CORNERS);
                let dent = dents[0].0 * turns::sin(2.0 * angle + dents[0].1)
                    + dents[1].0 * turns::sin(3.0 * angle + dents[1].1);
                let far = radius * (1.0 + dent);
                Spot { x: far * turns::cos(angle), y: far * turns::sin(angle) }.moved(place)
            }));
            ink.invert();
        }
    }
}

/// Patches: a smooth random surface, inverted where it is above zero.
fn patches(ink: &mut Ink, dice: &mut Dice) {
    // Heights at the crossings of a grid, joined by quadratic splines, which are smooth and need
    // three neighbours.
    const COLUMNS: usize = 25;
    const ROWS: usize = 13;
    const CELLS: usize = (WIDTH * FINE / 2) as usize;
    let cell = dice.within(&PATCH);
    let shift = Spot { x: dice.within(&(0.0..1.0)), y: dice.within(&(0.0..1.0)) };
    let heights: [[f32; COLUMNS]; ROWS] =
        std::array::from_fn(|_| std::array::from_fn(|_| dice.either_side(&(0.35..1.0))));
    // Columns and weights for every half-fine pixel of a row, the same in all rows.
    let across: [(usize, [f32; 3]); CELLS] = std::array::from_fn(|x| spline(x, cell, shift.x));
    ink.invert_rows(|y, inverted| {
        let (row, weights) = spline(y, cell, shift.y);
        let mixed: [f32; COLUMNS] =
            std::array::from_fn(|column| (0..3).map(|i| weights[i] * heights[row + i][column]).sum());
        for (invert, (column, weights)) in inverted.iter_mut().zip(&across) {
            let height: f32 = (0..3).map(|i| weights[i] * mixed[column + i]).sum();
            *invert = u8::from(height > 0.0);
        }
    });
}

/// The first of three crossings of the grid around a place, and how much each of them counts.
fn spline(place: usize, cell: f32, shift: f32) -> (usize, [f32; 3]) {
    let position = (place as f32 + 0.5) / (FINE as f32 / 2.0) / cell + shift;
    let first = position.floor();
    let part = position - first;
    let near = 1.0 - part;
    (first as usize, [near * near / 2.0, 0.5 + part * near, part * part / 2.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How much of the picture a noise inverts, on average and at least and most.
    #[test]
    fn every_noise_inverts_a_fair_part_of_the_picture() {
        for noise in Noise::ALL {
            let mut ink = Ink::new();
            let mut dice = Dice::from_seed([5; 32]);
            let mut parts = Vec::new();
            for _ in 0..200 {
                ink.clear();
                noise.draw(&mut ink, &mut dice);
                let mut inked = 0;
                ink.coverage(|_, _, covered| inked += u32::from(covered));
                parts.push(inked as f32 / (WIDTH * HEIGHT * u32::from(Ink::FULL)) as f32);
            }
            let mean = parts.iter().sum::<f32>() / parts.len() as f32;
            assert!((0.3..0.6).contains(&mean), "{noise:?} {mean}");
            assert!(parts.iter().all(|part| (0.08..0.92).contains(part)), "{noise:?} {parts:?}");
        }
    }

    #[test]
    fn spline_weights_add_up_to_one() {
        for place in 0..(WIDTH * FINE / 2) as usize {
            let (first, weights) = spline(place, PATCH.start, 0.999);
            assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-5 && first + 2 < 25);
        }
        // The last row of the picture stays on the grid too.
        assert!(spline((HEIGHT * FINE / 2 - 1) as usize, PATCH.start, 0.999).0 + 2 < 13);
    }
}
