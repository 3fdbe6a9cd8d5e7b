//! Files that end too early: a picture that is there whole is taken, one that misses a visible part is not.

use bytes::Bytes;
use image::{Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use minsu_ports::{
    PictureError, PictureProcessor,
    testkit::picture_processor::{png, png_interlaced},
};

use crate::{FORMATS, Format, large, pictures};

fn noise() -> RgbImage {
    RgbImage::from_fn(90, 60, |x, y| Rgb([(x * 31 % 256) as u8, (y * 57 % 256) as u8, (x * y * 13 % 256) as u8]))
}

/// A slope of 320 × 200 pixels, like a wall in the evening, with some texture.
fn wall() -> Vec<u8> {
    (0..200_u32).flat_map(|y| (0..320_u32).flat_map(move |x| [(x / 2) as u8, y as u8, ((x * y) % 61) as u8])).collect()
}

/// The ways to write a JPEG.
#[derive(Debug, Clone, Copy)]
struct Writing {
    sampling: SamplingFactor,
    progressive: bool,
    optimized: bool,
    restart: Option<u16>,
}

const PLAIN: Writing = Writing { sampling: SamplingFactor::F_1_1, progressive: false, optimized: false, restart: None };

const WRITINGS: [Writing; 6] = [
    PLAIN,
    Writing { sampling: SamplingFactor::F_2_2, ..PLAIN },
    Writing { sampling: SamplingFactor::F_2_1, optimized: true, ..PLAIN },
    Writing { sampling: SamplingFactor::F_2_2, restart: Some(7), ..PLAIN },
    Writing { progressive: true, ..PLAIN },
    Writing { sampling: SamplingFactor::F_2_2, progressive: true, optimized: true, ..PLAIN },
];

/// As libjpeg writes progressive files: in ten scans, of which the later ones refine the earlier
/// (`Image.save(…, progressive=True)` of Pillow, 320 × 200).
const REFINED: &[u8] = include_bytes!("refined.jpg");

fn jpeg(writing: Writing) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, 85);
    encoder.set_sampling_factor(writing.sampling);
    encoder.set_progressive(writing.progressive);
    encoder.set_optimized_huffman_tables(writing.optimized);
    if let Some(interval) = writing.restart {
        encoder.set_restart_interval(interval);
    }
    encoder.encode(&wall(), 320, 200, ColorType::Rgb).unwrap();
    out
}

fn files() -> Vec<Vec<u8>> {
    WRITINGS.into_iter().map(jpeg).chain([REFINED.to_vec()]).collect()
}

/// How many pixels two pictures have that look different.
fn different(a: &RgbImage, b: &RgbImage) -> usize {
    let far = |(a, b): &(&Rgb<u8>, &Rgb<u8>)| a.0.iter().zip(b.0).any(|(&a, b)| a.abs_diff(b) > 30);
    a.pixels().zip(b.pixels()).filter(far).count()
}

#[tokio::test]
async fn a_jpeg_without_its_end_mark_is_whole() {
    for (place, file) in files().into_iter().enumerate() {
        let whole = large(file.clone()).await.unwrap();
        for missing in [1, 2] {
            let picture = large(file[..file.len() - missing].to_vec()).await;
            assert_eq!(picture.as_ref(), Ok(&whole), "file {place} without {missing}");
        }
    }
    for layout in [ColorType::Luma, ColorType::Cmyk, ColorType::CmykAsYcck] {
        let mut file = Vec::new();
        let pixels = wall()[..90 * 60 * if layout == ColorType::Luma { 1 } else { 4 }].to_vec();
        Encoder::new(&mut file, 90).encode(&pixels, 90, 60, layout).unwrap();
        let whole = large(file.clone()).await;
        assert!(whole.is_ok(), "{layout:?}");
        assert_eq!(large(file[..file.len() - 2].to_vec()).await, whole, "{layout:?}");
    }
}

