//! From bytes to pixels, within limits.

mod decoded;
mod jpeg;
mod png;
mod webp;

use image::ImageFormat;
use minsu_ports::PictureError;

pub(crate) use decoded::{Channels, Decoded};

use crate::options::PictureOptions;

/// Decodes a JPEG, PNG or WebP, told apart by its first bytes. Of an animation, the first picture.
pub(crate) fn decode(upload: &[u8], options: &PictureOptions) -> Result<Decoded, PictureError> {
    match image::guess_format(upload).map_err(|_| PictureError::NotAPicture)? {
        ImageFormat::Jpeg => jpeg::decode(upload, options),
        ImageFormat::Png => png::decode(upload, options),
        ImageFormat::WebP => webp::decode(upload, options),
        _ => Err(PictureError::NotAPicture),
    }
}
