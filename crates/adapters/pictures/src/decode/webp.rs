//! WebP, by the decoder of `image`.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, Limits, codecs::webp::WebPDecoder};
use minsu_ports::PictureError;

use super::decoded::{Channels, Decoded, MAX_SIDE_DATA, orientation};
use crate::{
    framing::{check_size, check_webp},
    options::PictureOptions,
};

pub(super) fn decode(upload: &[u8], options: &PictureOptions) -> Result<Decoded, PictureError> {
    check_webp(upload, options)?;
    let mut decoder = WebPDecoder::new(Cursor::new(upload)).map_err(|_| PictureError::NotAPicture)?;
    let (width, height) = decoder.dimensions();
    check_size(width, height, options)?;
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(options.max_memory.saturating_add(MAX_SIDE_DATA));
    decoder.set_limits(limits).map_err(|_| PictureError::TooLarge)?;
    let profile = decoder.icc_profile().ok().flatten();
    let orientation = orientation(decoder.exif_metadata().ok().flatten().as_deref());
    let pixels = DynamicImage::from_decoder(decoder).map_err(|_| PictureError::NotAPicture)?;
    Ok(Decoded { pixels, channels: Channels::Light, profile, orientation })
}
