//! The section `[captcha]`.

use minsu_ports::SpokenLanguage;
use serde::{Deserialize, Serialize};
use validator::Validate;

use super::permits::permits;

/// The language of spoken captchas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CaptchaVoice {
    /// 普通话.
    Mandarin,
    /// English.
    English,
}

/// The drawing of captchas, and speaking them for people who do not see pictures.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct CaptchaSettings {
    /// Captchas that are drawn at a time, and as many that are spoken; 0 means one per two cores.
    #[validate(range(max = 1024))]
    pub permits: usize,
    /// Captchas that may wait for their turn; one more is refused.
    #[validate(range(max = 100_000))]
    pub queue: usize,
    /// `mandarin` or `english`: what captchas are spoken in.
    pub voice: CaptchaVoice,
}

impl CaptchaSettings {
    /// Captchas that are drawn at a time.
    pub fn permits(&self) -> usize {
        permits(self.permits)
    }

    /// What captchas are spoken in.
    pub fn language(&self) -> SpokenLanguage {
        match self.voice {
            CaptchaVoice::Mandarin => SpokenLanguage::Mandarin,
            CaptchaVoice::English => SpokenLanguage::English,
        }
    }
}

impl Default for CaptchaSettings {
    fn default() -> Self {
        Self { permits: 0, queue: 256, voice: CaptchaVoice::Mandarin }
    }
}
