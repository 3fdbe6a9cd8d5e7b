//! The container around the pixels, read from the bytes alone: whole, and promising no more than
//! the site takes. Decoders are lenient with broken files and allocate freely; these checks do not.

mod jpeg;
mod webp;

use std::borrow::Cow;

use minsu_ports::PictureError;

use crate::options::PictureOptions;

/// Checks a JPEG before it is decoded. Returns its number of components (grey, colours or inks) and the
/// bytes to decode: where only the end mark is missing, with one.
pub(crate) fn check_jpeg<'a>(
    upload: &'a [u8],
    options: &PictureOptions,
) -> Result<(usize, Cow<'a, [u8]>), PictureError> {
    let (frame, ends) = match jpeg::walk(upload).ok_or(PictureError::NotAPicture)? {
        jpeg::Walked::Whole(frame) => (frame, true),
        jpeg::Walked::Open(frame) => (frame, false),
        jpeg::Walked::Headless => return Err(PictureError::Incomplete),
    };
    check_size(frame.width.into(), frame.height.into(), options)?;
    check_memory(frame.memory(), options)?;
    let bytes = if ends { upload.into() } else { jpeg::close(upload, &frame).ok_or(PictureError::Incomplete)?.into() };
    Ok((frame.components.len(), bytes))
}

/// Checks a WebP before it is decoded: also the frames inside, whose decoder allocates by their
/// own headers before it compares them with the picture's.
pub(crate) fn check_webp(upload: &[u8], options: &PictureOptions) -> Result<(), PictureError> {
    let frames = webp::walk(upload).ok_or(PictureError::Incomplete)?;
    for (width, height) in frames {
        check_size(width, height, options)?;
        // Four bytes a pixel of the decoder's own, and four of the picture that it hands out.
        check_memory(u64::from(width) * u64::from(height) * 8, options)?;
    }
    Ok(())
}

/// Refuses a picture with too many pixels, or none.
pub(crate) fn check_size(width: u32, height: u32, options: &PictureOptions) -> Result<(), PictureError> {
    if width == 0 || height == 0 {
        Err(PictureError::NotAPicture)
    } else if options.takes(width, height) {
        Ok(())
    } else {
        Err(PictureError::TooLarge)
    }
}

/// Refuses a picture that needs more memory than one may take.
pub(crate) fn check_memory(bytes: u64, options: &PictureOptions) -> Result<(), PictureError> {
    if bytes <= options.max_memory { Ok(()) } else { Err(PictureError::TooLarge) }
}
