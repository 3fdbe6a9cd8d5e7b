//! Noise: smooth shapes in the symbols' own colour that invert the pixels that they
//! cross.
//!
//! A person follows an edge through a change of sides without noticing; a program that looks for
//! dark strokes on light ground, or was trained on them, does not. Thin lines, dots and texture
//! are left out: they hinder people more than programs.

use crate::{
    geometry::{Spot, Turn},
    mask::{self, Mask},
    recipe::{
        BLOB_CELL, BLOB_DENT, BLOB_DRIFT, BLOB_RADIUS, FINE, HEIGHT, PATCH, RING_DENT, STRIPE, SWING, SWING_LENGTH,
        WIDTH,
    },
    rng::SeededRng,
    waves as turns,
};

/// A family of disturbances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noise {
    /// Bands side by side that swing across the picture, in any direction.
    Waves,
    /// Rings around a point in the picture or outside it.
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
    pub(crate) fn draw(self, mask: &mut Mask, rng: &mut SeededRng) {
        match self {
            Self::Waves => waves(mask, rng),
            Self::Rings => rings(mask, rng),
            Self::Blobs => blobs(mask, rng),
            Self::Patches => patches(mask, rng),
        }
    }
}

const MIDDLE: Spot = Spot { x: WIDTH as f32 / 2.0, y: HEIGHT as f32 / 2.0 };

/// Half of the picture's diagonal, with room for swings.
const REACH: f32 = 116.0;

/// Crossings of the grid of patches: so many that the smallest cells cover the picture.
const GRID_COLUMNS: usize = 25;
/// Rows of them.
const GRID_ROWS: usize = 15;

/// Edges that lie one after the other: where each is, from `from` to `to`, with steps of changing
/// size.
fn edges(from: f32, to: f32, rng: &mut SeededRng) -> Vec<f32> {
    let mut edges = vec![from + rng.within(&STRIPE)];
    while let Some(last) = edges.last()
        && *last < to
    {
        edges.push(last + rng.within(&STRIPE));
    }
    edges
}

/// Bands in one direction, swinging together, each of its own width.
fn waves(mask: &mut Mask, rng: &mut SeededRng) {
    const STEPS: usize = 36;
    let turn = Turn::new(rng.within(&(0.0..0.5)));
    let swings: [(f32, f32, f32); 2] = std::array::from_fn(|i| {
        (rng.within(&SWING) / (i + 1) as f32, rng.within(&SWING_LENGTH) / (i + 1) as f32, rng.within(&(0.0..1.0)))
    });
    let sway = |x: f32| swings.iter().map(|(size, length, phase)| size * turns::sin(x / length + phase)).sum::<f32>();
    let edges = edges(-REACH, REACH, rng);
    let line: [Spot; STEPS + 1] = std::array::from_fn(|step| {
        let x = REACH * (step as f32 / STEPS as f32 * 2.0 - 1.0);
        Spot { x, y: sway(x) }.rotated(turn).moved(MIDDLE)
    });
    let aside = |y: f32| Spot { x: 0.0, y }.rotated(turn);
    for pair in edges.chunks_exact(2) {
        let (near, far) = (aside(pair[0]), aside(pair[1]));
        let there = line.iter().map(|spot| spot.moved(near));
        let back = line.iter().rev().map(|spot| spot.moved(far));
        mask.invert(there.chain(back));
    }
}

/// Dented rings around one point.
fn rings(mask: &mut Mask, rng: &mut SeededRng) {
    const CORNERS: usize = 64;
    let middle = Spot { x: rng.within(&(-20.0..WIDTH as f32 + 20.0)), y: rng.within(&(-40.0..HEIGHT as f32 + 40.0)) };
    let dents: [(f32, f32); 2] = std::array::from_fn(|_| (rng.within(&RING_DENT), rng.within(&(0.0..1.0))));
    let far = (MIDDLE.x - middle.x).abs() + MIDDLE.x + (MIDDLE.y - middle.y).abs() + MIDDLE.y;
    let unit: [Spot; CORNERS] = std::array::from_fn(|corner| {
        let angle = corner as f32 / CORNERS as f32;
        let dent =
            dents[0].0 * turns::sin(3.0 * angle + dents[0].1) + dents[1].0 * turns::sin(5.0 * angle + dents[1].1);
        Spot { x: turns::cos(angle), y: turns::sin(angle) }.scaled(1.0 + dent)
    });
    let mut edges = edges(0.0, far, rng);
    edges.truncate(edges.len() / 2 * 2);
    // Discs in pairs: an area that both of them invert is as it was.
    for radius in edges {
        mask.invert(unit.iter().map(|spot| spot.scaled(radius).moved(middle)));
    }
}

