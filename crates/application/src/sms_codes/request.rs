//! A request for a code.

use minsu_domain::Mobile;

use super::Purpose;
use crate::{ClientAddress, captchas::CaptchaId, proof::Solution};

/// Asks for a code.
#[derive(Debug, Clone)]
pub struct SendSmsCode {
    /// The mobile that gets the code.
    pub mobile: Mobile,
    /// The purpose of the code.
    pub purpose: Purpose,
    /// The captcha that was answered.
    pub captcha: CaptchaId,
    /// The answer.
    pub captcha_text: String,
    /// The proof of work, which sites may demand.
    pub proof: Option<Solution>,
    /// Who asks.
    pub client: ClientAddress,
}
