//! JPEG: straight from its decoder, because that of `image` turns inks into colours without their profile.

use image::{DynamicImage, GrayImage, RgbImage, RgbaImage};
use minsu_ports::PictureError;
use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::JpegDecoder;

use super::decoded::{Channels, Decoded, orientation};
use crate::{framing::check_jpeg, options::PictureOptions};

pub(super) fn decode(upload: &[u8], options: &PictureOptions) -> Result<Decoded, PictureError> {
    let (components, bytes) = check_jpeg(upload, options)?;
    // Sizes are checked before; damaged data decode as they do in browsers.
    let lenient = DecoderOptions::default().set_strict_mode(false).set_max_width(usize::MAX).set_max_height(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(&bytes[..]), lenient);
    decoder.decode_headers().map_err(|_| PictureError::NotAPicture)?;
    let (space, channels) = match (components, decoder.input_colorspace()) {
        (1, _) => (ColorSpace::Luma, Channels::Light),
        (3, _) => (ColorSpace::RGB, Channels::Light),
        (4, Some(ColorSpace::YCCK)) => (ColorSpace::YCCK, Channels::MixedInks),
        (4, Some(ColorSpace::CMYK)) => (ColorSpace::CMYK, Channels::Inks),
        _ => return Err(PictureError::NotAPicture),
    };
    decoder.set_options(lenient.jpeg_set_out_colorspace(space));
    let (profile, orientation) = (decoder.icc_profile(), orientation(decoder.exif().map(Vec::as_slice)));
    let (width, height) = decoder.dimensions().ok_or(PictureError::NotAPicture)?;
    let mut samples = vec![0; decoder.output_buffer_size().ok_or(PictureError::TooLarge)?];
    decoder.decode_into(&mut samples).map_err(|_| PictureError::NotAPicture)?;
    let size = u32::try_from(width).ok().zip(u32::try_from(height).ok());
    let pixels = size.and_then(|(width, height)| match space {
        ColorSpace::Luma => GrayImage::from_raw(width, height, samples).map(DynamicImage::from),
        ColorSpace::RGB => RgbImage::from_raw(width, height, samples).map(DynamicImage::from),
        _ => RgbaImage::from_raw(width, height, samples).map(DynamicImage::from),
    });
    Ok(Decoded { pixels: pixels.ok_or(PictureError::NotAPicture)?, channels, profile, orientation })
}
