//! What the sandbox knows of an attempt: the lines of its file.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use minsu_domain::{AttemptNumber, Money};
use minsu_ports::{PaymentRequest, ProviderState, Receipt, SandboxPayment};
use serde::{Deserialize, Serialize};

/// A line. Times are seconds since 1970, amounts are in 分.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Entry {
    Made(Made),
    Failed { at: i64 },
    Paid { at: i64 },
    Closed { at: i64 },
    Refunded { at: i64, number: String, amount: i64 },
}

/// The fields of an attempt, which a repeated start must have, too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Made {
    pub(super) amount: i64,
    pub(super) subject: String,
    pub(super) expires_at: i64,
    pub(super) return_url: String,
}

impl Made {
    pub(super) fn of(request: &PaymentRequest) -> Self {
        Self {
            amount: request.amount.fen(),
            subject: request.subject.clone(),
            expires_at: request.expires_at.timestamp(),
            return_url: request.return_url.clone(),
        }
    }
}

/// All lines of an attempt.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    pub(super) made: Option<Made>,
    pub(super) refunds: BTreeMap<String, i64>,
    /// How many lines there are.
    pub(super) length: usize,
    paid: bool,
    closed: bool,
}

impl Record {
    /// The record after one more line.
    pub(super) fn with(&self, entry: Entry) -> Self {
        let mut after = self.clone();
        after.length += 1;
        match entry {
            Entry::Made(made) => after.made = Some(made),
            Entry::Failed { .. } => {}
            Entry::Paid { .. } => after.paid = true,
            Entry::Closed { .. } => after.closed = true,
            Entry::Refunded { number, amount, .. } => {
                after.refunds.insert(number, amount);
            }
        }
        after
    }

    /// What was paid.
    pub(super) fn paid_amount(&self) -> Option<i64> {
        self.made.as_ref().filter(|_| self.paid).map(|made| made.amount)
    }

    /// What was paid back.
    pub(super) fn refunded(&self) -> i64 {
        self.refunds.values().sum()
    }

    /// Why nothing can be paid any more.
    pub(super) fn is_over(&self, now: DateTime<Utc>) -> Option<&'static str> {
        let expired = self.made.as_ref().is_some_and(|made| now.timestamp() >= made.expires_at);
        match (self.paid, self.closed) {
            (true, _) => Some("paid"),
            (_, true) => Some("closed"),
            _ => expired.then_some("expired"),
        }
    }

    /// What the sandbox says as a provider.
    pub(super) fn state(&self, number: &AttemptNumber, now: DateTime<Utc>) -> ProviderState {
        let money = |fen| Money::from_fen(fen).unwrap_or(Money::ZERO);
        match (&self.made, self.is_over(now)) {
            (None, _) => ProviderState::NotFound,
            (Some(made), Some("paid")) => ProviderState::Paid(Receipt {
                amount: money(made.amount),
                transaction: format!("sandbox-{}", number.as_str()),
                refunded: money(self.refunded()),
            }),
            (Some(_), Some(_)) => ProviderState::Closed,
            (Some(_), None) => ProviderState::Open,
        }
    }

    /// What its page shows.
    pub(super) fn shown(&self, number: &AttemptNumber, now: DateTime<Utc>) -> Option<SandboxPayment> {
        let made = self.made.as_ref()?;
        Some(SandboxPayment {
            number: number.clone(),
            subject: made.subject.clone(),
            amount: Money::from_fen(made.amount).unwrap_or(Money::ZERO),
            state: self.state(number, now),
            expires_at: DateTime::from_timestamp(made.expires_at, 0).unwrap_or(now),
            return_url: made.return_url.clone(),
        })
    }
}
