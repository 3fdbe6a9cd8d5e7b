//! The section `[captcha]`.

use serde::{Deserialize, Serialize};
use validator::Validate;

use super::permits::permits;

/// The drawing of captchas.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct CaptchaSettings {
    /// Captchas that are drawn at a time; 0 means one per two cores.
    #[validate(range(max = 1024))]
    pub permits: usize,
    /// Captchas that may wait for their turn; one more is refused.
    #[validate(range(max = 100_000))]
    pub queue: usize,
}

impl CaptchaSettings {
    /// Captchas that are drawn at a time.
    pub fn permits(&self) -> usize {
        permits(self.permits)
    }
}

impl Default for CaptchaSettings {
    fn default() -> Self {
        Self { permits: 0, queue: 256 }
    }
}
