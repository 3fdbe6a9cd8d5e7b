//! The container around the pixels, read from the bytes alone: whole, and promising no more than
//! the site takes. Decoders are lenient with broken files and generous with memory; this is not.

mod jpeg;
mod webp;

use minsu_ports::PictureError;

use crate::options::PictureOptions;

/// Checks a JPEG before it is decoded.
pub(crate) fn check_jpeg(upload: &[u8], options: &PictureOptions) -> Result<(), PictureError> {
    let (width, height) = jpeg::walk(upload).ok_or(PictureError::NotAPicture)?;
    check_size(width.into(), height.into(), options)
}

/// Checks a WebP before it is decoded: also the frames inside, whose decoder allocates by their
/// own headers before it compares them with the picture's.
pub(crate) fn check_webp(upload: &[u8], options: &PictureOptions) -> Result<(), PictureError> {
    let frames = webp::walk(upload).ok_or(PictureError::NotAPicture)?;
    frames.into_iter().try_for_each(|(width, height)| check_size(width, height, options))
}

/// Refuses what has too many pixels, or none.
pub(crate) fn check_size(width: u32, height: u32, options: &PictureOptions) -> Result<(), PictureError> {
    if width == 0 || height == 0 {
        Err(PictureError::NotAPicture)
    } else if options.takes(width, height) {
        Ok(())
    } else {
        Err(PictureError::TooLarge)
    }
}
