//! Payments: attempts, refunds, what providers said, and the ledger.

mod attempts;
mod backlog;
mod differences;
mod events;
mod ledger;
mod refunds;
mod rows;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};
use minsu_domain::{
    Attempt, AttemptNumber, AttemptState, LedgerAccount, OrderId, PaymentId, PaymentProviderKind, PaymentRefund,
    Received, RefundId, RefundNumber, RefundProgress, SignedMoney, Transfer, UserId,
};
use minsu_ports::{
    AttemptStart, Difference, LockedOrder, NewAttempt, NewRefund, PaymentRepo, ProviderBacklog, ProviderEvent,
    StartedPayment, StatementLine, StoreError,
};

pub(super) use self::rows::state_number;
use crate::session::SqlSession;

#[async_trait]
impl PaymentRepo for SqlSession {
    async fn add_attempt(
        &mut self,
        order: &LockedOrder,
        attempt: &NewAttempt,
    ) -> Result<Option<PaymentId>, StoreError> {
        self.insert_attempt(order.order(), attempt).await
    }

    async fn attempt(&mut self, id: PaymentId) -> Result<Option<Attempt>, StoreError> {
        Ok(self.attempts(|sql| _ = sql.push("id = ").bind(id.get())).await?.pop())
    }

    async fn attempt_of_number(&mut self, number: &AttemptNumber) -> Result<Option<Attempt>, StoreError> {
        Ok(self.attempts(|sql| _ = sql.push("number = ").bind(number.as_str())).await?.pop())
    }

    async fn attempts_of(&mut self, orders: &[OrderId]) -> Result<Vec<Attempt>, StoreError> {
        if orders.is_empty() { Ok(vec![]) } else { self.attempts(|sql| rows::is_one_of(sql, orders)).await }
    }

    async fn start_of(&mut self, id: PaymentId) -> Result<Option<AttemptStart>, StoreError> {
        self.attempt_start(id).await
    }

    async fn open_attempt(&mut self, id: PaymentId, started: &StartedPayment) -> Result<bool, StoreError> {
        self.opened(id, started).await
    }

    async fn pay_attempt(&mut self, id: PaymentId, received: &Received) -> Result<bool, StoreError> {
        self.paid(id, received).await
    }

    async fn close_attempt(&mut self, id: PaymentId) -> Result<bool, StoreError> {
        self.closed(id, &attempts::LIVE).await
    }

    async fn refuse_attempt(&mut self, id: PaymentId) -> Result<bool, StoreError> {
        self.closed(id, &[AttemptState::New]).await
    }

    async fn check_attempt_at(&mut self, id: PaymentId, next: DateTime<Utc>) -> Result<(), StoreError> {
        self.put_off("payment_attempts", id.get(), next).await
    }

    async fn attempts_to_check(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<PaymentId>, StoreError> {
        self.due_attempts(now, limit).await
    }

    async fn add_refund(&mut self, refund: &NewRefund) -> Result<Option<RefundId>, StoreError> {
        self.insert_refund(refund).await
    }

    async fn refund(&mut self, id: RefundId) -> Result<Option<PaymentRefund>, StoreError> {
        Ok(self.refunds(|sql| _ = sql.push("id = ").bind(id.get())).await?.pop())
    }

    async fn refund_of_number(&mut self, number: &RefundNumber) -> Result<Option<PaymentRefund>, StoreError> {
        Ok(self.refunds(|sql| _ = sql.push("number = ").bind(number.as_str())).await?.pop())
    }

    async fn refunds_of(&mut self, orders: &[OrderId]) -> Result<Vec<PaymentRefund>, StoreError> {
        if orders.is_empty() { Ok(vec![]) } else { self.refunds(|sql| rows::is_one_of(sql, orders)).await }
    }

    async fn failed_refunds(
        &mut self,
        after: Option<RefundId>,
        limit: u32,
    ) -> Result<Vec<(PaymentRefund, String)>, StoreError> {
        self.refunds_that_failed(after, limit).await
    }

    async fn move_refund(
        &mut self,
        id: RefundId,
        from: RefundProgress,
        to: RefundProgress,
        reference: Option<String>,
        failure: Option<String>,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.moved(id, (from, to), reference, failure, at).await
    }

    async fn check_refund_at(&mut self, id: RefundId, next: DateTime<Utc>) -> Result<(), StoreError> {
        self.put_off("refunds", id.get(), next).await
    }

    async fn refunds_to_send(&mut self, now: DateTime<Utc>, limit: u32) -> Result<Vec<RefundId>, StoreError> {
        self.due_refunds(now, limit).await
    }

    async fn note_event(&mut self, event: &ProviderEvent) -> Result<bool, StoreError> {
        self.noted(event).await
    }

    async fn post(&mut self, transfer: &Transfer, at: DateTime<Utc>) -> Result<bool, StoreError> {
        self.posted(transfer, at).await
    }

    async fn transfers_of(&mut self, orders: &[OrderId]) -> Result<Vec<Transfer>, StoreError> {
        if orders.is_empty() { Ok(vec![]) } else { self.transfers(orders).await }
    }

    async fn balances(&mut self) -> Result<Vec<(LedgerAccount, SignedMoney)>, StoreError> {
        self.sums().await
    }

    async fn orders_with_money(&mut self, after: Option<OrderId>, limit: u32) -> Result<Vec<OrderId>, StoreError> {
        self.money_orders(after, limit).await
    }

    async fn statement(
        &mut self,
        landlord: UserId,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<StatementLine>, StoreError> {
        self.statement_lines(landlord, after, limit).await
    }

    async fn received_between(&mut self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<Attempt>, StoreError> {
        self.attempts(|sql| _ = sql.push("received_at >= ").bind(from).push(" AND received_at < ").bind(to)).await
    }

    async fn refunded_between(
        &mut self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<PaymentRefund>, StoreError> {
        self.refunds(|sql| {
            sql.push("progress = ").bind(rows::progress_number(RefundProgress::Done));
            sql.push(" AND ended_at >= ").bind(from).push(" AND ended_at < ").bind(to);
        })
        .await
    }

    async fn set_differences(
        &mut self,
        provider: PaymentProviderKind,
        day: NaiveDate,
        differences: &[Difference],
    ) -> Result<(), StoreError> {
        self.replace_differences(provider, day, differences).await
    }

    async fn count_differences(&mut self, since: NaiveDate) -> Result<u64, StoreError> {
        self.difference_count(since).await
    }

    async fn backlog(&mut self) -> Result<Vec<ProviderBacklog>, StoreError> {
        self.backlogs().await
    }

    async fn forget_events(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        self.forgotten(before, limit).await
    }

    async fn count_events(&mut self, before: DateTime<Utc>) -> Result<u64, StoreError> {
        self.to_forget(before).await
    }

    async fn forget_differences(&mut self, before: NaiveDate) -> Result<u64, StoreError> {
        self.forgotten_differences(before).await
    }

    async fn count_old_differences(&mut self, before: NaiveDate) -> Result<u64, StoreError> {
        self.old_differences(before).await
    }
}
