//! The outbox for developers without a telephone.

use async_trait::async_trait;
use minsu_domain::Mobile;

/// A code that the outbox may have taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DevCode<'a> {
    /// The answer of the captcha with this id.
    Captcha(&'a str),
    /// The SMS code that was sent to this mobile.
    Sms(&'a Mobile),
}

/// Records captcha answers, in profile dev only: they are written next to the SMS
/// codes, so that a person or a script can sign up without a picture viewer.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait DevOutbox: Send + Sync {
    /// Records that the captcha with this id, as the client named it, has this answer.
    async fn captcha(&self, id: &str, answer: &str);

    /// The newest code of this kind that was recorded or sent a short while ago.
    async fn newest<'a>(&self, code: DevCode<'a>) -> Option<String>;
}
