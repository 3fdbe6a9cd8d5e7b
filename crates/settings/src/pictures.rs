//! The section `[pictures]`.

use serde::{Deserialize, Serialize};
use validator::Validate;

use super::permits::permits;

/// What the picture pipeline takes.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct PicturesSettings {
    /// Pictures that are processed at a time; 0 means one per two cores.
    #[validate(range(max = 1024))]
    pub permits: usize,
    /// Pictures that may wait for their turn, each with its upload in memory; one more is refused.
    #[validate(range(max = 10_000))]
    pub queue: usize,
    /// Most pixels of an upload.
    #[validate(range(min = 1, max = 500_000_000))]
    pub max_pixels: u64,
    /// Most pixels of one side of an upload.
    #[validate(range(min = 1, max = 65_535))]
    pub max_side: u32,
    /// Most bytes that the pixels of one upload may take while it is decoded; more is refused before.
    #[validate(range(min = 1_000_000, max = 10_000_000_000_u64))]
    pub max_memory_bytes: u64,
}

impl PicturesSettings {
    /// Pictures that are processed at a time.
    pub fn permits(&self) -> usize {
        permits(self.permits)
    }
}

impl Default for PicturesSettings {
    fn default() -> Self {
        Self { permits: 0, queue: 16, max_pixels: 64_000_000, max_side: 16_384, max_memory_bytes: 520_000_000 }
    }
}
