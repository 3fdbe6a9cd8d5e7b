//! Of an animation, the first picture stays.

use image::{Rgb, RgbImage};

use crate::{Format, assert_near, large};

const FIRST: [u8; 3] = [200, 120, 20];
const SECOND: [u8; 3] = [10, 20, 160];
const SIDE: u32 = 40;

#[tokio::test]
async fn an_animated_png_is_its_first_picture() {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, SIDE, SIDE);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_animated(2, 0).unwrap();
    let mut writer = encoder.write_header().unwrap();
    for colour in [FIRST, SECOND] {
        writer.write_image_data(&colour.repeat((SIDE * SIDE) as usize)).unwrap();
    }
    writer.finish().unwrap();
    assert!(out.windows(4).any(|name| name == b"fdAT"));
    let picture = large(out).await.unwrap();
    assert_near(*picture.get_pixel(20, 20), FIRST, "apng");
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let padding = vec![0; body.len() % 2];
    [name.as_slice(), &u32::try_from(body.len()).unwrap().to_le_bytes(), body, &padding].concat()
}

/// A frame that covers the whole picture, its bitstream taken from a still one.
fn frame(colour: [u8; 3]) -> Vec<u8> {
    let still = Format::WebP.encode(&RgbImage::from_pixel(SIDE, SIDE, Rgb(colour)), &[]);
    let side = u8::try_from(SIDE - 1).unwrap();
    let place = [0, 0, 0, 0, 0, 0, side, 0, 0, side, 0, 0, 100, 0, 0, 0];
    // The chunk of the bitstream follows the twelve bytes of RIFF and WEBP.
    chunk(b"ANMF", &[&place, &still[12..]].concat())
}

#[tokio::test]
async fn an_animated_webp_is_its_first_picture() {
    let side = u8::try_from(SIDE - 1).unwrap();
    let header = chunk(b"VP8X", &[0x02, 0, 0, 0, side, 0, 0, side, 0, 0]);
    let body = [header, chunk(b"ANIM", &[0; 6]), frame(FIRST), frame(SECOND)].concat();
    let picture = large(chunk(b"RIFF", &[b"WEBP", body.as_slice()].concat())).await.unwrap();
    assert_eq!(picture.dimensions(), (SIDE, SIDE));
    assert_near(*picture.get_pixel(20, 20), FIRST, "webp");
}
