//! Picture captchas: issued under an id that the client made, spoken for people who cannot see them,
//! answered once.

mod id;
mod issue;
mod keep;
mod redeem;
mod speak;

pub use id::CaptchaId;
pub use issue::{IssueCaptcha, issue};
pub use keep::{keep, picture};
pub(crate) use redeem::redeem;
pub use speak::{SpeakCaptcha, speak};
