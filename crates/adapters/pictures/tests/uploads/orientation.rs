//! Pictures are turned as their EXIF data says, in every format.

use image::{Rgb, RgbImage};

use crate::{FORMATS, assert_near, large};

const RED: [u8; 3] = [200, 30, 30];
const GREEN: [u8; 3] = [30, 200, 30];
const BLUE: [u8; 3] = [30, 30, 200];
const GREY: [u8; 3] = [120, 120, 120];

/// Red, green above blue, grey; twice as wide as high.
fn quarters() -> RgbImage {
    RgbImage::from_fn(128, 64, |x, y| {
        Rgb(match (x < 64, y < 32) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => GREY,
        })
    })
}

/// EXIF data with nothing but an orientation, big-endian.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    exif
}

/// The colours top left, top right, bottom left, bottom right when the picture is upright.
const UPRIGHT: [[[u8; 3]; 4]; 8] = [
    [RED, GREEN, BLUE, GREY],
    [GREEN, RED, GREY, BLUE],
    [GREY, BLUE, GREEN, RED],
    [BLUE, GREY, RED, GREEN],
    [RED, BLUE, GREEN, GREY],
    [BLUE, RED, GREY, GREEN],
    [GREY, GREEN, BLUE, RED],
    [GREEN, GREY, RED, BLUE],
];

#[tokio::test]
async fn all_eight_orientations_of_all_formats() {
    for format in FORMATS {
        for (orientation, corners) in (1..).zip(UPRIGHT) {
            let picture = large(format.encode(&quarters(), &exif(orientation))).await.unwrap();
            let (width, height) = picture.dimensions();
            assert_eq!((width, height), if orientation < 5 { (128, 64) } else { (64, 128) });
            let places = [(0, 0), (1, 0), (0, 1), (1, 1)];
            for ((right, down), expected) in places.into_iter().zip(corners) {
                let found = *picture.get_pixel(width / 4 + right * width / 2, height / 4 + down * height / 2);
                assert_near(found, expected, &format!("{format:?}, orientation {orientation}, {right} {down}"));
            }
        }
    }
}

#[tokio::test]
async fn broken_exif_data_does_not_turn_and_does_not_fail() {
    for format in FORMATS {
        for broken in [b"MM\0*\xFF\xFF\xFF\xFF".to_vec(), exif(0), exif(9), b"no exif at all".to_vec()] {
            let picture = large(format.encode(&quarters(), &broken)).await.unwrap();
            assert_near(*picture.get_pixel(32, 16), RED, &format!("{format:?}"));
        }
    }
}
