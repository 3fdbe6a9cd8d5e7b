//! The processing of uploads to pictures that are safe to store and to show.

use async_trait::async_trait;
use bytes::Bytes;
use thiserror::Error;

/// A house picture in its two sizes, both JPEG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HousePicture {
    /// At most 1,920 pixels on the long side.
    pub large: Bytes,
    /// At most 640 pixels on the long side, for lists.
    pub small: Bytes,
}

/// An upload that does not become a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PictureError {
    /// Not a JPEG, PNG or WebP by its content, or a broken one.
    #[error("not a picture")]
    NotAPicture,
    /// A JPEG, PNG or WebP that ends before its picture does: a visible part is missing.
    #[error("a part of the picture is missing")]
    Incomplete,
    /// More pixels than the site takes.
    #[error("the picture has too many pixels")]
    TooLarge,
    /// Too many are being processed already.
    #[error("too many pictures are being processed")]
    Busy,
    /// The encoder failed: a defect.
    #[error("the picture could not be encoded")]
    Encoding,
}

/// Decodes, turns upright, scales and re-encodes, off the async threads. Nothing but pixels
/// survives: no EXIF, no position, no second content behind the first.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait PictureProcessor: Send + Sync {
    /// A portrait: the middle square, 256 × 256 pixels.
    ///
    /// # Errors
    /// [`PictureError`].
    async fn avatar(&self, upload: Bytes) -> Result<Bytes, PictureError>;

    /// A house picture in its two sizes; small originals are not enlarged.
    ///
    /// # Errors
    /// [`PictureError`].
    async fn house(&self, upload: Bytes) -> Result<HousePicture, PictureError>;
}
