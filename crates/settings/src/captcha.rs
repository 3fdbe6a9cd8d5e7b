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
    /// Whether captchas are spoken, too, for people who do not see pictures. A program that knows the voices reads
    /// most recordings (docs/captcha.md). Profile dev: true.
    pub audio: bool,
    /// `mandarin` or `english`: what captchas are spoken in.
    pub voice: CaptchaVoice,
    /// Demands a proof of work (ALTCHA's scheme) with every SMS that is asked for: the largest number that a
    /// browser may have to try, 100000 for about a second of a telephone. 0 demands none. The native API and
    /// the site's pages pose and take it; pages of the old dialects cannot send it, so that they get no SMS
    /// (docs/captcha.md).
    #[validate(range(max = 100_000_000))]
    pub proof_of_work: u32,
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
        Self { permits: 0, queue: 256, audio: false, voice: CaptchaVoice::Mandarin, proof_of_work: 0 }
    }
}
