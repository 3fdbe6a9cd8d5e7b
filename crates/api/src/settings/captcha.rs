//! The section `[captcha]`.

use serde::{Deserialize, Serialize};
use validator::Validate;

/// The drawing of captchas.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct CaptchaSettings {
    /// Captchas that are drawn at a time.
    #[validate(range(min = 1, max = 1024))]
    pub permits: usize,
    /// Captchas that may wait for their turn; one more is refused.
    #[validate(range(max = 100_000))]
    pub queue: usize,
}

impl Default for CaptchaSettings {
    fn default() -> Self {
        Self { permits: 2, queue: 256 }
    }
}
