//! Nothing but pixels survives: no metadata, no second content.

use bytes::Bytes;
use image::{Rgb, RgbImage};
use minsu_ports::PictureProcessor;

use crate::{FORMATS, Format, pictures};

const SECRET: &[u8] = b"<?php SECRET <script>alert(1)</script>";

fn photograph() -> RgbImage {
    RgbImage::from_fn(200, 150, |x, y| Rgb([(x % 256) as u8, (y % 256) as u8, ((x * y) % 256) as u8]))
}

/// All pictures that the pipeline makes of an upload.
async fn products(upload: Bytes) -> [Bytes; 3] {
    let pictures = pictures();
    let house = pictures.house(upload.clone()).await.unwrap();
    [house.large, house.small, pictures.avatar(upload).await.unwrap()]
}

/// The names of the segments before the pixels.
fn segments(jpeg: &[u8]) -> Vec<u8> {
    let mut names = Vec::new();
    let mut at = 2;
    while jpeg[at + 1] != 0xDA {
        names.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    names
}

async fn assert_clean(upload: Bytes, name: &str) {
    for product in products(upload).await {
        assert!(!product.windows(6).any(|part| part == b"SECRET"), "{name}");
        assert!(product.ends_with(&[0xFF, 0xD9]), "{name}");
        // JFIF header, quantisation, frame, Huffman tables: no EXIF, no profile, no comment.
        let odd: Vec<_> =
            segments(&product).into_iter().filter(|name| !matches!(name, 0xE0 | 0xDB | 0xC0 | 0xC4)).collect();
        assert!(odd.is_empty(), "{name}: {odd:02x?}");
    }
}

#[tokio::test]
async fn metadata_is_dropped() {
    let exif = [b"MM\0*\0\0\0\x08\0\0\0\0\0\0".as_slice(), SECRET].concat();
    for format in FORMATS {
        let upload = format.encode(&photograph(), &exif);
        assert!(upload.windows(6).any(|part| part == b"SECRET"));
        assert_clean(upload, &format!("{format:?}")).await;
    }
}

#[tokio::test]
async fn a_second_content_behind_the_picture_is_dropped() {
    for format in FORMATS {
        let upload = [&format.encode(&photograph(), &[]), SECRET].concat();
        assert_clean(upload.into(), &format!("{format:?}")).await;
    }
}

#[tokio::test]
async fn comments_inside_the_picture_are_dropped() {
    let jpeg = Format::Jpeg.encode(&photograph(), &[]);
    let length = u16::try_from(SECRET.len() + 2).unwrap().to_be_bytes();
    let upload = [&jpeg[..2], &[0xFF, 0xFE], &length, SECRET, &jpeg[2..]].concat();
    assert_clean(upload.into(), "JPEG comment").await;

    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 8, 8);
    encoder.set_color(png::ColorType::Rgb);
    encoder.add_text_chunk("Comment".to_owned(), String::from_utf8_lossy(SECRET).into_owned()).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[9; 8 * 8 * 3]).unwrap();
    writer.finish().unwrap();
    assert_clean(png.into(), "PNG text").await;
}
