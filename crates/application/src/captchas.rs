//! Picture captchas: issued under an id that the client made, spoken for who does not see them,
//! answered once.

mod id;
mod issue;
mod redeem;
mod speak;

pub use id::CaptchaId;
pub use issue::{IssueCaptcha, issue};
pub(crate) use redeem::redeem;
pub use speak::{SpeakCaptcha, speak};
