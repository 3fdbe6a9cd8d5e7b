//! PNG: straight from its decoder, row by row, because that of `image` wants the end of the file, too.

use std::io::{Cursor, ErrorKind};

use image::{DynamicImage, GrayAlphaImage, GrayImage, RgbImage, RgbaImage};
use minsu_ports::PictureError;
use png::{BitDepth, ColorType, Decoder, DecodingError, InterlaceInfo, InterlacedRow, Limits, Reader, Transformations};

use super::decoded::{Channels, Decoded, MAX_SIDE_DATA, orientation};
use crate::{
    framing::{check_memory, check_size},
    options::PictureOptions,
};

type Source<'a> = Cursor<&'a [u8]>;

pub(super) fn decode(upload: &[u8], options: &PictureOptions) -> Result<Decoded, PictureError> {
    let limits = Limits { bytes: usize::try_from(MAX_SIDE_DATA).unwrap_or(usize::MAX) };
    let mut decoder = Decoder::new_with_limits(Cursor::new(upload), limits);
    decoder.set_ignore_text_chunk(true);
    // Palettes and few bits become whole channels, 16 bits become 8.
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let header = decoder.read_header_info().map_err(|_| PictureError::NotAPicture)?;
    let (width, height) = (header.width, header.height);
    check_size(width, height, options)?;
    let mut reader = decoder.read_info().map_err(|error| refused(&error))?;
    let (layout, depth) = reader.output_color_type();
    let length = reader.output_buffer_size().ok_or(PictureError::TooLarge)?;
    check_memory(length as u64, options)?;
    let (profile, exif) = (reader.info().icc_profile.clone(), reader.info().exif_metadata.clone());
    let mut samples = vec![0; length];
    rows(&mut reader, &mut samples, layout)?;
    let pixels = match (layout, depth) {
        (ColorType::Grayscale, BitDepth::Eight) => GrayImage::from_raw(width, height, samples).map(DynamicImage::from),
        (ColorType::GrayscaleAlpha, BitDepth::Eight) => {
            GrayAlphaImage::from_raw(width, height, samples).map(DynamicImage::from)
        }
        (ColorType::Rgb, BitDepth::Eight) => RgbImage::from_raw(width, height, samples).map(DynamicImage::from),
        (ColorType::Rgba, BitDepth::Eight) => RgbaImage::from_raw(width, height, samples).map(DynamicImage::from),
        _ => None,
    };
    Ok(Decoded {
        pixels: pixels.ok_or(PictureError::NotAPicture)?,
        channels: Channels::Light,
        profile: profile.map(std::borrow::Cow::into_owned),
        orientation: orientation(exif.as_deref()),
    })
}

/// Reads every row of the first picture; bytes after the last one are ignored.
fn rows(reader: &mut Reader<Source<'_>>, samples: &mut [u8], layout: ColorType) -> Result<(), PictureError> {
    let (width, height, interlaced) = (reader.info().width, reader.info().height, reader.info().interlaced);
    let line = reader.output_line_size(width).ok_or(PictureError::TooLarge)?;
    if interlaced {
        let bits = u8::try_from(layout.samples() * 8).unwrap_or(u8::MAX);
        for _ in 0..interlaced_rows(width, height) {
            let row = next(reader)?;
            if let InterlaceInfo::Adam7(place) = row.interlace() {
                png::expand_interlaced_row(samples, line, row.data(), place, bits);
            }
        }
        return Ok(());
    }
    for target in samples.chunks_exact_mut(line) {
        let row = next(reader)?;
        // A first frame of an animation that is smaller than its picture is against the standard.
        if row.data().len() != line {
            return Err(PictureError::NotAPicture);
        }
        target.copy_from_slice(row.data());
    }
    Ok(())
}

fn next<'a>(reader: &'a mut Reader<Source<'_>>) -> Result<InterlacedRow<'a>, PictureError> {
    reader.next_interlaced_row().map_err(|error| refused(&error))?.ok_or(PictureError::NotAPicture)
}

/// The rows of all seven passes (PNG, 8.2); passes without columns have none.
fn interlaced_rows(width: u32, height: u32) -> u32 {
    // First column, first row, and distance of rows.
    const PASSES: [(u32, u32, u32); 7] = [(0, 0, 8), (4, 0, 8), (0, 4, 8), (2, 0, 4), (0, 2, 4), (1, 0, 2), (0, 1, 2)];
    let passes = PASSES.into_iter().filter(|&(column, _, _)| column < width);
    passes.map(|(_, row, distance)| height.saturating_sub(row).div_ceil(distance)).sum()
}

/// Why a decoder gave up behind a header that was fine.
fn refused(error: &DecodingError) -> PictureError {
    match error {
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => PictureError::Incomplete,
        DecodingError::LimitsExceeded => PictureError::TooLarge,
        _ => PictureError::NotAPicture,
    }
}
