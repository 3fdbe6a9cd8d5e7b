//! Alpha, size and cut: strip by strip, so that no second picture of full size is kept with the decoded one.

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, Rgba, RgbaImage};
use imageproc::map::map_pixels_mut;
use minsu_ports::PictureError;

/// The most bytes of a strip, in the layout that the scaler takes.
const STRIP_BYTES: usize = 24 << 20;
/// How many rows of the scaled picture a row of it may look beyond itself, up and down (Lanczos with
/// three lobes).
const REACH: u32 = 3;

/// Pixels to scale, eight bits a channel.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) pixels: &'a DynamicImage,
    /// Whether a second or fourth channel is alpha, and not an ink.
    pub(crate) alpha: bool,
}

impl Source<'_> {
    /// The picture with at most so many pixels on its long side; small ones keep their size. Opaque, in
    /// four channels of which only inks use the last.
    pub(crate) fn fit(self, side: u32) -> Result<RgbaImage, PictureError> {
        let size = (self.pixels.width(), self.pixels.height());
        let target = fitted(size, side);
        if target == size {
            return self.rows(0, size.1);
        }
        self.scaled((0.0, 0.0, f64::from(size.0), f64::from(size.1)), target)
    }

    /// The middle square of the picture, exactly this large; small ones are enlarged. The middle stays
    /// the middle however the picture is turned afterwards.
    pub(crate) fn square(self, side: u32) -> Result<RgbaImage, PictureError> {
        let (width, height) = (f64::from(self.pixels.width()), f64::from(self.pixels.height()));
        let edge = width.min(height);
        self.scaled(((width - edge) / 2.0, (height - edge) / 2.0, edge, edge), (side, side))
    }

    /// Scales a part of the picture (left, top, width, height) to exactly this size.
    fn scaled(
        self,
        (left, top, width, height): (f64, f64, f64, f64),
        (target_width, target_height): (u32, u32),
    ) -> Result<RgbaImage, PictureError> {
        let ratio = height / f64::from(target_height);
        let step = strip_rows(self.pixels.width(), ratio, target_height);
        let mut resizer = Resizer::new();
        let mut out = Vec::with_capacity(target_width as usize * target_height as usize * 4);
        for first in (0..target_height).step_by(step as usize) {
            let end = target_height.min(first + step);
            // A strip is scaled with the rows that its first and last rows depend on, and these are cut off again.
            let (above, below) = (first.saturating_sub(REACH), target_height.min(end + REACH));
            let (from, to) = (top + f64::from(above) * ratio, top + f64::from(below) * ratio);
            let rows = (from.floor() as u32, (to.ceil() as u32).min(self.pixels.height()));
            let strip = DynamicImage::ImageRgba8(self.rows(rows.0, rows.1)?);
            let mut part = DynamicImage::new_rgba8(target_width, below - above);
            let options = ResizeOptions::new()
                .crop(left, from - f64::from(rows.0), width, to.min(f64::from(rows.1)) - from)
                .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
                .use_alpha(false);
            resizer.resize(&strip, &mut part, &options).map_err(|_| PictureError::Encoding)?;
            let row = |row: u32| (row - above) as usize * target_width as usize * 4;
            out.extend_from_slice(part.as_bytes().get(row(first)..row(end)).ok_or(PictureError::Encoding)?);
        }
        RgbaImage::from_raw(target_width, target_height, out).ok_or(PictureError::Encoding)
    }

    /// Rows of the picture in the one layout that the scaler is compiled for. Where the picture is
    /// transparent, white shows: before it is scaled, which would mix in the hidden
    /// colours.
    fn rows(self, from: u32, to: u32) -> Result<RgbaImage, PictureError> {
        let width = self.pixels.width();
        let channels = usize::from(self.pixels.color().channel_count());
        let line = width as usize * channels;
        let samples = self.pixels.as_bytes().get(from as usize * line..to as usize * line);
        let samples = samples.ok_or(PictureError::Encoding)?.chunks_exact(channels);
        let mut out = Vec::with_capacity((to - from) as usize * width as usize * 4);
        match channels {
            1 => samples.for_each(|it| out.extend_from_slice(&[it[0], it[0], it[0], u8::MAX])),
            2 => samples.for_each(|it| out.extend_from_slice(&[it[0], it[0], it[0], it[1]])),
            3 => samples.for_each(|it| out.extend_from_slice(&[it[0], it[1], it[2], u8::MAX])),
            _ => samples.for_each(|it| out.extend_from_slice(&[it[0], it[1], it[2], it[3]])),
        }
        let mut rows = RgbaImage::from_raw(width, to - from, out).ok_or(PictureError::Encoding)?;
        if self.alpha && matches!(channels, 2 | 4) {
            map_pixels_mut(&mut rows, |Rgba([red, green, blue, alpha])| {
                Rgba([mixed(red, alpha), mixed(green, alpha), mixed(blue, alpha), u8::MAX])
            });
        }
        Ok(rows)
    }
}

