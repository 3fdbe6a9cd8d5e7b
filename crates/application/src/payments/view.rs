//! Payments as their guests see them.

use std::time::Duration;

use minsu_domain::{Attempt, OrderId, PaymentId, PaymentMethod, PaymentRefund, Principal};
use minsu_ports::{CacheKey, PaymentAction};

use super::ask;
use crate::{App, AppError, OrderError, PaymentFailed};

/// The provider is asked about an attempt at most once in this time, however often its page asks.
const ASKED_AT_MOST: Duration = Duration::from_secs(3);

/// A payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The attempt.
    pub attempt: Attempt,
    /// What the browser does to pay, while it can be paid; none where that has ended and the attempt is to be started
    /// again.
    pub action: Option<PaymentAction>,
    /// What was paid back, or is to be.
    pub refunds: Vec<PaymentRefund>,
}

/// The ways to pay, the usual one first; none where the site takes no payments.
pub fn methods(app: &App) -> Vec<PaymentMethod> {
    app.payment.as_deref().map(minsu_ports::PaymentProvider::methods).unwrap_or_default()
}

/// A payment of the guest's own. One that can still be paid is asked about first, now and then: a notice may have been
/// lost. Where the provider does not answer, it is what is known.
///
/// # Errors
/// [`PaymentFailed::NotFound`].
pub async fn view(app: &App, viewer: Principal, id: PaymentId) -> Result<Payment, AppError> {
    let payment = view_unasked(app, viewer, id).await?;
    if !payment.attempt.state.is_live() {
        return Ok(payment);
    }
    ask_now_and_then(app, id).await?;
    view_unasked(app, viewer, id).await
}

/// The same without asking the provider: for one that was started just now.
///
/// # Errors
/// [`PaymentFailed::NotFound`].
pub async fn view_unasked(app: &App, viewer: Principal, id: PaymentId) -> Result<Payment, AppError> {
    let mut session = app.store.read_own().await?;
    let attempt = session.payments().attempt(id).await?.ok_or(PaymentFailed::NotFound)?;
    let order = session.orders().find(attempt.order).await?;
    if order.is_none_or(|order| order.guest != viewer.user) {
        return Err(PaymentFailed::NotFound.into());
    }
    let mut refunds = session.payments().refunds_of(&[attempt.order]).await?;
    refunds.retain(|refund| refund.payment == id);
    let began = session.payments().start_of(id).await?;
    let now = app.clock.now();
    let action = began.and_then(|began| began.action_at(now).cloned()).filter(|_| attempt.state.is_live());
    Ok(Payment { attempt, action, refunds })
}

/// The payments of an order, for its parties, without what a browser does to pay; none where the site takes no payments
/// and took none.
///
/// # Errors
/// [`OrderError::NotFound`] for anybody else.
pub async fn of_order(app: &App, viewer: Principal, id: OrderId) -> Result<Vec<Payment>, AppError> {
    let mut session = app.store.read_own().await?;
    let order = session.orders().find(id).await?;
    order.filter(|order| order.party(viewer.user).is_some()).ok_or(OrderError::NotFound)?;
    let attempts = session.payments().attempts_of(&[id]).await?;
    let refunds = session.payments().refunds_of(&[id]).await?;
    let payment = |attempt: Attempt| {
        let refunds = refunds.iter().filter(|refund| refund.payment == attempt.id).cloned().collect();
        Payment { attempt, action: None, refunds }
    };
    Ok(attempts.into_iter().map(payment).collect())
}

/// A browser came back from the provider with this query string. Nothing of it is believed: it is a reason to ask.
/// Returns the attempt that it names.
///
/// # Errors
/// [`PaymentFailed::NotFound`] for a string that names none.
pub async fn returned(app: &App, query: &str) -> Result<PaymentId, AppError> {
    let number = app.payment.as_deref().and_then(|provider| provider.returned(query));
    let number = number.ok_or(PaymentFailed::NotFound)?;
    let attempt = app.store.read_own().await?.payments().attempt_of_number(&number).await?;
    let attempt = attempt.ok_or(PaymentFailed::NotFound)?;
    if attempt.state.is_live() {
        ask_now_and_then(app, attempt.id).await?;
    }
    Ok(attempt.id)
}

async fn ask_now_and_then(app: &App, id: PaymentId) -> Result<(), AppError> {
    let key = CacheKey::of_number("payment-asked", id.get());
    if app.cache.increment(&key, ASKED_AT_MOST).await?.value > 1 {
        return Ok(());
    }
    match ask::ask(&app.without_claim(), id).await {
        Err(AppError::Payment(error @ PaymentFailed::Provider(_))) => {
            tracing::info!(payment = id.get(), %error, "the provider was asked in vain");
            Ok(())
        }
        result => result.map(|_| ()),
    }
}
