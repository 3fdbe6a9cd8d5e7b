//! Payments in the store: attempts, refunds, what providers said, and the ledger.

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{
    Attempt, AttemptNumber, LedgerAccount, Money, OrderId, PaymentId, PaymentMethod, PaymentProviderKind,
    PaymentRefund, Received, RefundId, RefundNumber, RefundProgress, RefundReason, SignedMoney, Transfer, UserId,
};

use crate::{LockedOrder, PaymentAction, StartedPayment, StoreError};

/// An attempt to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttempt {
    /// Its number for the provider.
    pub number: AttemptNumber,
    /// How the guest pays.
    pub method: PaymentMethod,
    /// What has to be paid.
    pub amount: Money,
    /// The page to which the provider sends the browser back; at most 1,000 characters.
    pub return_url: String,
    /// The payer's network address; at most 64 characters.
    pub payer_address: Option<String>,
    /// When it is made.
    pub created_at: DateTime<Utc>,
    /// When the provider takes no money for it any more.
    pub expires_at: DateTime<Utc>,
    /// When the provider is asked about it for the first time.
    pub next_check_at: DateTime<Utc>,
}

/// How an attempt was started: repeated calls say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptStart {
    /// The page to which the provider sends the browser back.
    pub return_url: String,
    /// The payer's network address, until the attempt is settled.
    pub payer_address: Option<String>,
    /// What the guest's browser does to pay, once the provider told it and until the attempt is settled.
    pub action: Option<PaymentAction>,
    /// When that leads nowhere any more, where it is before the attempt expires.
    pub action_ends_at: Option<DateTime<Utc>>,
}

impl AttemptStart {
    /// What the guest's browser does to pay at `now`; none before the provider told it, and none once it has ended.
    pub fn action_at(&self, now: DateTime<Utc>) -> Option<&PaymentAction> {
        self.action.as_ref().filter(|_| self.action_ends_at.is_none_or(|end| now < end))
    }
}

/// A refund to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRefund {
    /// Its number for the provider.
    pub number: RefundNumber,
    /// The payment.
    pub payment: PaymentId,
    /// What is paid back.
    pub amount: Money,
    /// Why.
    pub reason: RefundReason,
    /// When it is made, and the provider is called for the first time.
    pub created_at: DateTime<Utc>,
}

/// What is open between the site and a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderBacklog {
    /// The provider.
    pub provider: PaymentProviderKind,
    /// Attempts that can still be paid, or of which that is not known.
    pub attempts: u64,
    /// Refunds that are neither done nor failed.
    pub refunds: u64,
    /// When the oldest of these refunds was made.
    pub oldest_refund: Option<DateTime<Utc>>,
}

/// A verified message of a provider, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderEvent {
    /// The provider.
    pub provider: PaymentProviderKind,
    /// Its id of the message; at most 255 characters.
    pub id: String,
    /// The number of the attempt that it is about.
    pub number: AttemptNumber,
    /// What it said: a fixed word.
    pub kind: &'static str,
    /// When it came in.
    pub received_at: DateTime<Utc>,
}

/// A line of a landlord's statement: what an order earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// The order.
    pub order: OrderId,
    /// When it was earned.
    pub at: DateTime<Utc>,
    /// What the guest paid for it and did not get back.
    pub earned: Money,
    /// What the site keeps of it.
    pub fee: Money,
}

/// How an entry of a provider's bill and ours differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DifferenceKind {
    /// It is on the bill and not here.
    NotHere,
    /// It is here and not on the bill.
    NotThere,
    /// The amounts differ.
    OtherAmount,
    /// It is on the bill more than once.
    Twice,
}

impl DifferenceKind {
    /// Its name in the store and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotHere => "not_here",
            Self::NotThere => "not_there",
            Self::OtherAmount => "other_amount",
            Self::Twice => "twice",
        }
    }
}

/// A difference between a provider's bill and the payments here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The number of the attempt or the refund, as the bill or the store has it.
    pub number: String,
    /// How they differ.
    pub kind: DifferenceKind,
    /// The amount on the bill.
    pub theirs: Option<Money>,
    /// The amount here.
    pub ours: Option<Money>,
}

/// Payments in the store. What one method writes is one statement or belongs to the transaction; no method calls a
/// provider. Every change of a state is a compare-and-swap that tells whether it was the first.
#[cfg_attr(feature = "testkit", mockall::automock)]
#[async_trait]
pub trait PaymentRepo: Send {
    /// Adds an attempt to pay the locked order; none where it has one that can still be paid.
    async fn add_attempt(&mut self, order: &LockedOrder, attempt: &NewAttempt)
    -> Result<Option<PaymentId>, StoreError>;

    /// The attempt with this id.
    async fn attempt(&mut self, id: PaymentId) -> Result<Option<Attempt>, StoreError>;

    /// The attempt with this number.
    async fn attempt_of_number(&mut self, number: &AttemptNumber) -> Result<Option<Attempt>, StoreError>;

    /// Every attempt of these orders, in the order in which they were made.
    async fn attempts_of(&mut self, orders: &[OrderId]) -> Result<Vec<Attempt>, StoreError>;

    /// How an attempt was started.
    async fn start_of(&mut self, id: PaymentId) -> Result<Option<AttemptStart>, StoreError>;

    /// Opens an attempt that can be paid with the provider's own id and what the browser does, in place of what it did
    /// before; `false` where it cannot be paid any more.
    async fn open_attempt(&mut self, id: PaymentId, started: &StartedPayment) -> Result<bool, StoreError>;

