//! Telemetry: counts of signals that change no state.

use crate::{Job, Work};

/// An occurrence that writes no row. It names no person and no id. Changes of state
/// are [`minsu_domain::Event`]s and are counted by a subscriber of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// A captcha was drawn and handed out.
    CaptchaIssued,
    /// A captcha was answered correctly.
    CaptchaSolved,
    /// A captcha was answered incorrectly.
    CaptchaMissed,
    /// A captcha was answered that is too old, was answered already, or never existed.
    CaptchaExpired,
    /// The SMS service accepted a message.
    SmsSent,
    /// The SMS service did not accept a message.
    SmsRefused,
    /// A message was not sent because a budget was used up.
    SmsOverBudget,
    /// The code of a message was used.
    SmsCodeUsed,
    /// Heavy work was refused, because too much of it was waiting.
    WorkRefused(Work),
    /// A proof of work was accepted.
    ProofAccepted,
    /// A proof of work was wrong, too old or used before.
    ProofRefused,
    /// A run of the jobs of the clock ended.
    JobsRan,
    /// A job did its work for a subject.
    JobDone(Job),
    /// A job failed for a subject and tries again.
    JobFailed(Job),
    /// A job failed for a subject too often and does not try again.
    JobDead(Job),
    /// Something happened to a payment.
    Payment(PaymentSignal),
    /// Something happened to a calendar of another site.
    Feed(FeedSignal),
    /// Something happened to a delivery to a webhook.
    Webhook(WebhookSignal),
    /// Something happened to a message to a person.
    Message(MessageSignal),
    /// A request claimed an idempotency key.
    KeyClaimed,
    /// A request was answered by what its key had stored.
    KeyReplayed,
    /// A request came while another under the same key was running.
    KeyRunning,
    /// A request brought the key of another request.
    KeyReused,
    /// A request took over a key whose effect was committed and never answered.
    KeyRecovered,
}

/// What happens to payments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentSignal {
    /// A verified message of a provider was taken in.
    NoticeTaken,
    /// A message was not believed, or was about nothing of this site.
    NoticeRefused,
    /// A payment was confirmed.
    Received,
    /// A payment was confirmed that pays no order: all of it goes back.
    PaidBack,
    /// A refund was confirmed.
    Refunded,
    /// A refund failed for good.
    RefundFailed,
    /// A provider refused a call, or gave no verified answer.
    ProviderFailed,
    /// The bill of a provider differs from the payments here.
    Difference,
}

impl PaymentSignal {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::NoticeTaken,
        Self::NoticeRefused,
        Self::Received,
        Self::PaidBack,
        Self::Refunded,
        Self::RefundFailed,
        Self::ProviderFailed,
        Self::Difference,
    ];

    /// Its name in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoticeTaken => "notice_taken",
            Self::NoticeRefused => "notice_refused",
            Self::Received => "received",
            Self::PaidBack => "paid_back",
            Self::Refunded => "refunded",
            Self::RefundFailed => "refund_failed",
            Self::ProviderFailed => "provider_failed",
            Self::Difference => "difference",
        }
    }
}

/// What happens to calendars of other sites, and to those that these are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedSignal {
    /// A good answer with content.
    Read,
    /// An answer that says that nothing changed.
    Unchanged,
    /// No good answer.
    Failed,
    /// The poll came too late: the landlord changed the feed meanwhile.
    Dropped,
    /// A feed lost suspiciously many days.
    Held,
    /// A stay at another site lies on days of an order here.
    Conflict,
    /// Another site fetched a calendar of this one.
    Served,
}

impl FeedSignal {
    /// Every one.
    pub const ALL: [Self; 7] =
        [Self::Read, Self::Unchanged, Self::Failed, Self::Dropped, Self::Held, Self::Conflict, Self::Served];

    /// Its name in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
            Self::Held => "held",
            Self::Conflict => "conflict",
            Self::Served => "served",
        }
    }
}

/// Counts signals. Called while a request is handled: it returns at once and never fails.
#[cfg_attr(feature = "testkit", mockall::automock)]
pub trait Telemetry: Send + Sync {
    /// Counts one signal.
    fn count(&self, signal: Signal);
}

/// What happens to deliveries to webhooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookSignal {
    /// A receiver took one.
    Delivered,
    /// An attempt failed, and another one follows.
    Failed,
    /// It is not tried again.
    Parked,
    /// A webhook was turned off.
    Disabled,
}

impl WebhookSignal {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Delivered, Self::Failed, Self::Parked, Self::Disabled];

    /// Its name in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Parked => "parked",
            Self::Disabled => "disabled",
        }
    }
}

/// What happens to messages to people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageSignal {
    /// The SMS service took one, or may have.
    Sent,
    /// The SMS service did not take it.
    Refused,
    /// It waits until its person may get another one.
    PutOff,
    /// It is not sent: the person does not want it, or it is too old.
    Dropped,
}

impl MessageSignal {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Sent, Self::Refused, Self::PutOff, Self::Dropped];

    /// Its name in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::PutOff => "put_off",
            Self::Dropped => "dropped",
        }
    }
}
