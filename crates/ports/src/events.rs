//! What happened, for whoever counts.

use minsu_domain::OrderStatus;

/// Something that happened and is settled: committed, sent, answered. It names no person and no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A captcha was drawn and given away.
    CaptchaIssued,
    /// A captcha was answered rightly.
    CaptchaSolved,
    /// A captcha was answered wrongly.
    CaptchaMissed,
    /// A captcha was answered that is too old, was answered already, or never was.
    CaptchaExpired,
    /// The SMS service took a message.
    SmsSent,
    /// The SMS service did not take a message.
    SmsRefused,
    /// An order came into this state.
    OrderEntered(OrderStatus),
}

/// Takes notice of events. Called on the way of a request: it returns at once and never fails.
#[cfg_attr(feature = "testkit", mockall::automock)]
pub trait Events: Send + Sync {
    /// This happened.
    fn happened(&self, event: Event);
}
