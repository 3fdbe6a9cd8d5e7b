//! Alpha, size, cut, orientation: in the order that touches the fewest pixels.

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, Rgba};
use imageproc::map::map_pixels_mut;
use minsu_ports::PictureError;

use crate::decode::Decoded;

/// The picture upright, with at most so many pixels on its long side; small ones stay as they are.
pub(crate) fn fit(decoded: Decoded, side: u32) -> Result<DynamicImage, PictureError> {
    let Decoded { pixels, orientation } = decoded;
    let mut upright = fit_upright(on_white(pixels), side)?;
    upright.apply_orientation(orientation);
    Ok(upright)
}

/// A picture that is upright already, with at most so many pixels on its long side.
pub(crate) fn fit_upright(pixels: DynamicImage, side: u32) -> Result<DynamicImage, PictureError> {
    let size = (pixels.width(), pixels.height());
    let target = fitted(size, side);
    if target == size { Ok(pixels.into_rgb8().into()) } else { scaled(pixels, target, &ResizeOptions::new()) }
}

/// The middle square of the picture, upright, exactly this large; small ones are enlarged.
pub(crate) fn square(decoded: Decoded, side: u32) -> Result<DynamicImage, PictureError> {
    let Decoded { pixels, orientation } = decoded;
    let pixels = on_white(pixels);
    let (width, height) = (f64::from(pixels.width()), f64::from(pixels.height()));
    let edge = width.min(height);
    // The middle stays the middle however the picture is turned, so the cut can come first.
    let middle = ResizeOptions::new().crop((width - edge) / 2.0, (height - edge) / 2.0, edge, edge);
    let mut upright = scaled(pixels, (side, side), &middle)?;
    upright.apply_orientation(orientation);
    Ok(upright)
}

/// Scales to exactly this size, in eight bits of red, green and blue. The pixels must be opaque.
fn scaled(
    pixels: DynamicImage,
    (width, height): (u32, u32),
    options: &ResizeOptions,
) -> Result<DynamicImage, PictureError> {
    // The one layout that the scaler is compiled for; its fourth channel is not looked at.
    let pixels = DynamicImage::ImageRgba8(pixels.into_rgba8());
    let mut target = DynamicImage::new_rgba8(width, height);
    let options = options.resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3)).use_alpha(false);
    Resizer::new().resize(&pixels, &mut target, &options).map_err(|_| PictureError::Encoding)?;
    Ok(target.into_rgb8().into())
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
fn on_white(pixels: DynamicImage) -> DynamicImage {
    if !pixels.color().has_alpha() {
        return pixels;
    }
    let mut pixels = pixels.into_rgba8();
    map_pixels_mut(&mut pixels, |Rgba([red, green, blue, alpha])| {
        Rgba([mixed(red, alpha), mixed(green, alpha), mixed(blue, alpha), u8::MAX])
    });
    pixels.into()
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
}
