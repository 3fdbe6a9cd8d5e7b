//! What landlords earn.

use chrono::{DateTime, Utc};
use minsu_domain::{ChangedBy, Money, Order, OrderId, OrderStatus, Received, RefundNumber, RefundReason, Transfer};
use minsu_ports::NewRefund;

use crate::{App, AppError, orders::refund_of_cancellation, transaction::Transaction};

/// The payment that an order was paid by, if it was.
async fn paying(
    transaction: &mut Transaction,
    order: OrderId,
) -> Result<Option<(minsu_domain::PaymentId, Received)>, AppError> {
    let attempts = transaction.payments().attempts_of(&[order]).await?;
    let received = attempts.into_iter().filter_map(|attempt| Some((attempt.id, attempt.received?)));
    Ok(received.into_iter().find(|(_, received)| received.pays_order))
}

/// The landlord has earned all that a paid order was paid by: the stay is over, or the guest said so.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub(crate) async fn earn(
    app: &App,
    transaction: &mut Transaction,
    order: OrderId,
    at: DateTime<Utc>,
) -> Result<(), AppError> {
    if let Some((_, received)) = paying(transaction, order).await? {
        let earned = Transfer::earned(order, received.amount, app.policy.payment.commission);
        transaction.payments().post(&earned, at).await?;
    }
    Ok(())
}

/// An order was canceled: what its policy gives back is paid back, and the landlord has earned the rest. Nothing for an
/// order that was not paid. `order` is what it was before.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub(crate) async fn settle_cancellation(
    app: &App,
    transaction: &mut Transaction,
    order: &Order,
    (by, at): (ChangedBy, DateTime<Utc>),
    number: &RefundNumber,
) -> Result<(), AppError> {
    if order.status != OrderStatus::Paid {
        return Ok(());
    }
    let Some((payment, received)) = paying(transaction, order.id).await? else { return Ok(()) };
    let refunded = refund_of_cancellation(app, &mut **transaction, order, by, at).await?.refunded.min(received.amount);
    let kept = Money::from_fen(received.amount.fen() - refunded.fen()).unwrap_or(Money::ZERO);
    let earned = Transfer::earned(order.id, kept, app.policy.payment.commission);
    transaction.payments().post(&earned, at).await?;
    if refunded > Money::ZERO {
        let (number, reason) = (number.clone(), RefundReason::Canceled);
        let refund = NewRefund { number, payment, amount: refunded, reason, created_at: at };
        transaction.payments().add_refund(&refund).await?;
    }
    Ok(())
}