/// Blobs, one in each cell of a grid that is shifted and rotated.
fn blobs(mask: &mut Mask, rng: &mut SeededRng) {
    const CORNERS: usize = 28;
    let turn = Turn::new(rng.within(&(0.0..0.25)));
    let cell = rng.within(&BLOB_CELL);
    let cells = (REACH / cell) as i8;
    let shift = Spot { x: rng.within(&(0.0..cell)), y: rng.within(&(0.0..cell)) };
    // The directions of the corners, once, twice and three times as far round.
    let [round, twice, thrice]: [[Turn; CORNERS]; 3] = std::array::from_fn(|times| {
        std::array::from_fn(|corner| Turn::new((times + 1) as f32 * corner as f32 / CORNERS as f32))
    });
    for row in -cells..=cells {
        for column in -cells..=cells {
            let place = Spot {
                x: f32::from(column) * cell + rng.within(&BLOB_DRIFT) * cell,
                // Every second column stands half a cell lower.
                y: (f32::from(row) + f32::from(column.rem_euclid(2)) / 2.0) * cell + rng.within(&BLOB_DRIFT) * cell,
            }
            .moved(shift)
            .rotated(turn)
            .moved(MIDDLE);
            let radius = rng.within(&BLOB_RADIUS) * cell;
            let dents: [(f32, f32); 2] = std::array::from_fn(|_| (rng.within(&BLOB_DENT), rng.within(&(0.0..1.0))));
            if place.x < -cell || place.y < -cell || place.x > WIDTH as f32 + cell || place.y > HEIGHT as f32 + cell {
                continue;
            }
            let dents = dents.map(|(size, phase)| (size * turns::sin(phase), size * turns::cos(phase)));
            mask.invert((0..CORNERS).map(|corner| {
                // The sine of a sum.
                let dent = dents[0].0 * twice[corner].cos
                    + dents[0].1 * twice[corner].sin
                    + dents[1].0 * thrice[corner].cos
                    + dents[1].1 * thrice[corner].sin;
                let Turn { sin, cos } = round[corner];
                Spot { x: cos, y: sin }.scaled(radius * (1.0 + dent)).moved(place)
            }));
        }
    }
}

/// Patches: a smooth random surface, inverted where it is above zero.
fn patches(mask: &mut Mask, rng: &mut SeededRng) {
    // Heights at the crossings of a grid, joined by quadratic splines, which are smooth and need
    // three neighbours.
    let cell = rng.within(&PATCH);
    let shift = Spot { x: rng.within(&(0.0..1.0)), y: rng.within(&(0.0..1.0)) };
    let heights: [[f32; GRID_COLUMNS]; GRID_ROWS] =
        std::array::from_fn(|_| std::array::from_fn(|_| rng.either_side(&(0.35..1.0))));
    let fine_cell = cell * FINE as f32;
    for row in 0..mask::ROWS {
        let (first, weights) = spline((row as f32 + 0.5) / fine_cell + shift.y);
        let mixed: [f32; GRID_COLUMNS] =
            std::array::from_fn(|column| (0..3).map(|i| weights[i] * heights[first + i][column]).sum());
        if middle(mixed[0], mixed[1]) > 0.0 {
            mask.invert_from(row, 0.0);
        }
        for (column, near) in mixed.windows(3).enumerate() {
            let start = (column as f32 - shift.x) * fine_cell;
            for part in zeros(middle(near[0], near[1]), near[1], middle(near[1], near[2])) {
                mask.invert_from(row, start + part * fine_cell);
            }
        }
    }
}

