//! Pictures to upload.

use image::{ImageEncoder, codecs::jpeg::JpegEncoder};
use reqwest::multipart::{Form, Part};

/// A PNG of one colour; each shade is another picture.
pub fn png(shade: u8) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([shade, x as u8, y as u8]));
    image::DynamicImage::from(picture).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A form with one file.
pub fn form(field: &'static str, bytes: Vec<u8>) -> Form {
    Form::new().part(field, Part::bytes(bytes).file_name("picture.png"))
}

/// A photograph of six million pixels.
pub fn photograph() -> Vec<u8> {
    jpeg(&image::RgbImage::from_fn(3000, 2000, |x, y| image::Rgb([x as u8, y as u8, (x ^ y) as u8])))
}

/// A panorama of a telephone: 59 million pixels.
pub fn panorama() -> Vec<u8> {
    jpeg(&image::RgbImage::from_fn(16_382, 3_628, |x, y| image::Rgb([(x / 65) as u8, (y / 15) as u8, 90])))
}

fn jpeg(pixels: &image::RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    pixels.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 70)).unwrap();
    bytes
}

/// A portrait of one colour, 128, 192, 0 in Display P3.
pub fn display_p3() -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 95);
    let profile = include_bytes!("../../../../adapters/pictures/tests/profiles/display-p3.icc");
    encoder.set_icc_profile(profile.to_vec()).unwrap();
    image::RgbImage::from_pixel(320, 320, image::Rgb([128, 192, 0])).write_with_encoder(encoder).unwrap();
    bytes
}
