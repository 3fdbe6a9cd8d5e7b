//! What one pipeline may take.

/// The limits of a pipeline. One picture being decoded takes up to 10 bytes a pixel (a
/// progressive JPEG; a plain one takes 3), so the memory ceiling is about
/// `permits × max_pixels × 10` bytes, and that only when somebody tries for it.
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
}

impl PictureOptions {
    /// Whether a picture of this size is taken.
    pub(crate) fn takes(&self, width: u32, height: u32) -> bool {
        width <= self.max_side && height <= self.max_side && u64::from(width) * u64::from(height) <= self.max_pixels
    }
}

impl Default for PictureOptions {
    /// Two at once, sixteen waiting; 52 million pixels, which takes the largest pictures that
    /// telephones make by default (8,160 × 6,144).
    fn default() -> Self {
        Self { permits: 2, queue: 16, max_pixels: 52_000_000, max_side: 16_384 }
    }
}
