//! The results for unusual uploads: the table in the crate's documentation, row by row.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod animated;
mod colours;
mod crowd;
mod difference;
mod frames;
mod hidden;
mod orientation;
mod profiles;
mod truncated;

use bytes::Bytes;
use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage, codecs};
use minsu_pictures::{ImagePictures, PictureOptions};
use minsu_ports::{PictureError, PictureProcessor};

/// The three formats that are taken.
#[derive(Debug, Clone, Copy)]
enum Format {
    Jpeg,
    Png,
    WebP,
}

const FORMATS: [Format; 3] = [Format::Jpeg, Format::Png, Format::WebP];

impl Format {
    /// Encodes with this EXIF data, if any.
    fn encode(self, pixels: &RgbImage, exif: &[u8]) -> Bytes {
        let mut out = Vec::new();
        match self {
            Self::Jpeg => write(codecs::jpeg::JpegEncoder::new_with_quality(&mut out, 95), pixels, exif),
            Self::Png => write(codecs::png::PngEncoder::new(&mut out), pixels, exif),
            Self::WebP => write(codecs::webp::WebPEncoder::new_lossless(&mut out), pixels, exif),
        }
        out.into()
    }
}

fn write(mut encoder: impl ImageEncoder, pixels: &RgbImage, exif: &[u8]) {
    if !exif.is_empty() {
        encoder.set_exif_metadata(exif.to_vec()).unwrap();
    }
    encoder.write_image(pixels, pixels.width(), pixels.height(), ExtendedColorType::Rgb8).unwrap();
}

/// A small pipeline: pictures of at most a million pixels.
fn pictures() -> ImagePictures {
    ImagePictures::new(PictureOptions {
        permits: 2,
        queue: 8,
        max_pixels: 1_000_000,
        max_side: 4_000,
        ..PictureOptions::default()
    })
    .unwrap()
}

/// The large variant that an upload becomes, decoded again.
async fn large(upload: impl Into<Bytes>) -> Result<RgbImage, PictureError> {
    let picture = pictures().house(upload.into()).await?;
    Ok(image::load_from_memory(&picture.large).unwrap().into_rgb8())
}

/// Whether a pixel has a colour, as far as a JPEG keeps it.
#[track_caller]
fn assert_near(found: Rgb<u8>, expected: [u8; 3], where_: &str) {
    let far = found.0.iter().zip(expected).any(|(&found, expected)| found.abs_diff(expected) > 24);
    assert!(!far, "{where_}: {found:?}, not {expected:?}");
}
