//! Small files that would become large in memory. Alone in its process, so that its memory can be
//! measured.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::{
    fs,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::future::join_all;
use minsu_pictures::{ImagePictures, PictureOptions};
use minsu_ports::{
    PictureError, PictureProcessor,
    testkit::picture_processor::{jpeg_header, png, png_header},
};

/// The memory that the process has (`VmRSS`), or the most that it had since that was last forgotten
/// (`VmHWM`), in kilobytes.
fn memory(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// A PNG whose colour profile inflates to a gigabyte.
fn profile_bomb() -> Bytes {
    let mut bits = vec![0x78, 0x01];
    // One final block with fixed codes: a zero byte, then that byte 258 times, again and again. The
    // codes stand with their first bit first, in bytes that begin at their lowest bit.
    let zero = [0, 0, 1, 1, 0, 0, 0, 0];
    let again = [1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0];
    let stream = [1, 1, 0].into_iter().chain(zero).chain(again.into_iter().cycle().take(13 * (1 << 22)));
    let stream: Vec<u8> = stream.collect();
    bits.extend(stream.chunks(8).map(|byte| byte.iter().rev().fold(0, |byte, bit| byte << 1 | bit)));
    let profile = [b"icc\0\0".as_slice(), &bits].concat();
    let picture = png(8, 8);
    let mut crc = u32::MAX;
    for byte in b"iCCP".iter().chain(&profile) {
        crc = (0..8).fold(crc ^ u32::from(*byte), |crc, _| crc >> 1 ^ (0xEDB8_8320 * (crc & 1)));
    }
    // Signature and header chunk are 33 bytes.
    let length = u32::try_from(profile.len()).unwrap().to_be_bytes();
    [&picture[..33], &length, b"iCCP", &profile, &(!crc).to_be_bytes(), &picture[33..]].concat().into()
}

/// A lossless WebP that promises 16,384 × 16,384 pixels.
fn webp_bomb() -> Bytes {
    Bytes::from_static(b"RIFF\x16\0\0\0WEBPVP8L\x0a\0\0\0\x2f\xff\xff\xff\x0f\0\0\0\0\0")
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_bombs_at_once_cost_neither_time_nor_memory() {
    let pictures = ImagePictures::new(PictureOptions { queue: 40, ..PictureOptions::default() }).unwrap();
    let headers = [png_header(50_000, 50_000), jpeg_header(50_000, 50_000), webp_bomb()];
    let profile = profile_bomb();
    assert!(profile.len() < 8 << 20);
    // Forgets the peak of making the bomb.
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = memory("VmRSS");

    let start = Instant::now();
    let answers = join_all((0..20).map(|turn| pictures.house(headers[turn % 3].clone()))).await;
    let taken = start.elapsed();
    assert!(answers.iter().all(|answer| *answer == Err(PictureError::TooLarge)), "{answers:?}");
    assert!(taken < Duration::from_secs(5), "{taken:?}");

    // A profile is no reason to refuse a picture.
    let answers = join_all((0..20).map(|_| pictures.avatar(profile.clone()))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");

    let more = memory("VmHWM") - before;
    // Two at a time, some tens of megabytes each, and what the allocator keeps of it for every thread that
    // once decoded; a single bomb that went off would take a gigabyte.
    assert!(more < 400_000, "{more} kB more");
}
