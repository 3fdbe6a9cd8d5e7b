//! The objects of answers and events.

use std::collections::BTreeMap;

use minsu_domain::{AttemptNumber, Money, RefundNumber};
use minsu_ports::{ProviderState, Receipt, RefundState};
use serde::Deserialize;

use crate::failure::id;

/// The currency of every amount: its smallest unit is 分.
pub(super) const CURRENCY: &str = "cny";
/// The name under which payments and refunds carry the number of the attempt.
pub(super) const ATTEMPT: &str = "minsu_attempt";
/// The name under which refunds carry their number.
pub(super) const REFUND: &str = "minsu_refund";

/// A page of objects.
#[derive(Deserialize)]
pub(super) struct List<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

/// A Checkout session.
#[derive(Deserialize)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) client_reference_id: Option<String>,
    pub(super) url: Option<String>,
    status: Option<String>,
    payment_status: Option<String>,
    payment_intent: Option<String>,
    amount_total: Option<i64>,
    currency: Option<String>,
}

impl Session {
    pub(super) fn is_about(&self, number: &AttemptNumber) -> bool {
        self.client_reference_id.as_deref() == Some(number.as_str())
    }

    pub(super) fn is_in_yuan(&self) -> bool {
        self.currency.as_deref().is_none_or(|currency| currency == CURRENCY)
    }

    /// The payment of a complete session that waits for the money of a slow method, or has waited in vain: the session
    /// does not tell which.
    pub(super) fn awaited(&self) -> Option<&str> {
        let waits = self.status.as_deref() == Some("complete") && self.payment_status.as_deref() == Some("unpaid");
        self.payment_intent.as_deref().filter(|_| waits)
    }

    /// What it says; none where it lacks something. A complete session that is not paid waits for a slow method.
    pub(super) fn state(&self) -> Option<ProviderState> {
        if self.payment_status.as_deref() == Some("paid") {
            let amount = Money::from_fen(self.amount_total?).ok().filter(|_| self.is_in_yuan())?;
            let transaction = id(self.payment_intent.clone())?;
            return Some(ProviderState::Paid(Receipt { amount, transaction, refunded: Money::ZERO }));
        }
        Some(match self.status.as_deref()? {
            "open" | "complete" => ProviderState::Open,
            "expired" => ProviderState::Closed,
            _ => return None,
        })
    }
}

/// A payment as such.
#[derive(Deserialize)]
pub(super) struct Intent {
    pub(super) id: String,
    status: String,
}

impl Intent {
    /// Whether the money of a slow method did not come: the payer cannot go back to a complete session.
    pub(super) fn is_in_vain(&self) -> bool {
        matches!(self.status.as_str(), "requires_payment_method" | "canceled")
    }
}

/// A refund.
#[derive(Deserialize)]
pub(super) struct Refund {
    id: String,
    pub(super) amount: i64,
    pub(super) currency: Option<String>,
    status: Option<String>,
    #[serde(default)]
    metadata: Option<BTreeMap<String, String>>,
}

impl Refund {
    fn named(&self, name: &str) -> Option<&str> {
        self.metadata.as_ref()?.get(name).map(String::as_str)
    }

    /// Its number, if it is one of ours.
    pub(super) fn number(&self) -> Option<RefundNumber> {
        RefundNumber::parse(self.named(REFUND)?)
    }

    /// The attempt that it belongs to, if it is one of ours.
    pub(super) fn attempt(&self) -> Option<AttemptNumber> {
        AttemptNumber::parse(self.named(ATTEMPT)?)
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// The number of the attempt as it is written, or nothing.
    pub(super) fn raw_attempt(&self) -> &str {
        self.named(ATTEMPT).unwrap_or_default()
    }

    pub(super) fn state(&self) -> Option<RefundState> {
        Some(match self.status.as_deref()? {
            "succeeded" => RefundState::Done,
            "pending" | "requires_action" => RefundState::Pending(id(Some(self.id.clone()))),
            status @ ("failed" | "canceled") => RefundState::Failed(status.to_owned()),
            _ => return None,
        })
    }
}

/// A charge: what was paid.
#[derive(Deserialize)]
pub(super) struct Charge {
    pub(super) id: String,
    pub(super) amount: i64,
    pub(super) currency: String,
    pub(super) paid: bool,
    #[serde(default)]
    pub(super) metadata: Option<BTreeMap<String, String>>,
}

/// The balance, of which nothing is read.
#[derive(Deserialize)]
pub(super) struct Balance {}