/// A few bytes less than the data: a corner is a guess.
#[tokio::test]
async fn a_jpeg_without_a_corner_is_taken() {
    // With codes made for it, a wall takes no more than a few bits a unit.
    for writing in WRITINGS.into_iter().filter(|writing| !writing.progressive && !writing.optimized) {
        let file = jpeg(writing);
        let whole = large(file.clone()).await.unwrap();
        for missing in 3..7 {
            let picture = large(file[..file.len() - missing].to_vec()).await;
            let picture = picture.unwrap_or_else(|error| panic!("{writing:?} without {missing}: {error}"));
            assert!(different(&picture, &whole) <= 16 * 16, "{writing:?} without {missing}");
        }
    }
}

/// Wherever the file ends, the picture is either there or refused.
#[tokio::test]
async fn what_is_cut_off_visibly_is_refused() {
    for (place, file) in files().into_iter().enumerate() {
        let whole = large(file.clone()).await.unwrap();
        let mut taken = 0;
        for length in (0..file.len()).step_by(97).chain(file.len() - 40..file.len()) {
            match large(file[..length].to_vec()).await {
                Ok(picture) => {
                    assert!(file.len() - length <= 40, "file {place}: {length} of {} bytes", file.len());
                    assert!(different(&picture, &whole) <= 2 * 16 * 16, "file {place}: {length} bytes");
                    taken += 1;
                }
                Err(error) if length < 20 => assert_eq!(error, PictureError::NotAPicture, "{length} bytes"),
                Err(error) => assert_eq!(error, PictureError::Incomplete, "file {place}: {length} bytes"),
            }
        }
        assert!(taken >= 2, "file {place}");
    }
}

/// Damage in front of a missing end is no reason to show grey.
#[tokio::test]
async fn half_of_a_file_is_half_of_a_picture() {
    let pictures = pictures();
    for format in FORMATS {
        let whole = format.encode(&noise(), &[]);
        pictures.house(whole.clone()).await.unwrap();
        let half = whole.slice(..whole.len() / 2);
        assert_eq!(pictures.house(half.clone()).await, Err(PictureError::Incomplete), "{format:?}");
        assert_eq!(pictures.avatar(half).await, Err(PictureError::Incomplete), "{format:?}");
    }
}

#[tokio::test]
async fn a_png_ends_with_its_last_row() {
    for file in [png(50, 37), png_interlaced(50, 37), Format::Png.encode(&noise(), &[])] {
        let whole = large(file.clone()).await;
        assert!(whole.is_ok());
        // The end chunk, the check sum before it, that of the compressed data.
        for missing in [1, 4, 12, 16, 20] {
            assert_eq!(large(file.slice(..file.len() - missing)).await, whole, "without {missing}");
        }
        for length in (33..file.len() - 24).step_by(211) {
            assert_eq!(large(file.slice(..length)).await, Err(PictureError::Incomplete), "{length} bytes");
        }
    }
}

#[tokio::test]
async fn an_interlaced_png_is_the_same_picture() {
    for (width, height) in [(50, 37), (1, 1), (3, 9), (8, 8), (5, 1)] {
        assert_eq!(large(png_interlaced(width, height)).await, large(png(width, height)).await, "{width} × {height}");
    }
}

#[tokio::test]
async fn no_cut_of_a_webp_is_a_picture() {
    let whole = Format::WebP.encode(&noise(), &[]);
    for length in (12..whole.len()).step_by(211).chain([whole.len() - 1]) {
        assert_eq!(large(whole.slice(..length)).await, Err(PictureError::Incomplete), "{length} bytes");
    }
}

/// Changed bytes make another picture or none, but never a panic (which would be `Encoding`).
#[tokio::test]
async fn damage_never_panics() {
    let pictures = pictures();
    let mut whole: Vec<Bytes> = FORMATS.iter().map(|format| format.encode(&noise(), &[])).collect();
    // Without an end, the coded data itself is looked at.
    whole.extend(files().into_iter().map(|file| file[..file.len() - 2].to_vec().into()));
    for (place, whole) in whole.iter().enumerate() {
        for at in (0..whole.len()).step_by(whole.len() / 150) {
            for value in [0x00, 0xFF, whole[at] ^ 0x55] {
                let mut damaged = whole.to_vec();
                damaged[at] = value;
                let answer = pictures.house(damaged.into()).await;
                assert_ne!(answer, Err(PictureError::Encoding), "file {place}: byte {at} = {value}");
            }
        }
    }
}
