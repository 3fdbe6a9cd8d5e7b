//! Embedded colour profiles: charts compared with the conversion of another implementation (see
//! `tests/profiles/make.py`), and profiles that are broken or hostile.

use std::time::{Duration, Instant};

use bytes::Bytes;
use image::{
    DynamicImage, GrayImage, ImageBuffer, ImageEncoder, Luma, Rgb, RgbImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder},
};

use crate::{Format, difference, large};

/// The largest difference from the reference, in CIEDE2000.
const TOLERANCE: f64 = 2.0;
/// The side of a patch, and patches in a row.
const PATCH: u32 = 32;
const ROW: u32 = 25;

/// A profile, and a chart: channels in the file, and the colour in sRGB by LittleCMS.
struct Chart {
    profile: &'static [u8],
    patches: Vec<(Vec<u8>, [u8; 3])>,
}

macro_rules! chart {
    ($name:literal) => {
        Chart::new(
            include_bytes!(concat!("../profiles/", $name, ".icc")),
            include_str!(concat!("../profiles/", $name, ".txt")),
        )
    };
}

impl Chart {
    fn new(profile: &'static [u8], lines: &str) -> Self {
        let patch = |line: &str| {
            let mut values: Vec<u8> = line.split(' ').map(|value| value.parse().unwrap()).collect();
            let expected = values.split_off(values.len() - 3);
            (values, expected.try_into().unwrap())
        };
        Self { profile, patches: lines.lines().map(patch).collect() }
    }

    fn size(&self) -> (u32, u32) {
        (ROW * PATCH, u32::try_from(self.patches.len()).unwrap().div_ceil(ROW) * PATCH)
    }

    /// The channels at a place; places beyond the last patch are like the first.
    fn at(&self, x: u32, y: u32) -> &[u8] {
        let place = (y / PATCH * ROW + x / PATCH) as usize;
        &self.patches.get(place).unwrap_or(&self.patches[0]).0
    }

    fn rgb(&self) -> DynamicImage {
        let (width, height) = self.size();
        RgbImage::from_fn(width, height, |x, y| Rgb(self.at(x, y).try_into().unwrap())).into()
    }

    fn grey(&self) -> DynamicImage {
        let (width, height) = self.size();
        GrayImage::from_fn(width, height, |x, y| Luma([self.at(x, y)[0]])).into()
    }

    /// Looks at the middle of every patch.
    async fn assert_converted(&self, upload: Bytes, name: &str) {
        let picture = large(upload).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        for (place, (channels, expected)) in (0..).zip(&self.patches) {
            let found = picture.get_pixel(place % ROW * PATCH + PATCH / 2, place / ROW * PATCH + PATCH / 2).0;
            let far = difference::between(found, *expected);
            assert!(far <= TOLERANCE, "{name}, {channels:?}: {found:?}, not {expected:?}: {far}");
        }
    }
}

fn embed(format: Format, pixels: &DynamicImage, profile: &[u8]) -> Bytes {
    fn write(mut encoder: impl ImageEncoder, pixels: &DynamicImage, profile: &[u8]) {
        if !profile.is_empty() {
            encoder.set_icc_profile(profile.to_vec()).unwrap();
        }
        pixels.write_with_encoder(encoder).unwrap();
    }
    let mut out = Vec::new();
    match format {
        Format::Jpeg => write(JpegEncoder::new_with_quality(&mut out, 100), pixels, profile),
        Format::Png => write(PngEncoder::new(&mut out), pixels, profile),
        Format::WebP => write(WebPEncoder::new_lossless(&mut out), pixels, profile),
    }
    out.into()
}

fn cmyk(chart: &Chart, layout: jpeg_encoder::ColorType, profile: &[u8]) -> Bytes {
    let (width, height) = chart.size();
    let pixels: Vec<u8> = (0..height).flat_map(|y| (0..width).flat_map(move |x| chart.at(x, y).to_vec())).collect();
    let mut out = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut out, 100);
    if !profile.is_empty() {
        encoder.add_icc_profile(profile).unwrap();
    }
    encoder.encode(&pixels, width as u16, height as u16, layout).unwrap();
    out.into()
}

#[tokio::test]
async fn colours_of_wide_screens_look_the_same() {
    for (name, chart) in [("P3", chart!("display-p3")), ("Adobe RGB", chart!("adobe-rgb"))] {
        let pixels = chart.rgb();
        for format in crate::FORMATS {
            chart.assert_converted(embed(format, &pixels, chart.profile), &format!("{name} {format:?}")).await;
        }
        // Sixteen bits, and alpha.
        let deep = embed(Format::Png, &pixels.to_rgb16().into(), chart.profile);
        chart.assert_converted(deep, &format!("{name}, 16 bits")).await;
        for format in [Format::Png, Format::WebP] {
            let upload = embed(format, &pixels.to_rgba8().into(), chart.profile);
            chart.assert_converted(upload, &format!("{name} {format:?} with alpha")).await;
        }
    }
}

#[tokio::test]
async fn greys_by_a_curve() {
    let chart = chart!("grey");
    let pixels = chart.grey();
    for format in [Format::Jpeg, Format::Png] {
        chart.assert_converted(embed(format, &pixels, chart.profile), &format!("{format:?}")).await;
    }
    chart.assert_converted(embed(Format::Png, &pixels.to_luma16().into(), chart.profile), "16 bits").await;
    chart.assert_converted(embed(Format::Png, &pixels.to_luma_alpha8().into(), chart.profile), "alpha").await;
}

#[tokio::test]
async fn inks_by_a_table() {
    let chart = chart!("press");
    for layout in [jpeg_encoder::ColorType::Cmyk, jpeg_encoder::ColorType::CmykAsYcck] {
        chart.assert_converted(cmyk(&chart, layout, chart.profile), &format!("{layout:?}")).await;
    }
}

