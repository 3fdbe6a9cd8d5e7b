//! The payments of the store in memory.

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

use super::memory::Memory;

impl Memory {
    fn live(&mut self, id: PaymentId) -> Option<&mut Attempt> {
        self.state.attempts.get_mut(&id).map(|(attempt, _)| attempt).filter(|attempt| attempt.state.is_live())
    }
}

#[async_trait]
impl PaymentRepo for Memory {
    async fn add_attempt(&mut self, order: &LockedOrder, new: &NewAttempt) -> Result<Option<PaymentId>, StoreError> {
        let order = order.order();
        if self.state.attempts.values().any(|(attempt, _)| attempt.order == order && attempt.state.is_live()) {
            return Ok(None);
        }
        let id = PaymentId::new(self.state.attempts.len() as i64 + 1).unwrap();
        let attempt = Attempt {
            id,
            number: new.number.clone(),
            order,
            method: new.method,
            amount: new.amount,
            state: AttemptState::New,
            reference: None,
            received: None,
            created_at: new.created_at,
            expires_at: new.expires_at,
        };
        let (return_url, payer_address) = (new.return_url.clone(), new.payer_address.clone());
        self.state
            .attempts
            .insert(id, (attempt, AttemptStart { return_url, payer_address, action: None, action_ends_at: None }));
        Ok(Some(id))
    }

    async fn attempt(&mut self, id: PaymentId) -> Result<Option<Attempt>, StoreError> {
        Ok(self.state.attempts.get(&id).map(|(attempt, _)| attempt.clone()))
    }

    async fn attempt_of_number(&mut self, number: &AttemptNumber) -> Result<Option<Attempt>, StoreError> {
        let mut attempts = self.state.attempts.values().map(|(attempt, _)| attempt);
        Ok(attempts.find(|attempt| attempt.number == *number).cloned())
    }

    async fn attempts_of(&mut self, orders: &[OrderId]) -> Result<Vec<Attempt>, StoreError> {
        let attempts = self.state.attempts.values().map(|(attempt, _)| attempt);
        Ok(attempts.filter(|attempt| orders.contains(&attempt.order)).cloned().collect())
    }

    async fn start_of(&mut self, id: PaymentId) -> Result<Option<AttemptStart>, StoreError> {
        Ok(self.state.attempts.get(&id).map(|(_, start)| start.clone()))
    }

    async fn open_attempt(&mut self, id: PaymentId, started: &StartedPayment) -> Result<bool, StoreError> {
        let Some((attempt, start)) = self.state.attempts.get_mut(&id) else { return Ok(false) };
        if !attempt.state.is_live() {
            return Ok(false);
        }
        (attempt.state, attempt.reference) = (AttemptState::Open, started.reference.clone());
        (start.action, start.action_ends_at) = (Some(started.action.clone()), started.ends_at);
        Ok(true)
    }

    async fn pay_attempt(&mut self, id: PaymentId, received: &Received) -> Result<bool, StoreError> {
        let Some((attempt, _)) = self.state.attempts.get_mut(&id) else { return Ok(false) };
        if attempt.state == AttemptState::Paid {
            return Ok(false);
        }
        (attempt.state, attempt.received) = (AttemptState::Paid, Some(received.clone()));
        Ok(true)
    }

    async fn close_attempt(&mut self, id: PaymentId) -> Result<bool, StoreError> {
        Ok(self.live(id).map(|attempt| attempt.state = AttemptState::Closed).is_some())
    }

    async fn refuse_attempt(&mut self, id: PaymentId) -> Result<bool, StoreError> {
        let attempt = self.live(id).filter(|attempt| attempt.state == AttemptState::New);
        Ok(attempt.map(|attempt| attempt.state = AttemptState::Closed).is_some())
    }

    async fn check_attempt_at(&mut self, _: PaymentId, _: DateTime<Utc>) -> Result<(), StoreError> {
        Ok(())
    }

    async fn attempts_to_check(&mut self, _: DateTime<Utc>, _: u32) -> Result<Vec<PaymentId>, StoreError> {
        unreachable!("the walk chooses")
    }

    async fn add_refund(&mut self, new: &NewRefund) -> Result<Option<RefundId>, StoreError> {
        let Some((attempt, _)) = self.state.attempts.get(&new.payment) else { return Ok(None) };
        let received = attempt.received.as_ref().map_or(0, |received| received.amount.fen());
        let others = self.state.refunds.values().filter(|refund| refund.payment == new.payment);
        if others.map(|refund| refund.amount.fen()).sum::<i64>() + new.amount.fen() > received {
            return Ok(None);
        }
        let id = RefundId::new(self.state.refunds.len() as i64 + 1).unwrap();
        let refund = PaymentRefund {
            id,
            number: new.number.clone(),
            payment: new.payment,
            order: attempt.order,
            amount: new.amount,
            reason: new.reason,
            progress: RefundProgress::Asked,
            reference: None,
            created_at: new.created_at,
        };
        self.state.refunds.insert(id, refund);
        Ok(Some(id))
    }

