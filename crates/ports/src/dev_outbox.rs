//! What a developer without a telephone reads.

use async_trait::async_trait;

/// Takes notice of captcha answers, in profile dev only: there they are written next to the SMS
/// codes, so that a person or a script can sign up without a picture viewer.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait DevOutbox: Send + Sync {
    /// The captcha with this id, as the client named it, has this answer.
    async fn captcha(&self, id: &str, answer: &str);
}
