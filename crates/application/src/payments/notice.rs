//! Messages of providers.

use minsu_domain::{Attempt, AttemptState, PaymentProviderKind};
use minsu_ports::{
    FaultPoint, Notice, NoticeAnswer, NoticeState, PaymentSignal, ProviderEvent, ProviderState, RawNotice, Signal,
};

use super::{ask, refund, settle};
use crate::{App, AppError, PaymentFailed, transaction::in_transaction};

/// Takes a message of a provider in, and returns how it is answered. Nothing of it counts before it is verified; one
/// that comes again changes nothing, however many come at once. Where it could not be written down the provider is
/// told so, and sends it again.
///
/// # Errors
/// [`PaymentFailed::NotFound`] where the site has no such provider.
pub async fn take_notice(app: &App, provider: PaymentProviderKind, raw: &RawNotice) -> Result<NoticeAnswer, AppError> {
    let own = app.payment.as_deref().filter(|own| own.kind() == provider).ok_or(PaymentFailed::NotFound)?;
    let notice = match own.read_notice(raw) {
        Ok(Some(notice)) => notice,
        // Of another kind: verified, and about nothing of ours.
        Ok(None) => return Ok(own.answer_notice(true)),
        Err(refused) => {
            tracing::warn!(provider = provider.name(), %refused, "a payment notice was refused");
            app.telemetry.count(Signal::Payment(PaymentSignal::NoticeRefused));
            return Ok(own.answer_notice(false));
        }
    };
    app.fault_points.reach(FaultPoint::NoticeVerified).await;
    let taken = take(app, provider, &notice, raw).await;
    app.fault_points.reach(FaultPoint::NoticeCommitted).await;
    match &taken {
        Ok(true) => app.telemetry.count(Signal::Payment(PaymentSignal::NoticeTaken)),
        Ok(false) => app.telemetry.count(Signal::Payment(PaymentSignal::NoticeRefused)),
        Err(error) => tracing::warn!(provider = provider.name(), %error, "a payment notice was not written down"),
    }
    Ok(own.answer_notice(taken.unwrap_or(false)))
}

/// `false` for a message about nothing of ours, or one that a query did not confirm.
async fn take(app: &App, provider: PaymentProviderKind, notice: &Notice, raw: &RawNotice) -> Result<bool, AppError> {
    let attempt = app.store.read_own().await?.payments().attempt_of_number(&notice.number).await?;
    let Some(attempt) = attempt.filter(|attempt| attempt.method.provider() == provider) else { return Ok(false) };
    let event = ProviderEvent {
        provider,
        id: notice.id.clone(),
        number: notice.number.clone(),
        kind: kind(&notice.state),
        received_at: raw.received_at,
    };
    match &notice.state {
        NoticeState::Payment(ProviderState::Paid(receipt)) if receipt.amount == attempt.amount => {
            settle::paid(app, attempt.id, receipt, Some(&event)).await?;
            Ok(true)
        }
        // Another amount than was asked for: the provider is asked what it really received, also for an attempt that
        // was closed.
        NoticeState::Payment(ProviderState::Paid(_)) => {
            note(app, &event).await?;
            Ok(ask::ask_unless_paid(app, attempt.id).await? == AttemptState::Paid)
        }
        NoticeState::Payment(ProviderState::Closed) => close(app, &attempt, &event).await,
        NoticeState::Refund(number, state) => {
            let refund = app.store.read_own().await?.payments().refund_of_number(number).await?;
            if let Some(refund) = refund.filter(|refund| refund.payment == attempt.id) {
                refund::apply(app, &refund, state.clone()).await?;
            }
            note(app, &event).await
        }
        NoticeState::Payment(ProviderState::Open | ProviderState::NotFound) => note(app, &event).await,
    }
}

async fn close(app: &App, attempt: &Attempt, event: &ProviderEvent) -> Result<bool, AppError> {
    in_transaction(app, async |transaction| {
        transaction.payments().note_event(event).await?;
        transaction.payments().close_attempt(attempt.id).await?;
        Ok(true)
    })
    .await
}

async fn note(app: &App, event: &ProviderEvent) -> Result<bool, AppError> {
    in_transaction(app, async |transaction| {
        transaction.payments().note_event(event).await?;
        Ok(true)
    })
    .await
}

const fn kind(state: &NoticeState) -> &'static str {
    match state {
        NoticeState::Payment(ProviderState::Paid(_)) => "paid",
        NoticeState::Payment(ProviderState::Closed) => "closed",
        NoticeState::Payment(ProviderState::Open | ProviderState::NotFound) => "open",
        NoticeState::Refund(..) => "refund",
    }
}