    async fn refund(&mut self, id: RefundId) -> Result<Option<PaymentRefund>, StoreError> {
        Ok(self.state.refunds.get(&id).cloned())
    }

    async fn refund_of_number(&mut self, number: &RefundNumber) -> Result<Option<PaymentRefund>, StoreError> {
        Ok(self.state.refunds.values().find(|refund| refund.number == *number).cloned())
    }

    async fn refunds_of(&mut self, orders: &[OrderId]) -> Result<Vec<PaymentRefund>, StoreError> {
        Ok(self.state.refunds.values().filter(|refund| orders.contains(&refund.order)).cloned().collect())
    }

    async fn failed_refunds(
        &mut self,
        _: Option<RefundId>,
        _: u32,
    ) -> Result<Vec<(PaymentRefund, String)>, StoreError> {
        unreachable!("not walked")
    }

    async fn move_refund(
        &mut self,
        id: RefundId,
        from: RefundProgress,
        to: RefundProgress,
        reference: Option<String>,
        _: Option<String>,
        _: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let Some(refund) = self.state.refunds.get_mut(&id).filter(|refund| refund.progress == from) else {
            return Ok(false);
        };
        refund.progress = to;
        refund.reference = reference.or(refund.reference.take());
        Ok(true)
    }

    async fn check_refund_at(&mut self, _: RefundId, _: DateTime<Utc>) -> Result<(), StoreError> {
        Ok(())
    }

    async fn refunds_to_send(&mut self, _: DateTime<Utc>, _: u32) -> Result<Vec<RefundId>, StoreError> {
        unreachable!("the walk chooses")
    }

    async fn note_event(&mut self, event: &ProviderEvent) -> Result<bool, StoreError> {
        Ok(self.state.events.insert(event.id.clone()))
    }

    async fn post(&mut self, transfer: &Transfer, _: DateTime<Utc>) -> Result<bool, StoreError> {
        if transfer.entries.is_empty() || self.state.ledger.contains_key(&transfer.key) {
            return Ok(false);
        }
        self.state.ledger.insert(transfer.key.clone(), transfer.clone());
        Ok(true)
    }

    async fn transfers_of(&mut self, orders: &[OrderId]) -> Result<Vec<Transfer>, StoreError> {
        Ok(self.state.ledger.values().filter(|transfer| orders.contains(&transfer.order)).cloned().collect())
    }

    async fn balances(&mut self) -> Result<Vec<(LedgerAccount, SignedMoney)>, StoreError> {
        unreachable!("not walked")
    }

    async fn orders_with_money(&mut self, _: Option<OrderId>, _: u32) -> Result<Vec<OrderId>, StoreError> {
        unreachable!("not walked")
    }

    async fn statement(&mut self, _: UserId, _: Option<OrderId>, _: u32) -> Result<Vec<StatementLine>, StoreError> {
        unreachable!("not walked")
    }

    async fn received_between(&mut self, _: DateTime<Utc>, _: DateTime<Utc>) -> Result<Vec<Attempt>, StoreError> {
        unreachable!("not walked")
    }

    async fn refunded_between(&mut self, _: DateTime<Utc>, _: DateTime<Utc>) -> Result<Vec<PaymentRefund>, StoreError> {
        unreachable!("not walked")
    }

    async fn set_differences(
        &mut self,
        _: PaymentProviderKind,
        _: NaiveDate,
        _: &[Difference],
    ) -> Result<(), StoreError> {
        unreachable!("not walked")
    }

    async fn count_differences(&mut self, _: NaiveDate) -> Result<u64, StoreError> {
        unreachable!("not walked")
    }

    async fn backlog(&mut self) -> Result<Vec<ProviderBacklog>, StoreError> {
        unreachable!("not walked")
    }

    async fn forget_events(&mut self, _: DateTime<Utc>, _: u32) -> Result<u64, StoreError> {
        unreachable!("not walked")
    }

    async fn count_events(&mut self, _: DateTime<Utc>) -> Result<u64, StoreError> {
        unreachable!("not walked")
    }

    async fn forget_differences(&mut self, _: NaiveDate) -> Result<u64, StoreError> {
        unreachable!("not walked")
    }

    async fn count_old_differences(&mut self, _: NaiveDate) -> Result<u64, StoreError> {
        unreachable!("not walked")
    }
}
