//! Pictures to upload.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// A small PNG, a different one each time.
pub(crate) fn picture(random: &mut fastrand::Rng) -> Vec<u8> {
    let [red, green, blue] = [random.u8(..), random.u8(..), random.u8(..)];
    let picture = RgbImage::from_fn(32, 24, |x, y| Rgb([red ^ x as u8, green ^ y as u8, blue]));
    let mut png = Cursor::new(Vec::new());
    DynamicImage::from(picture).write_to(&mut png, ImageFormat::Png).expect("a picture fits in memory");
    png.into_inner()
}