fn middle(a: f32, b: f32) -> f32 {
    (a + b) / 2.0
}
/// The first of three rows of the grid around a position, and how much each of them counts.
fn spline(position: f32) -> (usize, [f32; 3]) {
    let first = position as usize;
    let part = position - first as f32;
    let near = 1.0 - part;
    (first, [near * near / 2.0, 0.5 + part * near, part * part / 2.0])
}

/// Where (0 to 1) the curve from `from` to `to`, drawn towards `via` (a parabola with these Bézier points),
/// goes through zero: once if its ends lie on either side, and never or twice otherwise.
fn zeros(from: f32, via: f32, to: f32) -> impl Iterator<Item = f32> {
    let (above, through) = (from > 0.0, (from > 0.0) != (to > 0.0));
    let mut zeros = [None; 2];
    // bend * t^2 + 2 * slope * t + from = 0, solved without a difference of like numbers.
    let (bend, slope) = (from - 2.0 * via + to, via - from);
    let square = slope * slope - bend * from;
    if through || (above != (via > 0.0) && square > 0.0) {
        let root = square.max(0.0).sqrt();
        let sum = -(slope + root.copysign(slope));
        let (first, second) = (sum / bend, from / sum);
        let inside = |part: f32| (0.0..=1.0).contains(&part);
        zeros = if through {
            [Some(if inside(first) { first } else { second }), None]
        } else if inside(first) && inside(second) {
            [Some(first), Some(second)]
        } else {
            [None; 2]
        };
    }
    zeros.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How much of the picture a noise inverts, on average and at least and most.
    #[test]
    fn every_noise_inverts_a_fair_part_of_the_picture() {
        for noise in Noise::ALL {
            let mut mask = Mask::new();
            let mut rng = SeededRng::from_seed([5; 32]);
            let mut parts = Vec::new();
            for _ in 0..200 {
                mask.clear();
                noise.draw(&mut mask, &mut rng);
                let mut covered_sum = 0;
                mask.coverage(|_, row| covered_sum += row.iter().map(|&covered| u32::from(covered)).sum::<u32>());
                parts.push(covered_sum as f32 / (WIDTH * HEIGHT * u32::from(Mask::FULL)) as f32);
            }
            let mean = parts.iter().sum::<f32>() / parts.len() as f32;
            assert!((0.3..0.6).contains(&mean), "{noise:?} {mean}");
            assert!(parts.iter().all(|part| (0.08..0.92).contains(part)), "{noise:?} {parts:?}");
        }
    }

    #[test]
    fn spline_weights_add_up_to_one_and_the_grid_is_large_enough() {
        let ends = |pixels: u32| pixels as f32 / PATCH.start + 1.0;
        for place in 0..1000u16 {
            let (first, weights) = spline(ends(HEIGHT) * f32::from(place) / 1000.0);
            assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-5 && first + 2 < GRID_ROWS);
        }
        assert!(ends(WIDTH) as usize + 2 < GRID_COLUMNS);
    }

    /// Between two zeros, and between them and the ends, the curve keeps its side.
    #[test]
    fn zeros_are_where_the_curve_changes_sides() {
        let mut rng = SeededRng::from_seed([6; 32]);
        let mut found = [0; 3];
        for _ in 0..2000 {
            let [from, via, to] = std::array::from_fn(|_| rng.within(&(-1.0..1.0)));
            let zeros: Vec<f32> = zeros(from, via, to).collect();
            found[zeros.len()] += 1;
            for step in 0..=50u8 {
                let t = f32::from(step) / 50.0;
                let height = from * (1.0 - t) * (1.0 - t) + 2.0 * via * t * (1.0 - t) + to * t * t;
                let above = (from > 0.0) != (zeros.iter().filter(|zero| **zero < t).count() % 2 == 1);
                assert!(above == (height > 0.0) || height.abs() < 1e-4, "{from} {via} {to} at {t}: {zeros:?}");
            }
        }
        assert!(found.iter().all(|count| *count > 50), "{found:?}");
    }
}
