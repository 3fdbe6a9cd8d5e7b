//! Every layout of colours becomes eight bits of red, green and blue.

use bytes::Bytes;
use image::{DynamicImage, ImageBuffer, ImageFormat, Luma, LumaA, Rgb, Rgba};
use jpeg_encoder::{ColorType, Encoder};

use crate::{assert_near, large};

const SIDE: u32 = 32;

fn file(pixels: impl Into<DynamicImage>, format: ImageFormat) -> Bytes {
    let mut out = std::io::Cursor::new(Vec::new());
    pixels.into().write_to(&mut out, format).unwrap();
    out.into_inner().into()
}

async fn assert_becomes(upload: Bytes, expected: [u8; 3], name: &str) {
    let picture = large(upload).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_near(*picture.get_pixel(SIDE / 2, SIDE / 2), expected, name);
}

fn jpeg(pixel: &[u8], layout: ColorType, progressive: bool) -> Bytes {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 95);
    encoder.set_progressive(progressive);
    encoder.encode(&pixel.repeat((SIDE * SIDE) as usize), SIDE as u16, SIDE as u16, layout).unwrap();
    out.into()
}

#[tokio::test]
async fn jpegs_of_every_layout() {
    for progressive in [false, true] {
        assert_becomes(jpeg(&[90], ColorType::Luma, progressive), [90; 3], "grey").await;
        assert_becomes(jpeg(&[200, 60, 20], ColorType::Rgb, progressive), [200, 60, 20], "rgb").await;
    }
    // Four inks as Adobe writes them. Half of cyan, no magenta, a quarter of yellow, a little black.
    let (inks, expected) = ([128, 0, 64, 25], [115, 230, 172]);
    assert_becomes(jpeg(&inks, ColorType::Cmyk, false), expected, "cmyk").await;
    assert_becomes(jpeg(&inks, ColorType::CmykAsYcck, false), expected, "ycck").await;
}

#[tokio::test]
async fn sixteen_bits_are_cut_to_eight() {
    let rgb = ImageBuffer::from_pixel(SIDE, SIDE, Rgb([51_400u16, 25_700, 257]));
    assert_becomes(file(rgb, ImageFormat::Png), [200, 100, 1], "rgb").await;
    let grey = ImageBuffer::from_pixel(SIDE, SIDE, Luma([25_700u16]));
    assert_becomes(file(grey, ImageFormat::Png), [100; 3], "grey").await;
    let clear = ImageBuffer::from_pixel(SIDE, SIDE, Rgba([0u16, 0, 0, 32_768]));
    assert_becomes(file(clear, ImageFormat::Png), [127; 3], "rgba").await;
    let clear = ImageBuffer::from_pixel(SIDE, SIDE, LumaA([0u16, 0]));
    assert_becomes(file(clear, ImageFormat::Png), [255; 3], "grey and alpha").await;
}

#[tokio::test]
async fn transparency_is_laid_onto_white() {
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let clear = ImageBuffer::from_pixel(SIDE, SIDE, Rgba([200u8, 0, 0, 0]));
        assert_becomes(file(clear, format), [255; 3], "clear").await;
        let half = ImageBuffer::from_pixel(SIDE, SIDE, Rgba([200u8, 0, 0, 128]));
        assert_becomes(file(half, format), [227, 127, 127], "half").await;
    }
    let grey = ImageBuffer::from_pixel(SIDE, SIDE, LumaA([0u8, 128]));
    assert_becomes(file(grey, ImageFormat::Png), [127; 3], "grey").await;
}

/// Scaled down after it was laid onto white, not before: the red of transparent pixels does not shine
/// through at the edges.
#[tokio::test]
async fn hidden_colours_do_not_bleed() {
    let stripes =
        ImageBuffer::from_fn(
            3000,
            30,
            |x, _| {
                if x % 2 == 0 { Rgba([255u8, 255, 255, 255]) } else { Rgba([255, 0, 0, 0]) }
            },
        );
    let picture = large(file(stripes, ImageFormat::Png)).await.unwrap();
    assert_near(*picture.get_pixel(900, 10), [255; 3], "stripes");
}

#[tokio::test]
async fn palettes_and_their_transparent_colour() {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, SIDE, SIDE);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Two);
    encoder.set_palette([20, 160, 40, 0, 0, 0].as_slice());
    encoder.set_trns([255, 0].as_slice());
    let mut writer = encoder.write_header().unwrap();
    // The upper half of the first colour, the lower half of the second, which is transparent.
    let rows: Vec<u8> = [0x00, 0x55].into_iter().flat_map(|byte| [byte; (SIDE * SIDE / 8) as usize]).collect();
    writer.write_image_data(&rows).unwrap();
    writer.finish().unwrap();
    let picture = large(out).await.unwrap();
    assert_near(*picture.get_pixel(16, 4), [20, 160, 40], "opaque");
    assert_near(*picture.get_pixel(16, 28), [255; 3], "transparent");
}
