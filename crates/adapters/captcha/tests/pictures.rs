//! Rules for every picture, and some pictures to the last byte.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use image::GrayImage;
use minsu_captcha::{Family, HEIGHT, Layout, Noise, Picture, Renderer, WIDTH};
use sha2::{Digest, Sha256};

fn seed(number: u8) -> [u8; 32] {
    [number; 32]
}

fn decoded(picture: &Picture) -> GrayImage {
    let image = image::load_from_memory_with_format(&picture.jpeg, image::ImageFormat::Jpeg).unwrap();
    assert_eq!(image.color(), image::ColorType::L8, "the picture is not gray");
    image.into_luma8()
}

/// A change of these pictures changes what people have to read: look at contact sheets and measure again.
#[test]
fn a_seed_draws_the_same_picture_everywhere() {
    let mut renderer = Renderer::new().unwrap();
    let drawn: Vec<_> = (1..=4)
        .map(|number| {
            let picture = renderer.draw(seed(number)).unwrap();
            let digest = Sha256::digest(&picture.jpeg);
            (picture.answer, digest[..8].iter().map(|byte| format!("{byte:02x}")).collect::<String>())
        })
        .collect();
    let drawn: Vec<_> = drawn.iter().map(|(answer, digest)| (answer.as_str(), digest.as_str())).collect();
    assert_eq!(
        drawn,
        [
            ("C9W3", "31a53e3835315ca2"),
            ("AAML", "504a4fc21d91c3af"),
            ("6M6X", "736a545245be2c9f"),
            ("96XM", "ac73bfc5a516f30c")
        ]
    );
}

#[test]
fn a_picture_does_not_depend_on_those_before_it() {
    let mut used = Renderer::new().unwrap();
    for number in 0..20 {
        used.draw(seed(number)).unwrap();
    }
    assert_eq!(used.draw(seed(99)).unwrap(), Renderer::new().unwrap().draw(seed(99)).unwrap());
}

#[test]
fn every_family_is_drawn_in_its_size_and_small() {
    let mut renderer = Renderer::new().unwrap();
    let mut all = Vec::new();
    for layout in Layout::ALL {
        for noise in Noise::ALL {
            let family = Family { layout, noise };
            let mut sizes = Vec::new();
            for number in 0..20 {
                let picture = renderer.draw_family(family, seed(number)).unwrap();
                assert_eq!((picture.family, picture.answer.len()), (family, 4));
                assert_eq!(decoded(&picture).dimensions(), (WIDTH, HEIGHT));
                sizes.push(picture.jpeg.len());
            }
            sizes.sort_unstable();
            assert!(sizes[10] <= 4608, "{family:?}: the median is {} bytes", sizes[10]);
            all.extend(sizes);
        }
    }
    all.sort_unstable();
    let median = all[all.len() / 2];
    assert!(median <= 4096, "the median of all pictures is {median} bytes");
}

#[test]
fn all_families_come_up() {
    let mut renderer = Renderer::new().unwrap();
    let mut seen = Vec::new();
    for number in 0..250 {
        let family = renderer.draw(seed(number)).unwrap().family;
        if !seen.contains(&family) {
            seen.push(family);
        }
    }
    assert_eq!(seen.len(), Layout::ALL.len() * Noise::ALL.len());
}

/// Relative luminance by WCAG 2 of a gray value.
fn luminance(gray: u8) -> f64 {
    let value = f64::from(gray) / 255.0;
    if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// Everywhere in the picture foreground and background differ by 4.5 : 1 at least. The two are taken as the
/// quartiles of dark and of light pixels of a part of the picture, so that the gray of edges does
/// not count.
#[test]
fn contrast_is_enough_in_every_part() {
    let mut renderer = Renderer::new().unwrap();
    let mut parts = 0;
    for number in 0..200 {
        let picture = decoded(&renderer.draw(seed(number)).unwrap());
        for left in (0..WIDTH).step_by(44) {
            for top in (0..HEIGHT).step_by(48) {
                let (mut dark, mut light): (Vec<u8>, Vec<u8>) = (left..left + 44)
                    .flat_map(|x| (top..top + 48).map(move |y| (x, y)))
                    .map(|(x, y)| picture.get_pixel(x, y).0[0])
                    .partition(|gray| *gray < 140);
                if dark.len().min(light.len()) < 100 {
                    // all foreground or all background: nothing to read here.
                    continue;
                }
                dark.sort_unstable();
                light.sort_unstable();
                let (dark, light) = (dark[dark.len() / 2], light[light.len() / 2]);
                let contrast = (luminance(light) + 0.05) / (luminance(dark) + 0.05);
                assert!(contrast >= 4.5, "{contrast} : 1 in picture {number} at {left}, {top}");
                parts += 1;
            }
        }
    }
    assert!(parts > 1000, "only {parts} parts were compared");
}
