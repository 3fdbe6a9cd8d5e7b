//! Why a call failed, without secrets and without anything of the payer.

use minsu_http::{Answer, CallError};
use minsu_ports::PaymentError;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// The most bytes of an answer that is no bill.
pub(crate) const MAX_ANSWER: usize = 256 << 10;
/// The most bytes of a bill.
pub(crate) const MAX_BILL: usize = 64 << 20;

/// A call that failed.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Call(#[from] CallError),
    /// Nothing was done. The provider's code.
    #[error("the provider refused with {0}")]
    Refused(String),
    /// Nothing was done, and the same call may succeed later.
    #[error("the provider refused for now with {0}")]
    Later(String),
    /// The provider says itself that it does not know. Its code.
    #[error("the provider answered {0}")]
    Undecided(String),
    /// The provider's code of an answer whose signature is missing or wrong: for people, not to be acted on.
    #[error("the answer is not signed by the provider: {0}")]
    Unsigned(String),
    /// A captive portal, a wrong host. Without the cause, which would show a piece of the answer.
    #[error("the answer with status {0} is not one of the provider")]
    NotTheProvider(u16),
    /// An answer to another question.
    #[error("the answer is about something else")]
    Misplaced,
    /// The state of the sandbox.
    #[error("the folder of the sandbox cannot be used")]
    Folder(#[source] std::io::Error),
}

impl Failure {
    /// For `map_err` of what reads an answer.
    pub(crate) fn not_the_provider(answer: &Answer) -> Self {
        Self::NotTheProvider(answer.status.as_u16())
    }

    /// The same for a refund: a refusal with another code than these may pass. Money that is owed is asked for again,
    /// whatever a wrong key, a wrong clock or a proxy answers meanwhile.
    pub(crate) fn final_only_for(self, codes: &[&str]) -> Self {
        match self {
            Self::Refused(code) if !codes.contains(&code.as_str()) => Self::Later(code),
            failure => failure,
        }
    }

    /// Whether the request did not reach the provider.
    pub(crate) fn is_unsent(&self) -> bool {
        matches!(self, Self::Call(CallError::Connect(_)))
    }
}

impl From<Failure> for PaymentError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(code) => Self::Refused(code),
            Failure::Later(code) => Self::Later(code),
            other => Self::Unknown(Box::new(other)),
        }
    }
}

/// A code of the provider as it may be shown: none of its texts, which may repeat what was sent.
pub(crate) fn code(text: &str) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let code: String = text.chars().filter(plain).take(64).collect();
    if code.is_empty() { "no_code".to_owned() } else { code }
}

/// Reads an answer in JSON.
pub(crate) fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, Failure> {
    serde_json::from_slice(&answer.body).map_err(|_| Failure::not_the_provider(answer))
}

/// An id of the provider, which must fit where it is kept.
pub(crate) fn id(text: Option<String>) -> Option<String> {
    text.filter(|text| (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()))
}
