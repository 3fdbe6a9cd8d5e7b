//! A file that ends too early is no picture, wherever it ends.

use image::{Rgb, RgbImage};
use minsu_ports::{PictureError, PictureProcessor};

use crate::{FORMATS, Format, large, pictures};

fn noise() -> RgbImage {
    RgbImage::from_fn(90, 60, |x, y| Rgb([(x * 31 % 256) as u8, (y * 57 % 256) as u8, (x * y * 13 % 256) as u8]))
}

#[tokio::test]
async fn no_cut_is_a_picture() {
    let pictures = pictures();
    for format in FORMATS {
        let whole = format.encode(&noise(), &[]);
        pictures.house(whole.clone()).await.unwrap();
        // A PNG is whole when its pixels are: its last 12 bytes only say so.
        let end = if matches!(format, Format::Png) { whole.len() - 24 } else { whole.len() };
        for length in (0..end).step_by(211).chain([end - 1]) {
            let answer = pictures.house(whole.slice(..length)).await;
            assert_eq!(answer, Err(PictureError::NotAPicture), "{format:?}: {length} of {} bytes", whole.len());
        }
    }
}

#[tokio::test]
async fn a_cut_progressive_jpeg_is_none_either() {
    let mut whole = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut whole, 90);
    encoder.set_progressive(true);
    encoder.encode(&noise(), 90, 60, jpeg_encoder::ColorType::Rgb).unwrap();
    assert!(large(whole.clone()).await.is_ok());
    for length in (0..whole.len()).step_by(173) {
        assert_eq!(large(whole[..length].to_vec()).await, Err(PictureError::NotAPicture), "{length}");
    }
}

/// Changed bytes make another picture or none, but never a panic (which would be `Encoding`).
#[tokio::test]
async fn damage_never_panics() {
    let pictures = pictures();
    for format in FORMATS {
        let whole = format.encode(&noise(), &[]);
        for at in (0..whole.len()).step_by(whole.len() / 150) {
            for value in [0x00, 0xFF, whole[at] ^ 0x55] {
                let mut damaged = whole.to_vec();
                damaged[at] = value;
                let answer = pictures.house(damaged.into()).await;
                assert_ne!(answer, Err(PictureError::Encoding), "{format:?}: byte {at} = {value}");
            }
        }
    }
}
