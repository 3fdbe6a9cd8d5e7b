//! A decoded picture.

use image::{DynamicImage, metadata::Orientation};

/// The bytes that a decoder may allocate for anything but pixels: a colour profile, EXIF data, a row.
pub(super) const MAX_SIDE_DATA: u64 = 16 << 20;

/// The meaning of the channels of decoded pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channels {
    /// Grey or red, green and blue, maybe with alpha.
    Light,
    /// Four inks (cyan, magenta, yellow, black) as JPEGs have them: 255 is no ink.
    Inks,
    /// The same, the first three of them as luminance and two differences of colour.
    MixedInks,
}

/// A decoded picture as it lies in the file, eight bits a channel.
pub(crate) struct Decoded {
    pub(crate) pixels: DynamicImage,
    pub(crate) channels: Channels,
    /// The embedded colour profile as it came.
    pub(crate) profile: Option<Vec<u8>>,
    /// How the picture must be turned.
    pub(crate) orientation: Orientation,
}

/// How EXIF data says that the picture must be turned. A picture whose EXIF data is broken is still a
/// picture.
pub(super) fn orientation(exif: Option<&[u8]>) -> Orientation {
    exif.and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms)
}
