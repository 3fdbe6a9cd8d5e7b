//! Starting to pay an order.

use chrono::TimeDelta;
use minsu_domain::{
    Attempt, AttemptNumber, AttemptState, Order, OrderId, OrderStatus, PaymentId, PaymentMethod, Principal,
    TransitionRefused,
};
use minsu_ports::{
    AttemptStart, FaultPoint, LockedOrder, NewAttempt, PaymentError, PaymentProvider, PaymentRequest, Store,
};

use super::{
    ask::{ask, close, find, provider_failed, provider_of},
    settle,
};
use crate::{
    App, AppError, OrderError, PaymentFailed,
    transaction::{in_locked_transaction, in_transaction},
};

/// When the provider is first asked about an attempt that it said nothing of.
const FIRST_CHECK: TimeDelta = TimeDelta::seconds(60);

/// The page that a payer comes back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnPage {
    /// The site's own, of the order.
    Site,
    /// That of the pages of before, `/payComplete.html`.
    OldPages,
}

/// Asks to pay an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartPayment {
    /// The order.
    pub order: OrderId,
    /// How; the provider's usual way where there is none.
    pub method: Option<PaymentMethod>,
    /// Where the payer comes back to.
    pub return_to: ReturnPage,
    /// The payer's network address.
    pub payer_address: Option<String>,
}

/// Starts to pay an order, and returns the attempt, which says what the browser does. An order has one attempt at a time
/// that can be paid: where there is one in another way it is closed first, and where the provider cannot close it, it is
/// the one that is returned.
///
/// # Errors
/// [`PaymentFailed::NotOffered`], [`OrderError::NotFound`] for anybody but the guest,
/// [`OrderError::TransitionRefused`] for an order that waits for no payment, [`PaymentFailed::Provider`].
pub async fn start(app: &App, viewer: Principal, command: &StartPayment) -> Result<PaymentId, AppError> {
    // An attempt that is there is found again: what an earlier request did needs no note of its own.
    let app = &app.without_claim();
    let provider = app.payment.as_deref().ok_or(PaymentFailed::NotOffered)?;
    let offered = provider.methods();
    let method = command.method.or_else(|| offered.first().copied()).ok_or(PaymentFailed::NotOffered)?;
    if !offered.contains(&method) {
        return Err(PaymentFailed::NotOffered.into());
    }
    for _ in 0..2 {
        let attempt = prepared(app, viewer, command, method).await?;
        let other = attempt.method != method || app.clock.now() >= attempt.expires_at;
        if other && !close(app, attempt.id).await?.is_live() {
            // Closed, or paid: then the order waits no longer and the next turn says so.
            continue;
        }
        if call(app, provider_of(app, &attempt)?, &attempt).await? {
            return Ok(attempt.id);
        }
    }
    Err(TransitionRefused::WrongState.into())
}

/// The attempt of the order that can be paid: the one that is there, or a new one, committed.
async fn prepared(
    app: &App,
    viewer: Principal,
    command: &StartPayment,
    method: PaymentMethod,
) -> Result<Attempt, AppError> {
    let now = app.clock.now();
    let number = AttemptNumber::from_random(app.random());
    let mut prepared = None;
    // Locked: no other transaction ends the order before its attempt is there to be seen.
    let begin =
        async |store: &dyn Store| Ok(LockedOrder::begin(store, command.order).await?.ok_or(OrderError::NotFound)?);
    in_locked_transaction(app, begin, async |transaction, locked| {
        let order = transaction.orders().find(command.order).await?.filter(|order| order.guest == viewer.user);
        let order = order.ok_or(OrderError::NotFound)?;
        let deadline = payable_until(&order)?;
        if order.is_unpaid(now) {
            return Err(TransitionRefused::Expired.into());
        }
        let attempts = transaction.payments().attempts_of(&[order.id]).await?;
        if let Some(live) = attempts.into_iter().find(|attempt| attempt.state.is_live()) {
            prepared = Some(live);
            return Ok(());
        }
        let attempt = NewAttempt {
            number: number.clone(),
            method,
            amount: order.quote.total(),
            return_url: return_url(app, command.return_to, order.id),
            payer_address: command.payer_address.clone(),
            created_at: now,
            expires_at: Attempt::expiry(method, now, deadline),
            next_check_at: deadline.min(now + FIRST_CHECK),
        };
        if transaction.payments().add_attempt(locked, &attempt).await?.is_none() {
            return Err(minsu_ports::StoreError::Conflict("another attempt was first".into()).into());
        }
        prepared = transaction.payments().attempt_of_number(&number).await?;
        Ok(())
    })
    .await?;
    Ok(prepared.ok_or(PaymentFailed::NotFound)?)
}

fn payable_until(order: &Order) -> Result<chrono::DateTime<chrono::Utc>, TransitionRefused> {
    let waits = order.expires_at.filter(|_| order.status == OrderStatus::WaitPayment);
    waits.ok_or(TransitionRefused::WrongState)
}

/// Calls the provider for an attempt that it may not know yet, or whose action has ended, always with the same fields.
/// `false` where there is nothing to pay by it any more.
async fn call(app: &App, provider: &dyn PaymentProvider, attempt: &Attempt) -> Result<bool, AppError> {
    let began = app.store.read_own().await?.payments().start_of(attempt.id).await?;
    let began = began.ok_or(PaymentFailed::NotFound)?;
    let now = app.clock.now();
    if attempt.state != AttemptState::New && (began.action_at(now).is_some() || now >= attempt.expires_at) {
        return Ok(true);
    }
    let AttemptStart { return_url, payer_address, .. } = began;
    let request = PaymentRequest {
        number: attempt.number.clone(),
        method: attempt.method,
        amount: attempt.amount,
        subject: subject(attempt.order),
        expires_at: attempt.expires_at,
        created_at: attempt.created_at,
        return_url,
        payer_address,
    };
    app.fault_points.reach(FaultPoint::AttemptCommitted).await;
    match provider.start(&request).await {
        Ok(started) => {
            app.fault_points.reach(FaultPoint::AttemptStarted).await;
            // A notice or another request may have been first.
            let opened = in_transaction(app, async |transaction| {
                Ok(transaction.payments().open_attempt(attempt.id, &started).await?)
            });
            Ok(opened.await? || find(app, attempt.id).await?.state == AttemptState::Paid)
        }
        Err(error @ PaymentError::Refused(_)) => match attempt.state {
            AttemptState::New => {
                settle::refused(app, attempt.id).await?;
                Err(provider_failed(app, error))
            }
            // Perhaps because it was paid or closed there meanwhile. Otherwise what was told before still stands.
            _ if ask(app, attempt.id).await?.is_live() => Err(provider_failed(app, error)),
            _ => Ok(false),
        },
        Err(error) => Err(provider_failed(app, error)),
    }
}

/// What the payer reads.
fn subject(order: OrderId) -> String {
    format!("民宿订单 {order}")
}

fn return_url(app: &App, page: ReturnPage, order: OrderId) -> String {
    let site = app.policy.payment.public_url.trim_end_matches('/');
    match page {
        ReturnPage::Site => format!("{site}/orders/{order}/pay"),
        ReturnPage::OldPages => format!("{site}/payComplete.html"),
    }
}
