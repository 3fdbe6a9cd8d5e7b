//! Paying back.

use chrono::{DateTime, TimeDelta, Utc};
use minsu_domain::{
    Event, Money, OrderEvent, OrderStatus, PaymentId, PaymentRefund, Received, RefundId, RefundNumber, RefundProgress,
    RefundReason, Transfer, TransitionRefused,
};
use minsu_ports::{
    FaultPoint, NewRefund, PaymentError, PaymentProvider, PaymentSignal, RefundRequest, RefundState, Signal, StoreError,
};

use super::ask::{known, provider_of};
use crate::{App, AppError, PaymentFailed, transaction::in_transaction};

/// How long a provider has before it is asked about a refund that it accepted, and called again where it gave no answer:
/// longer and longer.
const SOONEST: TimeDelta = TimeDelta::seconds(15);
/// The longest pause.
const LATEST: TimeDelta = TimeDelta::hours(1);
/// Failed refunds that are read at once.
const FAILED: u32 = 200;

/// Writes down a refund of a payment at the site's cost; the clock carries it out. An order that has not ended is cancelled
/// instead.
///
/// # Errors
/// [`PaymentFailed::NotFound`], [`crate::OrderError::TransitionRefused`] for an order that has not ended,
/// [`PaymentFailed::TooMuch`] where all refunds together would be more than was received.
pub async fn pay_back(app: &App, payment: PaymentId, amount: Money) -> Result<(), AppError> {
    let number = RefundNumber::from_random(app.random());
    let created_at = app.clock.now();
    in_transaction(app, async |transaction| {
        let attempt = transaction.payments().attempt(payment).await?;
        let attempt = attempt.filter(|attempt| attempt.received.is_some()).ok_or(PaymentFailed::NotFound)?;
        let order = transaction.orders().find(attempt.order).await?.ok_or(PaymentFailed::NotFound)?;
        // Before, the order is canceled instead, which gives everything back.
        if !matches!(order.status, OrderStatus::WaitComment | OrderStatus::Complete | OrderStatus::Canceled) {
            return Err(TransitionRefused::WrongState.into());
        }
        let number = number.clone();
        let refund = NewRefund { number, payment, amount, reason: RefundReason::Site, created_at };
        let added = transaction.payments().add_refund(&refund).await?;
        added.map(|_| ()).ok_or(PaymentFailed::TooMuch.into())
    })
    .await
}

/// A refund that failed, and the provider's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedRefund {
    /// The refund.
    pub refund: PaymentRefund,
    /// Why it failed.
    pub code: String,
}

/// The refunds that failed, those with the lowest ids first.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn failed_refunds(app: &App) -> Result<Vec<FailedRefund>, AppError> {
    let mut failed: Vec<FailedRefund> = Vec::new();
    loop {
        let after = failed.last().map(|failed| failed.refund.id);
        let page = app.store.read_own().await?.payments().failed_refunds(after, FAILED).await?;
        let is_last = page.len() < FAILED as usize;
        failed.extend(page.into_iter().map(|(refund, code)| FailedRefund { refund, code }));
        if is_last {
            return Ok(failed);
        }
    }
}

/// Asks for a refund again that failed; the clock carries it out, under the same number: what the provider has carried out
/// after all is not paid back twice. `false` for one that has not failed.
///
/// # Errors
/// [`PaymentFailed::NotFound`].
pub async fn retry_refund(app: &App, id: RefundId) -> Result<bool, AppError> {
    let now = app.clock.now();
    in_transaction(app, async |transaction| {
        transaction.payments().refund(id).await?.ok_or(PaymentFailed::NotFound)?;
        let (from, to) = (RefundProgress::Failed, RefundProgress::Asked);
        let moved = transaction.payments().move_refund(id, from, to, None, None, now).await?;
        if moved {
            transaction.payments().check_refund_at(id, now).await?;
        }
        Ok(moved)
    })
    .await
}

