//! From the colours of the file to those of every screen: sRGB, by the embedded profile.
//!
//! Profiles are untrusted input. One is used when it describes the channels of the picture and is no
//! larger than 4 MiB, and only the tags that define colours are read. A profile that cannot be used is
//! ignored and the samples are taken as sRGB; it never refuses a picture.

use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind},
};

use image::{RgbImage, RgbaImage};
use minsu_ports::PictureError;
use moxcms::{ColorProfile, DataColorSpace, Layout, ParsingOptions, TransformOptions};

use crate::decode::Channels;

/// The largest profile that is looked at, in bytes. Those of printing presses have 0.5 to 3 MB, all
/// others some kilobytes.
const MAX_PROFILE: usize = 4 << 20;
/// The most entries in a profile's table of contents; usual ones have 9 to 30.
const MAX_TAGS: usize = 100;
/// The entries that describe the channels. All others (texts, the way back to the device) are
/// left unread: their sizes multiply where they overlap.
const TAGS: [&[u8; 4]; 13] = [
    b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"wtpt", b"chad", b"cicp", b"A2B0", b"A2B1", b"A2B2",
];
/// Header and length of the table of contents, and one of its entries, in bytes (ICC.1, 7.2 and 7.3).
const HEADER: usize = 132;
const ENTRY: usize = 12;

/// Samples of four channels as red, green and blue in sRGB.
pub(crate) fn srgb(samples: RgbaImage, channels: Channels, profile: Option<&[u8]>) -> Result<RgbImage, PictureError> {
    let (width, height) = samples.dimensions();
    let mut samples = samples.into_raw();
    if channels == Channels::MixedInks {
        samples.chunks_exact_mut(4).for_each(unmix);
    }
    let converted = profile.and_then(|profile| {
        // A panic in the decoder of profiles is a defect, but the picture is still converted, without its profile.
        catch_unwind(AssertUnwindSafe(|| by_profile(&samples, channels, profile))).ok().flatten()
    });
    let pixels = converted.unwrap_or_else(|| match channels {
        Channels::Light => samples.chunks_exact(4).flat_map(|it| [it[0], it[1], it[2]]).collect(),
        Channels::Inks | Channels::MixedInks => samples.chunks_exact(4).flat_map(without_profile).collect(),
    });
    RgbImage::from_raw(width, height, pixels).ok_or(PictureError::Encoding)
}

/// The samples by their profile; `None` when it is not to be used.
fn by_profile(samples: &[u8], channels: Channels, profile: &[u8]) -> Option<Vec<u8>> {
    let limits = ParsingOptions {
        max_profile_size: MAX_PROFILE + 1,
        max_allowed_clut_size: MAX_PROFILE,
        ..ParsingOptions::default()
    };
    let mut profile = ColorProfile::new_from_slice_with_options(&essential(profile)?, limits).ok()?;
    let (layout, samples): (_, Cow<'_, [u8]>) = match (channels, profile.color_space) {
        (Channels::Light, DataColorSpace::Rgb) => (Layout::Rgba, samples.into()),
        (Channels::Light, DataColorSpace::Gray) => (Layout::Gray, grey(samples)?.into()),
        (Channels::Inks | Channels::MixedInks, DataColorSpace::Cmyk) => {
            // Profiles count colorant, files its absence.
            (Layout::Rgba, samples.iter().map(|sample| u8::MAX - sample).collect::<Vec<_>>().into())
        }
        _ => return None,
    };
    if profile.lut_a_to_b_perceptual.is_none() {
        profile.lut_a_to_b_perceptual =
            profile.lut_a_to_b_colorimetric.take().or_else(|| profile.lut_a_to_b_saturation.take());
    }
    // Fixed point is off by 3 in CIEDE2000 where inks are dark.
    let exact = TransformOptions { prefer_fixed_point: false, ..TransformOptions::default() };
    let target = ColorProfile::new_srgb();
    let transform = profile.create_transform_8bit(layout, &target, Layout::Rgb, exact).ok()?;
    let mut pixels = vec![0; samples.len() / layout.channels() * 3];
    transform.transform(&samples, &mut pixels).ok()?;
    Some(pixels)
}

/// The profile with only the needed entries in its table of contents, once each.
fn essential(profile: &[u8]) -> Option<Vec<u8>> {
    let count = u32::from_be_bytes(*profile.get(HEADER - 4..)?.first_chunk()?) as usize;
    if profile.len() > MAX_PROFILE || count > MAX_TAGS {
        return None;
    }
    let mut copy = profile.to_vec();
    let mut seen = [false; TAGS.len()];
    for entry in copy.get_mut(HEADER..HEADER + count * ENTRY)?.chunks_exact_mut(ENTRY) {
        let known = TAGS.iter().position(|&tag| entry.starts_with(tag));
        if known.is_none_or(|place| std::mem::replace(&mut seen[place], true)) {
            entry[..4].fill(0);
        }
    }
    Some(copy)
}

/// The one channel of a grey picture; `None` when it has colours.
fn grey(samples: &[u8]) -> Option<Vec<u8>> {
    samples.chunks_exact(4).map(|it| (it[0] == it[1] && it[1] == it[2]).then_some(it[0])).collect()
}

/// Luminance and differences of colour become three inks (ITU-T T.871, 7, and what Adobe makes of it: the
/// complement of red, green and blue).
fn unmix(sample: &mut [u8]) {
    let (y, cb, cr) = (f32::from(sample[0]), f32::from(sample[1]) - 128.0, f32::from(sample[2]) - 128.0);
    let light = [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb];
    for (colorant, light) in sample.iter_mut().zip(light) {
        // Saturates.
        *colorant = (255.0 - light).round() as u8;
    }
}

/// Each light is what its colorant and black leave of it.
fn without_profile(sample: &[u8]) -> [u8; 3] {
    let black = u32::from(sample[3]);
    [0, 1, 2].map(|colorant| u8::try_from((u32::from(sample[colorant]) * black + 127) / 255).unwrap_or(u8::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn luminance_and_differences_become_inks() {
        for (mixed, inks) in [
            ([255, 128, 128, 9], [0, 0, 0, 9]),
            ([0, 128, 128, 9], [255, 255, 255, 9]),
            ([76, 85, 255, 9], [1, 255, 255, 9]),
        ] {
            let mut sample = mixed;
            unmix(&mut sample);
            assert_eq!(sample, inks);
        }
    }

    #[test]
    fn only_what_describes_channels_is_kept_of_a_profile() {
        let mut profile = vec![0; HEADER - 4];
        profile.extend(4_u32.to_be_bytes());
        for tag in [b"desc", b"rXYZ", b"rXYZ", b"B2A0"] {
            profile.extend(tag);
            profile.extend([0, 0, 0, 144, 0, 0, 0, 20]);
        }
        let kept = essential(&profile).unwrap();
        let tags: Vec<_> = kept[HEADER..].chunks_exact(ENTRY).map(|entry| &entry[..4]).collect();
        assert_eq!(tags, [&[0; 4], b"rXYZ", &[0; 4], &[0; 4]]);
        profile[HEADER - 1] = 5;
        assert_eq!(essential(&profile), None);
        profile[HEADER - 2] = 1;
        assert_eq!(essential(&profile), None);
        assert_eq!(essential(&[0; 131]), None);
    }
}
