//! Pictures: what somebody uploads becomes a JPEG that is safe to store and to show.
//!
//! The way of an upload, each step in its own file:
//! 1. `gate`: at most so many at once, at most so many waiting, off the async threads.
//! 2. `framing`: the container is whole and promises no more pixels than the site takes; read
//!    from the bytes alone, before any decoder allocates for them.
//! 3. `decode`: the pixels of a JPEG, PNG or WebP (told apart by content), within limits.
//! 4. `shape`: alpha onto white, scaled, turned upright, cut.
//! 5. `encode`: a new JPEG of nothing but these pixels.
//!
//! What unusual files become is decided here and tested in `tests/`:
//!
//! | upload | answer |
//! |---|---|
//! | animated PNG or WebP | its first picture |
//! | CMYK and YCCK JPEG | accepted, converted without a colour profile |
//! | 16 bits a channel | accepted, cut to 8 |
//! | transparency | laid onto white |
//! | something behind or between the parts of a picture (polyglots) | accepted; only the pixels survive |
//! | truncated | not a picture |
//! | SVG, GIF, BMP, TIFF, HEIC, anything else | not a picture |
//! | arithmetic, lossless or 12-bit JPEG | not a picture |
//! | colour profile | dropped; the numbers are taken as sRGB |

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod decode;
mod encode;
mod framing;
mod gate;
mod options;
mod shape;

use async_trait::async_trait;
use bytes::Bytes;
use minsu_ports::{HousePicture, PictureError, PictureProcessor};

use crate::gate::Gate;
pub use crate::options::PictureOptions;

/// The side of a portrait, in pixels.
const AVATAR_SIDE: u32 = 256;
/// The longest side of a house picture, in pixels.
const LARGE_SIDE: u32 = 1920;
/// The longest side of its variant for lists, in pixels.
const SMALL_SIDE: u32 = 640;

/// The picture pipeline on the crates `image`, `imageproc` and `fast_image_resize`.
#[derive(Debug)]
pub struct ImagePictures {
    options: PictureOptions,
    gate: Gate,
}

impl ImagePictures {
    /// A pipeline of its own queue; share one.
    pub fn new(options: PictureOptions) -> Self {
        Self { options, gate: Gate::new(options.permits, options.queue) }
    }
}

#[async_trait]
impl PictureProcessor for ImagePictures {
    #[tracing::instrument(level = "trace", name = "picture", skip_all)]
    async fn avatar(&self, upload: Bytes) -> Result<Bytes, PictureError> {
        let options = self.options;
        self.gate.run(move || encode::jpeg(&shape::square(decode::decode(&upload, &options)?, AVATAR_SIDE)?)).await
    }

    #[tracing::instrument(level = "trace", name = "picture", skip_all)]
    async fn house(&self, upload: Bytes) -> Result<HousePicture, PictureError> {
        let options = self.options;
        self.gate
            .run(move || {
                let pixels = shape::fit(decode::decode(&upload, &options)?, LARGE_SIDE)?;
                let large = encode::jpeg(&pixels)?;
                let small = encode::jpeg(&shape::fit_upright(pixels, SMALL_SIDE)?)?;
                Ok(HousePicture { large, small })
            })
            .await
    }
}
