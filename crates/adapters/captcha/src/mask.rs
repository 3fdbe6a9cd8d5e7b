//! Black and white at several times the picture's resolution.

use crate::{
    geometry::Spot,
    recipe::{FINE, HEIGHT, WIDTH},
};

/// Fine pixels in a row.
const COLUMNS: usize = (WIDTH * FINE) as usize;
/// Rows of fine pixels.
pub(crate) const ROWS: usize = (HEIGHT * FINE) as usize;
/// Words of 64 fine pixels in a row.
const WORDS: usize = COLUMNS / 64;
/// Pixels that a word holds.
const PIXELS: usize = 64 / FINE as usize;

// Coverage counts four bits a pixel and fills words to the last bit.
const _: () = assert!(FINE == 4 && COLUMNS.is_multiple_of(64));

/// A sheet of fine pixels, each background or foreground. Every shape inverts what lies beneath: whatever crosses
/// foreground turns it into background.
///
/// It holds only where foreground and background change along a row: a set bit means that the row is inverted from
/// there to its right end. An edge of a shape costs a bit for each row that it crosses, however large the
/// shape is, and shapes that lie over each other need not know of it.
pub(crate) struct Mask {
    changes: Vec<[u64; WORDS]>,
}

impl Mask {
    /// A pixel that is all foreground.
    pub(crate) const FULL: u8 = (FINE * FINE) as u8;

    /// An empty sheet.
    pub(crate) fn new() -> Self {
        Self { changes: vec![[0; WORDS]; ROWS] }
    }

    /// Makes the sheet empty again.
    pub(crate) fn clear(&mut self) {
        self.changes.fill([0; WORDS]);
    }

    /// Inverts the area inside a closed line (where it crosses itself: what lies inside an odd number
    /// of times).
    pub(crate) fn invert(&mut self, line: impl IntoIterator<Item = Spot>) {
        let mut line = line.into_iter();
        let Some(first) = line.next() else { return };
        let mut last = first;
        for spot in line {
            self.edge(last, spot);
            last = spot;
        }
        self.edge(last, first);
    }

    /// Inverts everything right of an edge, in the rows whose middles lie between its ends.
    fn edge(&mut self, from: Spot, to: Spot) {
        let fine = FINE as f32;
        let (top, bottom) = if from.y <= to.y { (from, to) } else { (to, from) };
        // The first row whose middle is below a height, by truncation, which is faster than rounding.
        let row_below = |y: f32| ((y * fine + 0.5).max(0.0) as usize).min(ROWS);
        let (first, end) = (row_below(top.y), row_below(bottom.y));
        if first >= end {
            return;
        }
        let slope = (bottom.x - top.x) / (bottom.y - top.y);
        let mut x = (top.x + ((first as f32 + 0.5) / fine - top.y) * slope) * fine;
        for row in first..end {
            self.invert_from(row, x);
            x += slope;
        }
    }

    /// Inverts the fine pixels of a row (0 to [`ROWS`] - 1) whose middles are right of `x`, which counts
    /// fine pixels.
    pub(crate) fn invert_from(&mut self, row: usize, x: f32) {
        let column = (x + 0.5).max(0.0) as usize;
        if column < COLUMNS {
            self.changes[row][column / 64] ^= 1 << (column % 64);
        }
    }

    /// How much of each pixel is foreground, from 0 to [`Mask::FULL`]: rows with their numbers, from the top.
    pub(crate) fn coverage(&self, mut row: impl FnMut(usize, &[u8; WIDTH as usize])) {
        let mut covered = [0; WIDTH as usize];
        for (y, rows) in self.changes.chunks_exact(FINE as usize).enumerate() {
            let mut carry = [false; FINE as usize];
            for (word, pixels) in covered.chunks_exact_mut(PIXELS).enumerate() {
                let mut sums = [0; 2];
                for (changes, carry) in rows.iter().zip(&mut carry) {
                    let filled = fill(changes[word], carry);
                    let counts = count_fours(filled);
                    // Four rows of four do not fit into four bits: every second pixel apart.
                    sums[0] += counts & EVERY_SECOND;
                    sums[1] += (counts >> 4) & EVERY_SECOND;
                }
                let sums = sums.map(u64::to_le_bytes);
                for (pair, (even, odd)) in pixels.chunks_exact_mut(2).zip(sums[0].into_iter().zip(sums[1])) {
                    pair.copy_from_slice(&[even, odd]);
                }
            }
            row(y, &covered);
        }
    }
}

