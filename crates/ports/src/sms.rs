//! Text messages.

use std::time::Duration;

use async_trait::async_trait;
use minsu_domain::Mobile;
use thiserror::Error;

/// The message was not sent.
#[derive(Debug, Error)]
pub enum SmsError {
    /// The service refused it, failed, or gave no answer in time. The source tells neither the
    /// number nor the code.
    #[error("the sms was not sent")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Sends verification codes.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait SmsSender: Send + Sync {
    /// Sends a code that lives so long.
    ///
    /// # Errors
    /// [`SmsError`]; the message may have been sent all the same when no answer came in time.
    async fn send_code(&self, to: &Mobile, code: &str, lifetime: Duration) -> Result<(), SmsError>;

    /// Whether the service takes our credentials, as far as it tells without sending anything.
    ///
    /// # Errors
    /// [`SmsError`].
    async fn probe(&self) -> Result<(), SmsError>;
}