/// A small picture with a profile, and without.
struct Small {
    plain: RgbImage,
}

impl Small {
    fn pixels() -> DynamicImage {
        RgbImage::from_fn(16, 16, |x, y| Rgb([200, (x * 9) as u8, (y * 9) as u8])).into()
    }

    async fn new() -> Self {
        Self { plain: large(embed(Format::Png, &Self::pixels(), &[])).await.unwrap() }
    }

    /// The picture with this profile, within bounds of time.
    async fn with(&self, profile: &[u8], name: &str) -> RgbImage {
        let mut made = None;
        for format in crate::FORMATS {
            let upload = embed(format, &Self::pixels(), profile);
            let start = Instant::now();
            let picture = large(upload).await.unwrap_or_else(|error| panic!("{name} {format:?}: {error}"));
            assert!(start.elapsed() < Duration::from_secs(10), "{name} {format:?}: {:?}", start.elapsed());
            made = Some(picture);
        }
        made.unwrap()
    }
}

/// The start of a profile of colours: header, and a table of contents of these entries.
fn contents(entries: &[(&[u8; 4], u32, u32)]) -> Vec<u8> {
    let mut profile = include_bytes!("../profiles/display-p3.icc")[..128].to_vec();
    profile.extend(u32::try_from(entries.len()).unwrap().to_be_bytes());
    for (name, place, length) in entries {
        profile.extend(*name);
        profile.extend(place.to_be_bytes());
        profile.extend(length.to_be_bytes());
    }
    profile
}

#[tokio::test]
async fn profiles_for_other_channels_do_not_matter() {
    let small = Small::new().await;
    for (name, profile) in [("grey", chart!("grey").profile), ("press", chart!("press").profile)] {
        assert_eq!(small.with(profile, name).await, small.plain, "{name}");
    }
    let chart = chart!("press");
    let plain = large(cmyk(&chart, jpeg_encoder::ColorType::Cmyk, &[])).await;
    let other = cmyk(&chart, jpeg_encoder::ColorType::Cmyk, chart!("display-p3").profile);
    assert_eq!(large(other).await, plain);
}

#[tokio::test]
async fn what_is_no_profile_does_not_matter() {
    let small = Small::new().await;
    let long = [chart!("display-p3").profile, &[0; 5 << 20]].concat();
    for (name, profile) in [("words", b"no profile".as_slice()), ("zeros", &[0; 4000]), ("5 MB", &long)] {
        assert_eq!(small.with(profile, name).await, small.plain, "{name}");
    }
}

/// Entries that overlap make much of little: texts of a megabyte, a hundred thousand times.
#[tokio::test]
async fn tables_of_contents_that_multiply_do_not_matter() {
    let small = Small::new().await;
    let mut texts = contents(&[(b"desc", 144, 1 << 20)]);
    texts.extend(b"mluc\0\0\0\0\0\x01\0\0\0\0\0\x0c");
    for _ in 0..1 << 16 {
        texts.extend(b"enUS\0\x0c\0\0\0\0\0\x1c");
    }
    texts.resize((1 << 20) + 144, b'x');
    assert_eq!(small.with(&texts, "texts").await, small.plain);

    let table = &chart!("press").profile[132 + 36..];
    let mut tables = contents(&vec![(b"A2B0", 132 + 12 * 80_000, table.len() as u32); 80_000]);
    tables.extend(table);
    assert_eq!(small.with(&tables, "tables").await, small.plain);
}

/// Whatever a byte of a profile is, the picture is taken, and nothing takes long.
#[tokio::test]
async fn damaged_profiles_do_not_matter() {
    let small = Small::new().await;
    for chart in [chart!("display-p3"), chart!("adobe-rgb")] {
        for length in (0..chart.profile.len()).step_by(29) {
            small.with(&chart.profile[..length], &format!("{length} bytes")).await;
        }
        for at in (0..chart.profile.len()).step_by(3) {
            let mut damaged = chart.profile.to_vec();
            damaged[at] = [0x00, 0xFF, 0x7F, 0x80, damaged[at] ^ 1][at / 3 % 5];
            small.with(&damaged, &format!("byte {at}")).await;
        }
    }
    let chart = Chart { patches: vec![(vec![90, 10, 200, 30], [0; 3])], ..chart!("press") };
    let start = Instant::now();
    for at in (0..168).chain((168..230).step_by(3)).chain((1000..chart.profile.len()).step_by(5000)) {
        let mut damaged = chart.profile.to_vec();
        damaged[at] = [0xFF, 0x00, 0x10, 0x80][at % 4];
        let upload = cmyk(&chart, jpeg_encoder::ColorType::Cmyk, &damaged);
        assert!(large(upload).await.is_ok(), "byte {at}");
    }
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn the_charts_tell_apart_what_is_converted() {
    for (chart, least) in [(chart!("display-p3"), 4.0), (chart!("adobe-rgb"), 4.0)] {
        let far = |(channels, expected): &(Vec<u8>, [u8; 3])| {
            difference::between(channels.as_slice().try_into().unwrap(), *expected)
        };
        let most = chart.patches.iter().map(far).fold(0.0, f64::max);
        assert!(most > least, "{most}");
    }
}

/// Without a profile a picture keeps its numbers.
#[tokio::test]
async fn numbers_without_a_profile_are_srgb() {
    let pixels = ImageBuffer::from_pixel(32, 32, Rgb([128u8, 192, 0]));
    let picture = large(embed(Format::Png, &pixels.into(), &[])).await.unwrap();
    assert!(difference::between(picture.get_pixel(16, 16).0, [128, 192, 0]) < TOLERANCE);
}
