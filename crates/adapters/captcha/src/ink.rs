//! Black and white at several times the picture's resolution.

use image::{GrayImage, Luma};
use imageproc::{drawing::draw_polygon_mut, point::Point};

use crate::{
    geometry::Spot,
    recipe::{FINE, HEIGHT, WIDTH},
};

/// A sheet of fine pixels, each paper (0) or ink (1). Shapes are cut into a stencil and then
/// invert the sheet beneath: whatever crosses ink turns it into paper.
pub(crate) struct Ink {
    sheet: Vec<u8>,
    stencil: GrayImage,
    /// The fine rows and columns that the stencil uses.
    cut: Area,
    corners: Vec<Point<i32>>,
}

/// A rectangle of fine pixels: from the first up to, without, the second corner.
#[derive(Debug, Clone, Copy)]
struct Area {
    left: u32,
    top: u32,
    right: u32,
    bottom: u32,
}

impl Area {
    const EMPTY: Self = Self { left: WIDTH * FINE, top: HEIGHT * FINE, right: 0, bottom: 0 };
}

impl Ink {
    /// An empty sheet.
    pub(crate) fn new() -> Self {
        let stencil = GrayImage::new(WIDTH * FINE, HEIGHT * FINE);
        Self { sheet: stencil.to_vec(), stencil, cut: Area::EMPTY, corners: Vec::new() }
    }

    /// Makes the sheet empty again.
    pub(crate) fn clear(&mut self) {
        self.sheet.fill(0);
    }

    /// Cuts the area inside a closed line out of the stencil.
    pub(crate) fn cut(&mut self, line: impl Iterator<Item = Spot>) {
        self.polygon(line, 1);
    }

    /// Closes the area inside a closed line again: a hole in what was cut.
    pub(crate) fn close(&mut self, line: impl Iterator<Item = Spot>) {
        self.polygon(line, 0);
    }

    fn polygon(&mut self, line: impl Iterator<Item = Spot>, value: u8) {
        self.corners.clear();
        let fine = FINE as f32;
        // The middle of fine pixel 0 lies half a fine pixel inside the picture.
        let near = |coordinate: f32| (coordinate * fine - 0.5).round() as i32;
        self.corners.extend(line.map(|spot| Point::new(near(spot.x), near(spot.y))));
        if self.corners.is_empty() {
            return;
        }
        let clamp = |value: i32, size: u32| value.clamp(0, size as i32) as u32;
        for corner in &self.corners {
            self.cut.left = self.cut.left.min(clamp(corner.x, WIDTH * FINE));
            self.cut.top = self.cut.top.min(clamp(corner.y, HEIGHT * FINE));
            self.cut.right = self.cut.right.max(clamp(corner.x + 1, WIDTH * FINE));
            self.cut.bottom = self.cut.bottom.max(clamp(corner.y + 1, HEIGHT * FINE));
        }
        draw_polygon_mut(&mut self.stencil, &self.corners, Luma([value]));
    }

    /// Inverts the sheet where the stencil is cut, and mends the stencil.
    pub(crate) fn invert(&mut self) {
        let Area { left, top, right, bottom } = std::mem::replace(&mut self.cut, Area::EMPTY);
        if left >= right {
            return;
        }
        let width = (WIDTH * FINE) as usize;
        let stencil: &mut [u8] = &mut self.stencil;
        for row in top as usize..bottom as usize {
            let used = row * width + left as usize..row * width + right as usize;
            for (fine, cut) in self.sheet[used.clone()].iter_mut().zip(&mut stencil[used]) {
                *fine ^= std::mem::take(cut);
            }
        }
    }

    /// Inverts squares of 2 × 2 fine pixels: `row_of` gets the number of a row of squares, from the
    /// top, and writes 1 for each square to invert, 0 for the others.
    pub(crate) fn invert_rows(&mut self, mut row_of: impl FnMut(usize, &mut [u8])) {
        let width = (WIDTH * FINE) as usize;
        let half = width / 2;
        let mut inverted = [0; (WIDTH * FINE / 2) as usize];
        for (number, rows) in self.sheet.chunks_exact_mut(2 * width).enumerate() {
            row_of(number, &mut inverted[..half]);
            for row in rows.chunks_exact_mut(width) {
                for (pair, invert) in row.chunks_exact_mut(2).zip(inverted) {
                    pair[0] ^= invert;
                    pair[1] ^= invert;
                }
            }
        }
    }

    /// How much of each pixel is ink, from 0 to [`Ink::FULL`], row by row.
    pub(crate) fn coverage(&self, mut pixel: impl FnMut(usize, usize, u8)) {
        let (width, fine) = ((WIDTH * FINE) as usize, FINE as usize);
        let mut sums = [0u8; (WIDTH * FINE) as usize];
        for (y, rows) in self.sheet.chunks_exact(width * fine).enumerate() {
            sums.fill(0);
            for row in rows.chunks_exact(width) {
                sums.iter_mut().zip(row).for_each(|(sum, ink)| *sum += ink);
            }
            for (x, sums) in sums.chunks_exact(fine).enumerate() {
                pixel(x, y, sums.iter().sum());
            }
        }
    }

    /// A pixel that is all ink.
    pub(crate) const FULL: u8 = (FINE * FINE) as u8;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(left: f32, top: f32, size: f32) -> impl Iterator<Item = Spot> {
        [(0.0, 0.0), (size, 0.0), (size, size), (0.0, size)]
            .into_iter()
            .map(move |(x, y)| Spot { x: left + x, y: top + y })
    }

    fn ink_at(ink: &Ink, wanted: (usize, usize)) -> u8 {
        let mut found = u8::MAX;
        ink.coverage(|x, y, covered| {
            if (x, y) == wanted {
                found = covered;
            }
        });
        found
    }

    #[test]
    fn what_crosses_ink_turns_it_into_paper() {
        let mut ink = Ink::new();
        ink.cut(square(10.0, 10.0, 20.0));
        ink.close(square(15.0, 15.0, 5.0));
        ink.invert();
        assert_eq!((ink_at(&ink, (12, 12)), ink_at(&ink, (17, 17)), ink_at(&ink, (5, 5))), (Ink::FULL, 0, 0));
        ink.cut(square(-30.0, -30.0, 44.0));
        ink.invert();
        assert_eq!((ink_at(&ink, (12, 12)), ink_at(&ink, (5, 5)), ink_at(&ink, (28, 28))), (0, Ink::FULL, Ink::FULL));
        ink.clear();
        assert_eq!(ink_at(&ink, (28, 28)), 0);
    }

    #[test]
    fn shapes_outside_the_picture_do_no_harm() {
        let mut ink = Ink::new();
        ink.cut(square(400.0, -400.0, 20.0));
        ink.invert();
        let mut inked = 0;
        ink.coverage(|_, _, covered| inked += u32::from(covered));
        assert_eq!(inked, 0);
    }
}
