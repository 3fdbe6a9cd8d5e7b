//! Asking the provider about an attempt.

use chrono::TimeDelta;
use minsu_domain::{Attempt, AttemptState, OrderStatus, PaymentId};
use minsu_ports::{FaultPoint, PaymentAttempt, PaymentError, PaymentProvider, PaymentSignal, ProviderState, Signal};

use super::settle;
use crate::{App, AppError, PaymentFailed, transaction::in_transaction};

/// How long until an attempt that can be paid is asked about again.
const AGAIN: TimeDelta = TimeDelta::seconds(60);
/// The same for one that is to be closed and that the provider leaves open.
const CLOSE_AGAIN: TimeDelta = TimeDelta::seconds(30);

/// The provider that an attempt was made with.
///
/// # Errors
/// [`PaymentFailed::NotOffered`] where the site has another one or none.
pub(super) fn provider_of<'a>(app: &'a App, attempt: &Attempt) -> Result<&'a dyn PaymentProvider, AppError> {
    let provider = app.payment.as_deref().filter(|provider| provider.kind() == attempt.method.provider());
    Ok(provider.ok_or(PaymentFailed::NotOffered)?)
}

/// An error of the provider, counted.
pub(super) fn provider_failed(app: &App, error: PaymentError) -> AppError {
    app.telemetry.count(Signal::Payment(PaymentSignal::ProviderFailed));
    PaymentFailed::Provider(error).into()
}

/// The attempt as a provider knows it.
pub(super) fn known(attempt: &Attempt) -> PaymentAttempt {
    PaymentAttempt { number: attempt.number.clone(), reference: attempt.reference.clone(), amount: attempt.amount }
}

/// Asks about an attempt that can be paid, and writes down what the provider confirms. Returns its state afterwards.
///
/// # Errors
/// [`PaymentFailed::NotFound`], [`PaymentFailed::Provider`].
pub(super) async fn ask(app: &App, id: PaymentId) -> Result<AttemptState, AppError> {
    let attempt = find(app, id).await?;
    if attempt.state.is_live() { answered(app, &attempt).await } else { Ok(attempt.state) }
}

/// As [`ask`], also about an attempt that was closed: money may have come in for it all the same.
///
/// # Errors
/// As [`ask`].
pub(super) async fn ask_unless_paid(app: &App, id: PaymentId) -> Result<AttemptState, AppError> {
    let attempt = find(app, id).await?;
    if attempt.state == AttemptState::Paid { Ok(attempt.state) } else { answered(app, &attempt).await }
}

/// Asks, and writes down what is confirmed.
async fn answered(app: &App, attempt: &Attempt) -> Result<AttemptState, AppError> {
    let (id, provider) = (attempt.id, provider_of(app, attempt)?);
    match provider.query(&known(attempt)).await.map_err(|error| provider_failed(app, error))? {
        ProviderState::Paid(receipt) => {
            settle::paid(app, id, &receipt, None).await?;
        }
        ProviderState::Closed => {
            settle::closed(app, id).await?;
        }
        ProviderState::NotFound if attempt.is_past(app.clock.now()) => {
            settle::closed(app, id).await?;
        }
        ProviderState::NotFound | ProviderState::Open => return Ok(attempt.state),
    }
    Ok(find(app, id).await?.state)
}

/// Asks about an attempt, closes it where it is not paid, and asks again: a payment may have come in between. Returns
/// its state afterwards; one that the provider could not close can still be paid.
///
/// # Errors
/// As [`ask`].
pub(super) async fn close(app: &App, id: PaymentId) -> Result<AttemptState, AppError> {
    let state = ask(app, id).await?;
    if !state.is_live() {
        return Ok(state);
    }
    let attempt = find(app, id).await?;
    let closed = provider_of(app, &attempt)?.close(&known(&attempt)).await;
    if let Err(error @ (PaymentError::Later(_) | PaymentError::Unknown(_))) = closed {
        tracing::info!(payment = id.get(), %error, "an attempt was not closed");
    }
    app.fault_points.reach(FaultPoint::AttemptClosed).await;
    ask(app, id).await
}

/// The work of the clock on an attempt that can be paid: it is asked about, and closed where its order waits for no
/// payment any more. `true` where it is settled now.
///
/// # Errors
/// As [`ask`].
pub(crate) async fn check(app: &App, id: PaymentId) -> Result<bool, AppError> {
    let mut session = app.store.read_own().await?;
    let Some(attempt) = session.payments().attempt(id).await? else { return Ok(false) };
    let order = session.orders().find(attempt.order).await?;
    drop(session);
    let now = app.clock.now();
    let waits = order.as_ref().filter(|order| order.status == OrderStatus::WaitPayment && !order.is_unpaid(now));
    // Written down before the call: a process that dies in it asks again later, not at once.
    let deadline = waits.and_then(|order| order.expires_at);
    let next = deadline.map_or(now + CLOSE_AGAIN, |deadline| deadline.min(now + AGAIN));
    in_transaction(app, async |transaction| Ok(transaction.payments().check_attempt_at(id, next).await?)).await?;
    let state = if waits.is_some() { ask(app, id).await? } else { close(app, id).await? };
    if !state.is_live() {
        app.fault_points.reach(FaultPoint::AttemptSettled).await;
    }
    Ok(!state.is_live())
}

/// The attempt with this id.
///
/// # Errors
/// [`PaymentFailed::NotFound`].
pub(super) async fn find(app: &App, id: PaymentId) -> Result<Attempt, AppError> {
    let attempt = app.store.read_own().await?.payments().attempt(id).await?;
    Ok(attempt.ok_or(PaymentFailed::NotFound)?)
}
