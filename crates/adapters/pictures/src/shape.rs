//! Alpha, size, orientation, cut: in the order that touches the fewest pixels.

use image::{
    DynamicImage, LumaA, Pixel, Primitive, RgbImage, Rgba,
    imageops::{self, FilterType},
    math::Rect,
};
use imageproc::{compose::crop, map::map_pixels_mut};

use crate::decode::Decoded;

/// The picture upright, with at most so many pixels on its long side; small ones stay as they are.
pub(crate) fn fit(decoded: Decoded, side: u32) -> RgbImage {
    let Decoded { mut pixels, orientation } = decoded;
    lay_onto_white(&mut pixels);
    let size = (pixels.width(), pixels.height());
    // The whole picture is given up here, before the copies of the next steps are made.
    let near = coarse(pixels, side);
    let mut upright = DynamicImage::ImageRgb8(scale(near, fitted(size, side)));
    upright.apply_orientation(orientation);
    upright.into_rgb8()
}

/// A picture that is upright already, with at most so many pixels on its long side.
pub(crate) fn fit_rgb(pixels: &RgbImage, side: u32) -> RgbImage {
    let (width, height) = fitted(pixels.dimensions(), side);
    imageops::resize(pixels, width, height, FilterType::Lanczos3)
}

/// The middle square of the picture, upright, exactly this large; small ones are enlarged.
pub(crate) fn square(decoded: Decoded, side: u32) -> RgbImage {
    let Decoded { mut pixels, orientation } = decoded;
    lay_onto_white(&mut pixels);
    let (width, height) = (pixels.width(), pixels.height());
    // The short side must keep twice the square's, so the long one is let grow in proportion.
    let long = fraction(width.max(height), side, width.min(height).max(1));
    let mut near = DynamicImage::ImageRgb8(coarse(pixels, long));
    near.apply_orientation(orientation);
    let near = near.into_rgb8();
    let (width, height) = near.dimensions();
    let edge = width.min(height);
    let middle = Rect { x: (width - edge) / 2, y: (height - edge) / 2, width: edge, height: edge };
    scale(crop(&near, middle), (side, side))
}

/// Brings a large picture near its final size by averaging whole pixels: a pass over the picture
/// without the tables of floats that a good filter needs. What is left to do is at least a
/// halving, so that its coarseness does not show.
fn coarse(pixels: DynamicImage, side: u32) -> RgbImage {
    let size = (pixels.width(), pixels.height());
    let target = fitted(size, side.saturating_mul(2));
    if target == size { pixels.into_rgb8() } else { pixels.thumbnail_exact(target.0, target.1).into_rgb8() }
}

fn scale(pixels: RgbImage, (width, height): (u32, u32)) -> RgbImage {
    if pixels.dimensions() == (width, height) {
        pixels
    } else {
        imageops::resize(&pixels, width, height, FilterType::Lanczos3)
    }
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

/// Where a picture is transparent, white shows: at full size and in place, since scaling first
/// would mix in the colours that nobody was meant to see.
fn lay_onto_white(pixels: &mut DynamicImage) {
    match pixels {
        DynamicImage::ImageLumaA8(pixels) => map_pixels_mut(pixels, |LumaA([l, a])| LumaA([onto_white(l, a), u8::MAX])),
        DynamicImage::ImageLumaA16(pixels) => {
            map_pixels_mut(pixels, |LumaA([l, a])| LumaA([onto_white(l, a), u16::MAX]));
        }
        DynamicImage::ImageRgba8(pixels) => map_pixels_mut(pixels, opaque),
        DynamicImage::ImageRgba16(pixels) => map_pixels_mut(pixels, opaque),
        // The other layouts of these three formats have no alpha.
        _ => {}
    }
}

fn opaque<S: Primitive + Into<u64> + TryFrom<u64>>(pixel: Rgba<S>) -> Rgba<S>
where
    Rgba<S>: Pixel<Subpixel = S>,
{
    let alpha = pixel[3];
    pixel.map_with_alpha(|channel| onto_white(channel, alpha), |_| S::DEFAULT_MAX_VALUE)
}

fn onto_white<S: Primitive + Into<u64> + TryFrom<u64>>(channel: S, alpha: S) -> S {
    let (channel, alpha, max) = (channel.into(), alpha.into(), S::DEFAULT_MAX_VALUE.into());
    let mixed = (channel * alpha + max * (max - alpha) + max / 2) / max;
    S::try_from(mixed).unwrap_or(S::DEFAULT_MAX_VALUE)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(onto_white(0u8, 0), 255);
        assert_eq!(onto_white(7u8, 255), 7);
        assert_eq!(onto_white(0u8, 128), 127);
        assert_eq!(onto_white(0u16, 0), 65_535);
        assert_eq!(opaque(Rgba([10u8, 20, 30, 0])), Rgba([255, 255, 255, 255]));
    }
}
