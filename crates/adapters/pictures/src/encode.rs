//! From pixels to a JPEG.

use bytes::Bytes;
use image::{DynamicImage, codecs::jpeg::JpegEncoder};
use minsu_ports::PictureError;

/// Where more bytes stop being visible on photographs of rooms.
const QUALITY: u8 = 82;

/// Encodes a baseline JPEG without any metadata.
pub(crate) fn jpeg(pixels: &DynamicImage) -> Result<Bytes, PictureError> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, QUALITY).encode_image(pixels).map_err(|_| PictureError::Encoding)?;
    Ok(out.into())
}
