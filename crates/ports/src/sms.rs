//! Text messages.

use std::time::Duration;

use async_trait::async_trait;
use minsu_domain::Mobile;
use thiserror::Error;

/// The error of sending a message.
#[derive(Debug, Error)]
pub enum SmsError {
    /// The service refused it or could not be reached: nothing was sent. The source tells neither the number
    /// nor the code.
    #[error("the sms was not sent")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The service gave no answer in time, or only a part of one: the message may have been sent. The source
    /// tells neither the number nor the code.
    #[error("it is not known whether the sms was sent")]
    Unanswered(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A message that is no code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsMessage {
    /// The name of the event that it is about.
    pub event: &'static str,
    /// The id of its template at the service.
    pub template: String,
    /// The values of the template with their names, in their order.
    pub values: Vec<(&'static str, String)>,
    /// The message as a sentence, for a sender without templates.
    pub text: String,
}

/// Sends verification codes and messages.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait SmsSender: Send + Sync {
    /// Sends a code that lives so long.
    ///
    /// # Errors
    /// [`SmsError`].
    async fn send_code(&self, to: &Mobile, code: &str, lifetime: Duration) -> Result<(), SmsError>;

    /// Sends a message.
    ///
    /// # Errors
    /// [`SmsError`].
    async fn send_message(&self, to: &Mobile, message: &SmsMessage) -> Result<(), SmsError>;

    /// Whether the service accepts our credentials, as far as it can be asked without sending a message.
    ///
    /// # Errors
    /// [`SmsError`].
    async fn probe(&self) -> Result<(), SmsError>;
}