/// The work of the clock on a refund: the provider is called until it confirms or refuses for good. The number stays the
/// same, so that it is paid back once. `true` where it is over now.
///
/// # Errors
/// [`AppError::StoreUnavailable`], [`PaymentFailed::NotOffered`].
pub(crate) async fn send(app: &App, id: RefundId) -> Result<bool, AppError> {
    let mut session = app.store.read_own().await?;
    let Some(refund) = session.payments().refund(id).await?.filter(|refund| !refund.progress.is_final()) else {
        return Ok(false);
    };
    let attempt = session.payments().attempt(refund.payment).await?.ok_or(PaymentFailed::NotFound)?;
    drop(session);
    let Received { amount: received, transaction, .. } = attempt.received.clone().ok_or(PaymentFailed::NotFound)?;
    let request = RefundRequest {
        attempt: known(&attempt),
        received,
        transaction,
        number: refund.number.clone(),
        amount: refund.amount,
        created_at: refund.created_at,
        reference: refund.reference.clone(),
    };
    let now = app.clock.now();
    let next = next_call(&refund, now);
    in_transaction(app, async |transaction| Ok(transaction.payments().check_refund_at(id, next).await?)).await?;
    app.fault_points.reach(FaultPoint::RefundCommitted).await;
    let answer = called(provider_of(app, &attempt)?, &refund, &request).await;
    app.fault_points.reach(FaultPoint::RefundCalled).await;
    match answer {
        Ok(state) => apply(app, &refund, state).await,
        Err(PaymentError::Refused(code)) => apply(app, &refund, RefundState::Failed(code)).await,
        Err(error @ (PaymentError::Later(_) | PaymentError::Unknown(_))) => {
            app.telemetry.count(Signal::Payment(PaymentSignal::ProviderFailed));
            tracing::warn!(refund = id.get(), %error, "a refund is tried again later");
            Ok(false)
        }
    }
}

/// A quarter of its age later, within bounds.
fn next_call(refund: &PaymentRefund, now: DateTime<Utc>) -> DateTime<Utc> {
    now + ((now - refund.created_at) / 4).clamp(SOONEST, LATEST)
}

async fn called(
    provider: &dyn PaymentProvider,
    refund: &PaymentRefund,
    request: &RefundRequest,
) -> Result<RefundState, PaymentError> {
    if refund.progress == RefundProgress::Pending {
        match provider.query_refund(request).await {
            Ok(RefundState::NotFound) => {}
            // A question that is refused says nothing of the refund.
            Err(PaymentError::Refused(code)) => return Err(PaymentError::Later(code)),
            answer => return answer,
        }
    }
    provider.refund(request).await
}

/// Writes down what the provider said of a refund. `true` where it is over now, by this call.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub(super) async fn apply(app: &App, refund: &PaymentRefund, state: RefundState) -> Result<bool, AppError> {
    let (to, reference, failure) = match state {
        RefundState::Done => (RefundProgress::Done, None, None),
        RefundState::Pending(reference) => (RefundProgress::Pending, reference, None),
        RefundState::Failed(code) => (RefundProgress::Failed, None, Some(code)),
        RefundState::NotFound => return Ok(false),
    };
    if refund.progress == to {
        return Ok(false);
    }
    let now = app.clock.now();
    let moved = in_transaction(app, async |transaction| {
        let (reference, failure) = (reference.clone(), failure.clone());
        // A notice or an earlier run may have moved it.
        let current = transaction.payments().refund(refund.id).await?.ok_or(PaymentFailed::NotFound)?.progress;
        // What the provider confirms counts also behind a refusal, such as one that was overtaken by a later call.
        let is_over = current == RefundProgress::Done || current.is_final() && to != RefundProgress::Done;
        if is_over || current == to {
            return Ok(false);
        }
        if !transaction.payments().move_refund(refund.id, current, to, reference, failure, now).await? {
            return Err(StoreError::Conflict("the refund was moved meanwhile".into()).into());
        }
        if to == RefundProgress::Done {
            let transfer = Transfer::refunded(&refund.number, refund.order, refund.amount, refund.reason);
            transaction.payments().post(&transfer, now).await?;
            if let Some(order) = transaction.orders().find(refund.order).await? {
                transaction.record(Event::OrderRefunded(OrderEvent::of(&order, order.status)));
            }
        }
        Ok(true)
    })
    .await?;
    if moved && to == RefundProgress::Done {
        app.telemetry.count(Signal::Payment(PaymentSignal::Refunded));
    }
    if moved && to == RefundProgress::Failed {
        app.telemetry.count(Signal::Payment(PaymentSignal::RefundFailed));
        tracing::error!(refund = refund.id.get(), order = refund.order.get(), "a refund failed for good");
    }
    Ok(moved && to.is_final())
}
