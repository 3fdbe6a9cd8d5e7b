//! Frame headers that promise too much, or codings that no decoder here supports.

use image::{Rgb, RgbImage};
use minsu_ports::{PictureError, testkit::picture_processor::png};

use crate::{FORMATS, Format, large};

#[tokio::test]
async fn the_limits_are_the_last_size_taken() {
    assert_eq!(large(png(1000, 1000)).await.map(|picture| picture.dimensions()), Ok((1000, 1000)));
    assert_eq!(large(png(1001, 1000)).await, Err(PictureError::TooLarge));
    assert_eq!(large(png(4000, 3)).await.map(|picture| picture.dimensions()), Ok((1920, 1)));
    assert_eq!(large(png(4001, 3)).await, Err(PictureError::TooLarge));
    for format in FORMATS {
        let upload = format.encode(&RgbImage::from_pixel(5, 4001, Rgb([1, 2, 3])), &[]);
        assert_eq!(large(upload).await, Err(PictureError::TooLarge), "{format:?}");
    }
}

/// The decoder would allocate for the frame before it sees that it does not fit the picture.
#[tokio::test]
async fn a_webp_frame_larger_than_its_picture_is_refused() {
    let frame = [0, 0, 0, 0x9d, 1, 0x2a, 0xff, 0x3f, 0xff, 0x3f];
    let header = [0, 0, 0, 0, 9, 0, 0, 9, 0, 0];
    let chunk = |name: &[u8; 4], body: &[u8]| [name, &u32::try_from(body.len()).unwrap().to_le_bytes(), body].concat();
    let body = [b"WEBP".to_vec(), chunk(b"VP8X", &header), chunk(b"VP8 ", &frame)].concat();
    assert_eq!(large(chunk(b"RIFF", &body)).await, Err(PictureError::TooLarge));
}

#[tokio::test]
async fn codings_of_jpeg_that_no_browser_shows_are_refused() {
    let picture = Format::Jpeg.encode(&RgbImage::from_pixel(16, 16, Rgb([1, 2, 3])), &[]);
    let frame = picture.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    // Lossless, differential, arithmetic.
    for coding in [0xC3, 0xC5, 0xC9] {
        let mut other = picture.to_vec();
        other[frame + 1] = coding;
        assert_eq!(large(other).await, Err(PictureError::NotAPicture), "{coding:02x}");
    }
    let mut twelve_bits = picture.to_vec();
    twelve_bits[frame + 4] = 12;
    assert_eq!(large(twelve_bits).await, Err(PictureError::NotAPicture));
}
