//! What disturbs the picture: smooth shapes in the symbols' own colour that invert what they
//! cross.
//!
//! A person follows an edge through a change of sides without noticing; a program that looks for
//! dark strokes on light ground, or was trained on them, does not. Thin lines, dots and texture
//! are left out: they hinder people more than programs.

use std::ops::RangeInclusive;

use crate::{
    dice::Dice,
    geometry::Spot,
    ink::Ink,
    recipe::{
        BAND_SWING, BAND_WIDTH, BANDS, BLOB_DENT, BLOB_RADIUS, BLOBS, FINE, HEIGHT, MIXED_BANDS, MIXED_BLOBS, PATCH,
        WIDTH,
    },
    waves,
};

/// A family of disturbances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noise {
    /// Bands across the picture, in any direction.
    Bands,
    /// Dented discs.
    Blobs,
    /// Some of both.
    Mixed,
    /// Patches without a common shape, like the coat of a cow.
    Patches,
}

impl Noise {
    /// All families; each is as likely as any other.
    pub const ALL: [Self; 4] = [Self::Bands, Self::Blobs, Self::Mixed, Self::Patches];

    /// Draws this noise over the sheet.
    pub(crate) fn draw(self, ink: &mut Ink, dice: &mut Dice) {
        match self {
            Self::Bands => bands(&BANDS, ink, dice),
            Self::Blobs => blobs(&BLOBS, ink, dice),
            Self::Mixed => {
                bands(&MIXED_BANDS, ink, dice);
                blobs(&MIXED_BLOBS, ink, dice);
            }
            Self::Patches => patches(ink, dice),
        }
    }
}

const MIDDLE: Spot = Spot { x: WIDTH as f32 / 2.0, y: HEIGHT as f32 / 2.0 };

/// Bands, their directions and places spread over the picture.
fn bands(count: &RangeInclusive<usize>, ink: &mut Ink, dice: &mut Dice) {
    let count = dice.count(count);
    for number in 0..count {
        let turn = dice.within(&(0.0..0.5));
        let (sin, cos) = (waves::sin(turn).abs(), waves::cos(turn).abs());
        // Half the length of the picture along and across the band.
        let (along, across) = (MIDDLE.x * cos + MIDDLE.y * sin, MIDDLE.x * sin + MIDDLE.y * cos);
        let lane = (number as f32 + dice.within(&(0.15..0.85))) / count as f32 * 2.0 - 1.0;
        let half = dice.within(&BAND_WIDTH) / 2.0;
        let swing = dice.within(&BAND_SWING);
        let (length, phase) = (dice.within(&(45.0..110.0)), dice.within(&(0.0..1.0)));
        let (bulge, bulge_phase) = (dice.within(&(0.1..0.35)), dice.within(&(0.0..1.0)));
        let reach = along + 12.0;
        let steps = (reach / 4.0) as u16;
        let edge = |side: f32, step: u16| {
            let x = -reach + 2.0 * reach * f32::from(step) / f32::from(steps);
            let width = half * (1.0 + bulge * waves::sin(x / 60.0 + bulge_phase));
            let y = lane * across + swing * waves::sin(x / length + phase) + side * width;
            Spot { x, y }.turned(turn).moved(MIDDLE)
        };
        let there = (0..=steps).map(|step| edge(-1.0, step));
        let back = (0..=steps).rev().map(|step| edge(1.0, step));
        ink.cut(there.chain(back));
        ink.invert();
    }
}

/// Blobs, one in each of as many cells of the picture.
fn blobs(count: &RangeInclusive<usize>, ink: &mut Ink, dice: &mut Dice) {
    const CORNERS: u8 = 28;
    let count = dice.count(count);
    let offset = dice.within(&(0.0..1.0));
    for number in 0..count {
        // A sequence that fills the area evenly, whatever the count.
        let x = (number as f32 + dice.within(&(0.1..0.9))) / count as f32 * WIDTH as f32;
        let row = offset + number as f32 * 0.618_034;
        let y = (row - row.floor()) * (HEIGHT as f32 + 8.0) - 4.0;
        let radius = dice.within(&BLOB_RADIUS);
        let dents: [(f32, f32); 2] = std::array::from_fn(|_| (dice.within(&BLOB_DENT), dice.within(&(0.0..1.0))));
        let aspect = dice.within(&(0.75..1.35));
        let turn = dice.within(&(0.0..0.5));
        ink.cut((0..CORNERS).map(|corner| {
            let angle = f32::from(corner) / f32::from(CORNERS);
            let dent =
                dents[0].0 * waves::sin(2.0 * angle + dents[0].1) + dents[1].0 * waves::sin(3.0 * angle + dents[1].1);
            let far = radius * (1.0 + dent);
            Spot { x: far * aspect * waves::cos(angle), y: far / aspect * waves::sin(angle) }
                .turned(turn)
                .moved(Spot { x, y })
        }));
        ink.invert();
    }
}

/// Patches: a smooth random surface, inverted where it is above zero.
fn patches(ink: &mut Ink, dice: &mut Dice) {
    // Heights at the crossings of a grid, joined by quadratic splines, which are smooth and need
    // three neighbours.
    const COLUMNS: usize = 13;
    const ROWS: usize = 8;
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
        for place in 0..320 {
            let (first, weights) = spline(place, 17.0, 0.999);
            assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-5 && first + 2 < 13);
        }
        // The last row of the picture stays on the grid too.
        assert!(spline(143, PATCH.start, 0.999).0 + 2 < 8);
    }
}
