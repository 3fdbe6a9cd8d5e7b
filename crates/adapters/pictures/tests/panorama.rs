//! The largest pictures that telephones make. Alone in its process, so that its memory can be measured.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::fs;

use bytes::Bytes;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use minsu_pictures::{ImagePictures, PictureOptions};
use minsu_ports::{PictureProcessor, testkit::picture_processor::jpeg_size};

/// The memory that the process has (`VmRSS`), or the most that it had since that was last forgotten
/// (`VmHWM`), in kilobytes.
fn memory(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// A panorama as telephones make it.
fn panorama(progressive: bool) -> Bytes {
    let (width, height) = (16_382_u32, 3_628_u32);
    let pixels: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).flat_map(move |x| [(x / 65) as u8, (y / 15) as u8, (x / 64 + y / 64) as u8]))
        .collect();
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 80);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_progressive(progressive);
    encoder.encode(&pixels, width as u16, height as u16, ColorType::Rgb).unwrap();
    file.into()
}

#[tokio::test]
async fn panoramas_are_taken_within_the_bound_of_memory() {
    let options = PictureOptions::default();
    let pictures = ImagePictures::new(options).unwrap();
    for (progressive, bound) in [(false, 300_000), (true, options.max_memory / 1000)] {
        let upload = panorama(progressive);
        // Forgets the peak of making it.
        fs::write("/proc/self/clear_refs", "5").unwrap();
        let before = memory("VmRSS");
        let picture = pictures.house(upload.clone()).await.unwrap();
        let more = memory("VmHWM") - before;
        assert_eq!(jpeg_size(&picture.large), Some((1920, 425)));
        assert_eq!(jpeg_size(&picture.small), Some((640, 142)));
        assert!(more < bound, "{more} kB more, progressive: {progressive}");
        fs::write("/proc/self/clear_refs", "5").unwrap();
        assert_eq!(jpeg_size(&pictures.avatar(upload).await.unwrap()), Some((256, 256)));
        let more = memory("VmHWM") - before;
        assert!(more < bound, "{more} kB more for a portrait, progressive: {progressive}");
    }
}
