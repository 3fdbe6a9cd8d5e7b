//! The other side of the sandbox: what its page shows and does in place of a provider's.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use minsu_domain::{AttemptNumber, Money};

use crate::{PaymentError, ProviderState, RawNotice};

/// A payment as the sandbox's page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxPayment {
    /// The number of the attempt.
    pub number: AttemptNumber,
    /// What the payer reads.
    pub subject: String,
    /// What has to be paid.
    pub amount: Money,
    /// Where it stands; never [`ProviderState::NotFound`].
    pub state: ProviderState,
    /// When no money is taken any more.
    pub expires_at: DateTime<Utc>,
    /// Where the browser goes afterwards.
    pub return_url: String,
}

/// A button of the sandbox's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SandboxButton {
    /// The payment succeeds.
    Pay,
    /// It fails; it can be tried again.
    Fail,
    /// It is given up for good.
    Close,
}

impl SandboxButton {
    /// All of them, with the names that the page gives them.
    pub const ALL: [(&'static str, Self); 3] = [("pay", Self::Pay), ("fail", Self::Fail), ("close", Self::Close)];

    /// The button of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, button)| button)
    }
}

/// What follows from a button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxReply {
    /// The message that a provider would send now, signed like one. [`crate::PaymentProvider::read_notice`] reads it.
    pub notice: RawNotice,
    /// Where the browser goes.
    pub return_url: String,
}

/// The sandbox, for the page of the site that plays the provider.
#[async_trait]
pub trait PaymentSandbox: Send + Sync {
    /// The payment of a page's token; none for a token that the sandbox did not make.
    ///
    /// # Errors
    /// [`PaymentError`].
    async fn shown(&self, token: &str) -> Result<Option<SandboxPayment>, PaymentError>;

    /// Presses a button; none for a token that the sandbox did not make. When it returns, the payment is kept: the
    /// message may get lost, and asking the provider tells it all the same.
    ///
    /// # Errors
    /// [`PaymentError::Refused`] for a payment that is paid, closed or expired.
    async fn press(&self, token: &str, button: SandboxButton) -> Result<Option<SandboxReply>, PaymentError>;
}
