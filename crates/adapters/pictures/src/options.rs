//! The limits of a pipeline.

/// The limits of a pipeline. Its memory ceiling is `permits` × (`max_memory` and some tens of megabytes
/// for the picture being made), reached by hostile uploads only: a photograph of a telephone
/// takes 3 bytes a pixel while it is decoded, a progressive one 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureOptions {
    /// How many pictures are processed at the same time; at least one.
    pub permits: usize,
    /// How many more may wait for their turn, each with its upload in memory.
    pub queue: usize,
    /// The most pixels of an upload: width × height.
    pub max_pixels: u64,
    /// The most pixels of one side of an upload.
    pub max_side: u32,
    /// The most bytes that the pixels of one upload may take while it is decoded, counted before it is:
    /// an upload that needs more is refused, whatever its number of pixels.
    pub max_memory: u64,
}

impl PictureOptions {
    /// Whether a picture of this size is taken.
    pub(crate) fn takes(&self, width: u32, height: u32) -> bool {
        width <= self.max_side && height <= self.max_side && u64::from(width) * u64::from(height) <= self.max_pixels
    }
}

impl Default for PictureOptions {
    /// Two at once, sixteen waiting; 64 million pixels in half a gigabyte, which takes the panoramas of
    /// telephones (16,382 × 3,628) and the largest pictures that they make by default (8,160 × 6,144).
    fn default() -> Self {
        Self { permits: 2, queue: 16, max_pixels: 64_000_000, max_side: 16_384, max_memory: 520_000_000 }
    }
}
