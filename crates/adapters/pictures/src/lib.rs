//! Pictures: uploads become JPEGs that are safe to store and to show.
//!
//! The way of an upload, each step in its own file:
//! 1. The bounded executor (`minsu-executor`): at most so many at once, at most so many waiting, off the
//!    async threads.
//! 2. `framing`: the container is whole and promises no more pixels and memory than the site takes; read
//!    from the bytes alone, before any decoder allocates for them.
//! 3. `decode`: the samples of a JPEG, PNG or WebP (told apart by content), within limits.
//! 4. `shape`: alpha onto white, scaled, cut.
//! 5. `colour`: into sRGB by the embedded profile, then turned upright.
//! 6. `encode`: a new JPEG of nothing but these pixels.
//!
//! The results for unusual files are decided here and tested in `tests/`:
//!
//! | upload | answer |
//! |---|---|
//! | animated PNG or WebP | its first picture |
//! | colour profile (RGB, grey, CMYK; ICC) | accepted, converted to sRGB, perceptually |
//! | a profile that is broken, too large or for other channels | accepted as if there were none: sRGB |
//! | CMYK and YCCK JPEG without profile | accepted, each light what its ink and black leave of it |
//! | 16 bits a channel | accepted, cut to 8 |
//! | transparency | laid onto white |
//! | panorama of a telephone (16,382 × 3,628) | accepted |
//! | something behind or between the parts of a picture (polyglots) | accepted; only the pixels survive |
//! | JPEG without its last bytes (end mark, at most 1 in 256 units of coding) | accepted |
//! | PNG without what follows its last row | accepted |
//! | truncated otherwise | incomplete |
//! | SVG, GIF, BMP, TIFF, HEIC, anything else | not a picture |
//! | arithmetic, lossless or 12-bit JPEG | not a picture |

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod colour;
mod decode;
mod encode;
mod framing;
mod options;
mod shape;

use async_trait::async_trait;
use bytes::Bytes;
use image::{DynamicImage, RgbaImage};
use minsu_executor::{BoundedExecutor, Bounds, BoundsError, ExecutorError};
use minsu_ports::{HousePicture, PictureError, PictureProcessor};

pub use crate::options::PictureOptions;
use crate::{
    decode::{Channels, Decoded},
    shape::Source,
};

/// The side of a portrait, in pixels.
const AVATAR_SIDE: u32 = 256;
/// The longest side of a house picture, in pixels.
const LARGE_SIDE: u32 = 1920;
/// The longest side of its variant for lists, in pixels.
const SMALL_SIDE: u32 = 640;

/// The picture pipeline on the crates `image`, `imageproc`, `fast_image_resize` and `moxcms`.
#[derive(Debug)]
pub struct ImagePictures {
    options: PictureOptions,
    executor: BoundedExecutor,
}

impl ImagePictures {
    /// A pipeline with a queue of its own; share one.
    ///
    /// # Errors
    /// [`BoundsError`].
    pub fn new(options: PictureOptions) -> Result<Self, BoundsError> {
        let bounds = Bounds { permits: options.permits, queue: options.queue };
        Ok(Self { options, executor: BoundedExecutor::new(bounds)? })
    }

    async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T, PictureError> + Send + 'static,
    ) -> Result<T, PictureError> {
        self.executor.run(job).await.map_err(|error| match error {
            ExecutorError::Overloaded => PictureError::Busy,
            // A panic in a decoder is a defect, but the caller survives it.
            ExecutorError::Panicked => PictureError::Encoding,
        })?
    }
}

#[async_trait]
impl PictureProcessor for ImagePictures {
    #[tracing::instrument(level = "trace", name = "picture", skip_all)]
    async fn avatar(&self, upload: Bytes) -> Result<Bytes, PictureError> {
        let options = self.options;
        self.run(move || encode::jpeg(&upright(&upload, &options, |source| source.square(AVATAR_SIDE))?)).await
    }

    #[tracing::instrument(level = "trace", name = "picture", skip_all)]
    async fn house(&self, upload: Bytes) -> Result<HousePicture, PictureError> {
        let options = self.options;
        self.run(move || {
            let pixels = upright(&upload, &options, |source| source.fit(LARGE_SIDE))?;
            let large = encode::jpeg(&pixels)?;
            let small = Source { pixels: &pixels, alpha: false }.fit(SMALL_SIDE)?;
            let small = encode::jpeg(&DynamicImage::from(small).into_rgb8().into())?;
            Ok(HousePicture { large, small })
        })
        .await
    }
}

/// The upload in red, green and blue, scaled, cut and turned. It is scaled down first, so that fewer pixels
/// are converted and turned.
fn upright(
    upload: &[u8],
    options: &PictureOptions,
    shape: impl FnOnce(Source<'_>) -> Result<RgbaImage, PictureError>,
) -> Result<DynamicImage, PictureError> {
    let Decoded { pixels, channels, profile, orientation } = decode::decode(upload, options)?;
    let samples = shape(Source { pixels: &pixels, alpha: channels == Channels::Light })?;
    drop(pixels);
    let mut upright = DynamicImage::from(colour::srgb(samples, channels, profile.as_deref())?);
    upright.apply_orientation(orientation);
    Ok(upright)
}
