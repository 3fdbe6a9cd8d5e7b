//! The section `[search]`.

use serde::{Deserialize, Serialize};
use validator::Validate;

/// The search for houses.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct SearchSettings {
    /// Number of matches where counting stops: the number of pages is exact up to it.
    #[validate(range(min = 1, max = 1_000_000))]
    pub max_results: u64,
}

impl Default for SearchSettings {
    fn default() -> Self {
        Self { max_results: 1000 }
    }
}
