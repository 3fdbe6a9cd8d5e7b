//! Picture captchas: issued under an id that the client made, answered once.

mod id;
mod issue;
mod redeem;

pub use id::CaptchaId;
pub use issue::{IssueCaptcha, issue};
pub(crate) use redeem::redeem;