/// The lower half of each byte.
const EVERY_SECOND: u64 = 0x0f0f_0f0f_0f0f_0f0f;

/// From changes to filled pixels: each bit becomes the parity of the changes up to and with it. `carry` is the last bit
/// of the word before, and then of this one.
fn fill(changes: u64, carry: &mut bool) -> u64 {
    let mut filled = changes;
    for distance in [1, 2, 4, 8, 16, 32] {
        filled ^= filled << distance;
    }
    if *carry {
        filled = !filled;
    }
    *carry = filled >> 63 == 1;
    filled
}

/// In every four bits the number of those that are set.
fn count_fours(bits: u64) -> u64 {
    let twos = bits - ((bits >> 1) & 0x5555_5555_5555_5555);
    (twos & 0x3333_3333_3333_3333) + ((twos >> 2) & 0x3333_3333_3333_3333)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(left: f32, top: f32, size: f32) -> [Spot; 4] {
        [(0.0, 0.0), (size, 0.0), (size, size), (0.0, size)].map(|(x, y)| Spot { x: left + x, y: top + y })
    }

    fn covered(mask: &Mask) -> Vec<Vec<u8>> {
        let mut rows = Vec::new();
        mask.coverage(|y, row| {
            assert_eq!(y, rows.len());
            rows.push(row.to_vec());
        });
        assert_eq!(rows.len(), HEIGHT as usize);
        rows
    }

    fn sum(rows: &[Vec<u8>]) -> u32 {
        rows.iter().flatten().map(|&covered| u32::from(covered)).sum()
    }

    #[test]
    fn what_crosses_ink_turns_it_into_paper() {
        let at = |mask: &Mask, spots: [(usize, usize); 3]| spots.map(|(x, y)| covered(mask)[y][x]);
        let mut mask = Mask::new();
        mask.invert(square(10.0, 10.0, 20.0));
        mask.invert(square(15.0, 15.0, 5.0));
        assert_eq!(at(&mask, [(12, 12), (17, 17), (5, 5)]), [Mask::FULL, 0, 0]);
        mask.invert(square(-30.0, -30.0, 44.0));
        assert_eq!(at(&mask, [(12, 12), (5, 5), (28, 28)]), [0, Mask::FULL, Mask::FULL]);
        mask.clear();
        assert_eq!(sum(&covered(&mask)), 0);
    }

    #[test]
    fn a_square_covers_its_area_and_nothing_else() {
        let mut mask = Mask::new();
        // It crosses words, and its edges lie on a quarter and on half of a pixel.
        mask.invert(square(13.25, 7.5, 40.0));
        let rows = covered(&mask);
        for (y, row) in rows.iter().enumerate() {
            for (x, &covered) in row.iter().enumerate() {
                let part = |place: usize, start: f32| {
                    let place = place as f32;
                    ((place + 1.0).min(start + 40.0) - place.max(start)).clamp(0.0, 1.0)
                };
                assert_eq!(f32::from(covered) / f32::from(Mask::FULL), part(x, 13.25) * part(y, 7.5), "{x} {y}");
            }
        }
    }

    #[test]
    fn sloping_edges_cover_the_area_between_them() {
        let mut mask = Mask::new();
        mask.invert([(88.0, 4.0), (170.5, 61.2), (31.3, 75.7)].map(|(x, y)| Spot { x, y }));
        let area = ((170.5 - 88.0) * (75.7 - 4.0) - (31.3 - 88.0) * (61.2 - 4.0)) / 2.0;
        let covered = sum(&covered(&mask)) as f32 / f32::from(Mask::FULL);
        assert!((covered - area).abs() < 5.0, "{covered} of {area}");
    }

    #[test]
    fn shapes_outside_the_picture_do_no_harm() {
        let mut mask = Mask::new();
        for (left, top) in [(400.0, -400.0), (400.0, 10.0), (-400.0, 10.0), (10.0, 400.0), (f32::NAN, 10.0)] {
            mask.invert(square(left, top, 20.0));
            assert_eq!(sum(&covered(&mask)), 0, "{left} {top}");
        }
        mask.invert([]);
        assert_eq!(sum(&covered(&mask)), 0);
    }
}