    /// Writes down what was received for an attempt that has not been paid, closed or not; `false` where it has. The
    /// payer's address and what the browser did are forgotten.
    async fn pay_attempt(&mut self, id: PaymentId, received: &Received) -> Result<bool, StoreError>;

    /// Closes an attempt that could be paid; `false` where it could not any more. The payer's address and what
    /// the browser did are forgotten.
    async fn close_attempt(&mut self, id: PaymentId) -> Result<bool, StoreError>;

    /// Closes a new attempt, which the provider refused to start; `false` where it is not new any more. The payer's
    /// address is forgotten.
    async fn refuse_attempt(&mut self, id: PaymentId) -> Result<bool, StoreError>;

    /// Sets when the provider is asked about an attempt again.
    async fn check_attempt_at(&mut self, id: PaymentId, next: DateTime<Utc>) -> Result<(), StoreError>;

    /// Attempts that can be paid and that are to be asked about at `now`, those of the longest ago first, without
    /// those that [`crate::Job::SettlePayments`] failed for and is not to try again yet.
    async fn attempts_to_check(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<PaymentId>, StoreError>;

    /// Adds a refund of a received payment; none where all refunds together would be more than was received. Of
    /// simultaneous calls as many succeed as the payment has money for.
    async fn add_refund(&mut self, refund: &NewRefund) -> Result<Option<RefundId>, StoreError>;

    /// The refund with this id.
    async fn refund(&mut self, id: RefundId) -> Result<Option<PaymentRefund>, StoreError>;

    /// The refund with this number.
    async fn refund_of_number(&mut self, number: &RefundNumber) -> Result<Option<PaymentRefund>, StoreError>;

    /// Every refund of these orders, in the order in which they were made.
    async fn refunds_of(&mut self, orders: &[OrderId]) -> Result<Vec<PaymentRefund>, StoreError>;

    /// Failed refunds with the provider's code, those with the lowest ids first, behind `after`, at most `limit`.
    async fn failed_refunds(
        &mut self,
        after: Option<RefundId>,
        limit: u32,
    ) -> Result<Vec<(PaymentRefund, String)>, StoreError>;

    /// Moves a refund on; `false` where it is no longer in `from`. The provider's id is kept once it is known, and a
    /// failure with its code, of which at most 200 characters are kept. One that is asked for again has neither an end
    /// nor a code.
    async fn move_refund(
        &mut self,
        id: RefundId,
        from: RefundProgress,
        to: RefundProgress,
        reference: Option<String>,
        failure: Option<String>,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// Sets when the provider is called about a refund again.
    async fn check_refund_at(&mut self, id: RefundId, next: DateTime<Utc>) -> Result<(), StoreError>;

    /// Refunds that are neither done nor failed and are due at `now`, those of the longest ago first, without those
    /// that [`crate::Job::SendRefunds`] failed for and is not to try again yet.
    async fn refunds_to_send(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<RefundId>, StoreError>;

    /// Keeps a message of a provider; `false` where it is there already.
    async fn note_event(&mut self, event: &ProviderEvent) -> Result<bool, StoreError>;

    /// Writes a transfer into the ledger; `false` where one of its key is there already. Nothing is ever changed in it.
    async fn post(&mut self, transfer: &Transfer, at: DateTime<Utc>) -> Result<bool, StoreError>;

    /// The transfers of these orders, by their keys.
    async fn transfers_of(&mut self, orders: &[OrderId]) -> Result<Vec<Transfer>, StoreError>;

    /// The balance of each account that has entries.
    async fn balances(&mut self) -> Result<Vec<(LedgerAccount, SignedMoney)>, StoreError>;

    /// The orders that have an attempt or an entry in the ledger, by their ids, behind `after`, at most `limit`.
    async fn orders_with_money(&mut self, after: Option<OrderId>, limit: u32) -> Result<Vec<OrderId>, StoreError>;

    /// What the orders of a landlord earned, those with the lowest ids first, behind `after`, at most `limit`.
    async fn statement(
        &mut self,
        landlord: UserId,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<StatementLine>, StoreError>;

    /// Attempts whose payment was learnt from `from` on and before `to`.
    async fn received_between(&mut self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Attempt>, StoreError>;

    /// Refunds that were confirmed from `from` on and before `to`.
    async fn refunded_between(
        &mut self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<PaymentRefund>, StoreError>;

    /// Writes the differences of a day of a provider in place of those that an earlier comparison found.
    async fn set_differences(
        &mut self,
        provider: PaymentProviderKind,
        day: NaiveDate,
        differences: &[Difference],
    ) -> Result<(), StoreError>;

    /// How many differences are written down, of this day and later ones.
    async fn count_differences(&mut self, since: NaiveDate) -> Result<u64, StoreError>;

    /// What is open at each provider that has anything open, in the order of [`PaymentProviderKind::ALL`].
    async fn backlog(&mut self) -> Result<Vec<ProviderBacklog>, StoreError>;

    /// Forgets messages of providers that came in before that instant, at most `limit` of them, and returns how many.
    async fn forget_events(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError>;

    /// How many messages [`Self::forget_events`] would delete.
    async fn count_events(&mut self, before: DateTime<Utc>) -> Result<u64, StoreError>;

    /// Forgets the differences of days before that one, and returns how many.
    async fn forget_differences(&mut self, before: NaiveDate) -> Result<u64, StoreError>;

    /// How many differences [`Self::forget_differences`] would delete.
    async fn count_old_differences(&mut self, before: NaiveDate) -> Result<u64, StoreError>;
}
