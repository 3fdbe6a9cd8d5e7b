//! From bytes to pixels, within limits.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, Limits,
    codecs::{jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder},
    metadata::Orientation,
};
use minsu_ports::PictureError;

use crate::{
    framing::{check_jpeg, check_size, check_webp},
    options::PictureOptions,
};

/// What a PNG decoder may allocate for anything but pixels: an ICC profile, EXIF data, a row.
const MAX_SIDE_DATA: u64 = 16 << 20;
/// The most bytes of a decoded pixel: four channels of 16 bits.
const MAX_PIXEL_BYTES: u64 = 8;

/// A decoded picture as it lies in the file, and how it must be turned.
pub(crate) struct Decoded {
    pub(crate) pixels: DynamicImage,
    pub(crate) orientation: Orientation,
}

/// Decodes a JPEG, PNG or WebP, told apart by its first bytes. Of an animation, the first picture.
pub(crate) fn decode(upload: &[u8], options: &PictureOptions) -> Result<Decoded, PictureError> {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(options.max_side);
    limits.max_image_height = Some(options.max_side);
    limits.max_alloc = Some(MAX_SIDE_DATA);
    let input = Cursor::new(upload);
    match image::guess_format(upload).map_err(refused)? {
        ImageFormat::Jpeg => {
            check_jpeg(upload, options)?;
            pixels_of(JpegDecoder::new(input).map_err(refused)?, limits, options)
        }
        // The only decoder of the three that keeps to limits itself, and wants them first.
        ImageFormat::Png => {
            pixels_of(PngDecoder::with_limits(input, limits.clone()).map_err(refused)?, limits, options)
        }
        ImageFormat::WebP => {
            check_webp(upload, options)?;
            pixels_of(WebPDecoder::new(input).map_err(refused)?, limits, options)
        }
        _ => Err(PictureError::NotAPicture),
    }
}

fn pixels_of(
    mut decoder: impl ImageDecoder,
    mut limits: Limits,
    options: &PictureOptions,
) -> Result<Decoded, PictureError> {
    let (width, height) = decoder.dimensions();
    check_size(width, height, options)?;
    limits.max_alloc = Some(options.max_pixels.saturating_mul(MAX_PIXEL_BYTES));
    decoder.set_limits(limits).map_err(refused)?;
    // A picture whose EXIF data is broken is still a picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let pixels = DynamicImage::from_decoder(decoder).map_err(refused)?;
    Ok(Decoded { pixels, orientation })
}

fn refused(error: ImageError) -> PictureError {
    match error {
        ImageError::Limits(_) => PictureError::TooLarge,
        _ => PictureError::NotAPicture,
    }
}
