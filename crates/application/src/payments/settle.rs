//! What a confirmed answer of the provider changes.

use minsu_domain::{ChangedBy, Event, PaidOutcome, PaymentId, Received, RefundNumber, Transfer};
use minsu_ports::{
    FaultPoint, NewRefund, OrderAct, OrderNote, PaymentSignal, ProviderEvent, Receipt, Signal, StoreError,
};

use crate::{App, AppError, orders::take_step, transaction::in_transaction};

/// Writes down a confirmed payment: the order is paid by it, or all of it goes back. `false` where it is written down
/// already; of simultaneous calls one gets `true`. With the message that said so, which is kept in the same transaction.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub(super) async fn paid(
    app: &App,
    id: PaymentId,
    receipt: &Receipt,
    event: Option<&ProviderEvent>,
) -> Result<bool, AppError> {
    let now = app.clock.now();
    let number = RefundNumber::from_random(app.random());
    let mut paid_back = false;
    let written = in_transaction(app, async |transaction| {
        if let Some(event) = event {
            transaction.payments().note_event(event).await?;
        }
        let Some(attempt) = transaction.payments().attempt(id).await? else { return Ok(false) };
        let Some(order) = transaction.orders().find(attempt.order).await? else { return Ok(false) };
        let outcome = attempt.outcome(order.status, order.quote.total(), receipt.amount);
        let received = Received {
            amount: receipt.amount,
            transaction: receipt.transaction.clone(),
            at: now,
            pays_order: outcome == PaidOutcome::PaysOrder,
        };
        if !transaction.payments().pay_attempt(id, &received).await? {
            return Ok(false);
        }
        transaction.payments().post(&Transfer::received(&attempt.number, order.id, receipt.amount), now).await?;
        paid_back = false;
        match (outcome, order.pay()) {
            (PaidOutcome::PaysOrder, Some(step)) => {
                let act = OrderAct { by: ChangedBy::Payment, at: now };
                let taken = take_step(transaction, &order, step, act, &OrderNote::None, Event::OrderPaid).await;
                taken.map_err(begun_again)?;
            }
            (PaidOutcome::PaysOrder, None) => return Err(moved()),
            (PaidOutcome::PaidBack(reason), _) if receipt.amount.fen() > 0 => {
                let number = number.clone();
                let refund = NewRefund { number, payment: id, amount: receipt.amount, reason, created_at: now };
                transaction.payments().add_refund(&refund).await?;
                paid_back = true;
            }
            (PaidOutcome::PaidBack(_), _) => {}
        }
        app.fault_points.reach(FaultPoint::PaymentWritten).await;
        Ok(true)
    })
    .await?;
    if written {
        app.telemetry.count(Signal::Payment(PaymentSignal::Received));
        if paid_back {
            app.telemetry.count(Signal::Payment(PaymentSignal::PaidBack));
        }
    }
    Ok(written)
}

/// Writes down that nothing was paid and nothing will be; `false` where the attempt was settled before.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub(super) async fn closed(app: &App, id: PaymentId) -> Result<bool, AppError> {
    in_transaction(app, async |transaction| Ok(transaction.payments().close_attempt(id).await?)).await
}

/// The provider refused to start an attempt; `false` where another call has started it meanwhile, or it is settled.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub(super) async fn refused(app: &App, id: PaymentId) -> Result<bool, AppError> {
    in_transaction(app, async |transaction| Ok(transaction.payments().refuse_attempt(id).await?)).await
}

/// The order was moved between reading it and moving it: the transaction is begun again, and the payment means something
/// else now.
fn moved() -> AppError {
    StoreError::Conflict("the order was moved meanwhile".into()).into()
}

fn begun_again(error: AppError) -> AppError {
    if matches!(error, AppError::Order(_)) { moved() } else { error }
}