/// Rows of the scaled picture that are made at a time: all of one that is enlarged, whose filter reaches
/// further and which is small.
fn strip_rows(width: u32, ratio: f64, target_height: u32) -> u32 {
    let rows = STRIP_BYTES as f64 / (f64::from(width) * 4.0) / ratio;
    if ratio <= 1.0 { target_height } else { (rows as u32).saturating_sub(2 * REACH).max(1) }
}

/// The size with at most so many pixels on the long side, in proportion, at least one pixel.
fn fitted((width, height): (u32, u32), side: u32) -> (u32, u32) {
    let long = width.max(height);
    if long <= side {
        (width, height)
    } else {
        (fraction(width, side, long).max(1), fraction(height, side, long).max(1))
    }
}

/// `value × numerator / denominator`, rounded, without overflow.
fn fraction(value: u32, numerator: u32, denominator: u32) -> u32 {
    let exact = (u64::from(value) * u64::from(numerator) + u64::from(denominator) / 2) / u64::from(denominator);
    u32::try_from(exact).unwrap_or(u32::MAX)
}

/// A channel as it looks before white.
fn mixed(channel: u8, alpha: u8) -> u8 {
    let (channel, alpha) = (u32::from(channel), u32::from(alpha));
    let sum = channel * alpha + 255 * (255 - alpha);
    // At most 255 × 255 is divided by 255, to the nearest.
    u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::RgbImage;

    #[test]
    fn sizes_fit_and_keep_their_proportions() {
        assert_eq!(fitted((4000, 3000), 1920), (1920, 1440));
        assert_eq!(fitted((3000, 4000), 1920), (1440, 1920));
        assert_eq!(fitted((1920, 1), 1920), (1920, 1));
        assert_eq!(fitted((16_384, 1), 640), (640, 1));
        assert_eq!(fitted((10, 10), 640), (10, 10));
    }

    #[test]
    fn white_shows_through_in_proportion() {
        assert_eq!(mixed(0, 0), 255);
        assert_eq!(mixed(7, 255), 7);
        assert_eq!(mixed(0, 128), 127);
        assert_eq!(mixed(255, 128), 255);
    }

    /// Strips have no seams: the same bytes come out as of a picture that is scaled in one piece.
    #[test]
    fn strips_are_scaled_like_the_whole() {
        let noise = |x: u32, y: u32| (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503) ^ (x * y)) as u8;
        let pixels: DynamicImage =
            RgbImage::from_fn(9000, 1500, |x, y| image::Rgb([noise(x, y), noise(y, x), (x + y) as u8])).into();
        let source = Source { pixels: &pixels, alpha: true };
        let (ratio, target) = (1500.0 / 320.0, (1920, 320));
        assert!(strip_rows(9000, ratio, 320) < 160, "one strip shows nothing");
        let strips = source.fit(1920).unwrap();
        let mut whole = DynamicImage::new_rgba8(target.0, target.1);
        let options = ResizeOptions::new().use_alpha(false);
        Resizer::new().resize(&DynamicImage::from(pixels.to_rgba8()), &mut whole, &options).unwrap();
        assert_eq!(strips.dimensions(), target);
        let whole = whole.into_rgba8();
        let far = strips.as_raw().iter().zip(whole.as_raw()).map(|(&a, &b)| a.abs_diff(b)).max();
        assert!(far <= Some(1), "{far:?}");
    }
}
