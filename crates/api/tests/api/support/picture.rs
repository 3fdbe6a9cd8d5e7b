//! Pictures to upload.

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
