//! The contract of [`crate::PictureProcessor`]. Every function takes a processor with room in its
//! queue and limits that take pictures of a few million pixels but not of 2.5 thousand million.

mod sample;

use bytes::Bytes;

pub use self::sample::{jpeg_header, jpeg_size, png, png_header, png_interlaced};
use crate::{PictureError, PictureProcessor};

/// The side of a portrait.
const AVATAR: (u16, u16) = (256, 256);

fn done<T>(result: Result<T, PictureError>) -> T {
    match result {
        Ok(done) => done,
        Err(error) => panic!("{error}"),
    }
}

/// A portrait is a JPEG of 256 × 256 pixels, whatever the shape and size of the upload.
pub async fn a_portrait_is_a_square(pictures: &dyn PictureProcessor) {
    for (width, height) in [(1, 1), (40, 30), (256, 256), (900, 300), (300, 1100)] {
        let portrait = done(pictures.avatar(png(width, height)).await);
        assert_eq!(jpeg_size(&portrait), Some(AVATAR), "{width} × {height}");
    }
}

/// A house picture comes in two sizes, in proportion, and is never enlarged.
pub async fn a_house_picture_has_two_sizes(pictures: &dyn PictureProcessor) {
    for (upload, large, small) in [
        ((2400, 1200), (1920, 960), (640, 320)),
        ((1200, 2400), (960, 1920), (320, 640)),
        ((1000, 500), (1000, 500), (640, 320)),
        ((30, 20), (30, 20), (30, 20)),
        ((3000, 1), (1920, 1), (640, 1)),
    ] {
        let picture = done(pictures.house(png(upload.0, upload.1)).await);
        assert_eq!(jpeg_size(&picture.large), Some(large), "{upload:?}");
        assert_eq!(jpeg_size(&picture.small), Some(small), "{upload:?}");
    }
}

/// The same upload becomes the same bytes, so that keys made of content are stable.
pub async fn the_same_upload_gives_the_same_bytes(pictures: &dyn PictureProcessor) {
    let upload = png(700, 500);
    assert_eq!(done(pictures.house(upload.clone()).await), done(pictures.house(upload.clone()).await));
    assert_eq!(done(pictures.avatar(upload.clone()).await), done(pictures.avatar(upload).await));
}

/// A file that is no JPEG, PNG or WebP by its content is refused, whatever type it claims.
pub async fn refuses_what_is_no_picture(pictures: &dyn PictureProcessor) {
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    let uploads: [&'static [u8]; 9] = [
        b"",
        b"\xFF\xD8\xFF",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x04\0\0\0WEBP",
        b"GIF89a\x01\0\x01\0\0\0\0;",
        b"<html><script>alert(1)</script></html>",
        b"%PDF-1.7",
        b"BM\x3a\0\0\0\0\0\0\0",
        svg,
    ];
    for upload in uploads {
        let shown = String::from_utf8_lossy(upload);
        let upload = Bytes::from_static(upload);
        assert_eq!(pictures.avatar(upload.clone()).await, Err(PictureError::NotAPicture), "{shown}");
        assert_eq!(pictures.house(upload).await, Err(PictureError::NotAPicture), "{shown}");
    }
}

/// A picture cut off anywhere is refused, as incomplete when it is long enough to be known as a picture,
/// and no cut makes a panic.
pub async fn refuses_a_truncated_picture(pictures: &dyn PictureProcessor) {
    let whole = png(60, 40);
    // Signature and header are 33 bytes. The pixels end 12 bytes (the end chunk) and 8 (two checksums)
    // before the end of the file.
    for length in (0..whole.len() - 24).step_by(97) {
        let expected = if length < 33 { PictureError::NotAPicture } else { PictureError::Incomplete };
        assert_eq!(pictures.house(whole.slice(..length)).await, Err(expected), "{length} bytes");
    }
}

/// A file of a few bytes that promises 50,000 × 50,000 pixels is refused by its header.
pub async fn refuses_a_bomb_by_its_header(pictures: &dyn PictureProcessor) {
    for bomb in [png_header(50_000, 50_000), jpeg_header(50_000, 50_000)] {
        assert!(bomb.len() < 200);
        assert_eq!(pictures.avatar(bomb.clone()).await, Err(PictureError::TooLarge));
        assert_eq!(pictures.house(bomb).await, Err(PictureError::TooLarge));
    }
}
