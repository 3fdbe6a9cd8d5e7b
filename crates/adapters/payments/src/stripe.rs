//! Stripe Checkout.

mod api;
mod bill;
mod notice;
mod options;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use minsu_domain::{AttemptNumber, PaymentMethod, PaymentProviderKind};
use minsu_http::{HttpClient, HttpOptions, SettingError, SetupError, host_url, secret};
use minsu_ports::{
    BillEntry, Clock, Notice, NoticeAnswer, NoticeRefused, PaymentAction, PaymentAttempt, PaymentError,
    PaymentProvider, PaymentRequest, ProviderState, RawNotice, RefundRequest, RefundState, StartedPayment,
};
use secrecy::SecretString;

pub use self::options::StripeOptions;
use self::{
    api::{Api, MISSING},
    wire::{ATTEMPT, Balance, CURRENCY, Intent, List, REFUND, Refund, Session},
};
use crate::{
    failure::{Failure, id},
    form::{returned, with_number},
    probe::ahead,
};

/// The longest life of a session is 24 hours.
const LONGEST: TimeDelta = TimeDelta::minutes(24 * 60 - 5);

/// Stripe keeps idempotency keys for 24 hours at least. A refund that was made before this time may have been called
/// under a key that is forgotten, and is looked for before it is called again.
const KEYS_KEPT: TimeDelta = TimeDelta::hours(20);
/// The code of a charge of which nothing is left to pay back.
const ALL_BACK: &str = "charge_already_refunded";
/// Refusals of a refund that no later call changes. What is not named here may pass: so may a payment that is not there,
/// which a key of another account says of all of them.
const NEVER_REFUNDED: [&str; 7] = [
    ALL_BACK,
    "amount_too_large",
    "charge_disputed",
    "charge_not_refundable",
    "idempotency_error",
    "invalid_request_error",
    "refund_disputed_payment",
];

/// Takes payments through Stripe's page.
pub struct Stripe {
    api: Api,
    webhook_secrets: Vec<SecretString>,
}

impl std::fmt::Debug for Stripe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stripe(…)")
    }
}

impl Stripe {
    /// Payments for one account.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(options: StripeOptions, http: &HttpOptions, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let secrets = options.webhook_secrets.into_iter().map(|one| secret("webhook_secrets", one));
        let webhook_secrets = secrets.collect::<Result<Vec<_>, _>>()?;
        if webhook_secrets.is_empty() {
            return Err(SettingError::Value("webhook_secrets").into());
        }
        let api = Api {
            http: HttpClient::new(http)?,
            base: host_url("endpoint", &options.endpoint)?,
            secret_key: secret("secret_key", options.secret_key)?,
            clock,
        };
        Ok(Self { api, webhook_secrets })
    }

    async fn checkout(&self, request: &PaymentRequest) -> Result<StartedPayment, Failure> {
        if request.method != PaymentMethod::StripeCheckout {
            return Err(Failure::Refused("method".to_owned()));
        }
        let number = request.number.as_str();
        let back = with_number(&request.return_url, &request.number);
        // The same for every call: a repeated one with other fields would be refused.
        let (first, last) =
            (request.created_at + PaymentProviderKind::Stripe.shortest_life(), request.created_at + LONGEST);
        let expires_at = request.expires_at.max(first).min(last).timestamp().to_string();
        let amount = request.amount.fen().to_string();
        let metadata = format!("payment_intent_data[metadata][{ATTEMPT}]");
        let form = [
            ("mode", "payment"),
            ("client_reference_id", number),
            ("line_items[0][quantity]", "1"),
            ("line_items[0][price_data][currency]", CURRENCY),
            ("line_items[0][price_data][unit_amount]", &amount),
            ("line_items[0][price_data][product_data][name]", &request.subject),
            (&metadata, number),
            ("success_url", &back),
            ("cancel_url", &back),
            ("expires_at", &expires_at),
        ];
        let session: Session = self.api.post("checkout/sessions", &form, Some(number)).await?;
        if !session.is_about(&request.number) {
            return Err(Failure::Misplaced);
        }
        match (id(Some(session.id)), session.url) {
            (Some(reference), Some(url)) => {
                Ok(StartedPayment { action: PaymentAction::Redirect(url), reference: Some(reference), ends_at: None })
            }
            _ => Err(Failure::Misplaced),
        }
    }

    /// Without a session's id no link was handed out: an attempt that Stripe may know, and that cannot be paid.
    async fn session(&self, attempt: &PaymentAttempt) -> Result<ProviderState, Failure> {
        let Some(reference) = &attempt.reference else { return Ok(ProviderState::NotFound) };
        let session: Session = match self.api.get(&format!("checkout/sessions/{reference}"), &[]).await {
            Err(Failure::Refused(code)) if code == MISSING => return Ok(ProviderState::NotFound),
            session => session?,
        };
        if !session.is_about(&attempt.number) || session.id != *reference {
            return Err(Failure::Misplaced);
        }
        if let Some(payment) = session.awaited() {
            let intent: Intent = self.api.get(&format!("payment_intents/{payment}"), &[]).await?;
            if intent.id != payment {
                return Err(Failure::Misplaced);
            }
            return Ok(if intent.is_in_vain() { ProviderState::Closed } else { ProviderState::Open });
        }
        session.state().ok_or(Failure::Misplaced)
    }

    async fn expire(&self, attempt: &PaymentAttempt) -> Result<(), Failure> {
        let reference = attempt.reference.as_deref().ok_or_else(|| Failure::Refused("no_session".to_owned()))?;
        // Without a key: Stripe would repeat a failure under it, and expiring twice does no harm.
        let session: Session = self.api.post(&format!("checkout/sessions/{reference}/expire"), &[], None).await?;
        if session.is_about(&attempt.number) { Ok(()) } else { Err(Failure::Misplaced) }
    }

    async fn pay_back(&self, refund: &RefundRequest) -> Result<RefundState, Failure> {
        if self.api.clock.now() - refund.created_at >= KEYS_KEPT {
            match self.paid_back(refund).await? {
                RefundState::NotFound => {}
                state => return Ok(state),
            }
        }
        match self.new_refund(refund).await {
            // Perhaps by an earlier call of this refund.
            Err(Failure::Refused(code)) if code == ALL_BACK => match self.paid_back(refund).await? {
                RefundState::NotFound => Err(Failure::Refused(code)),
                state => Ok(state),
            },
            answer => answer,
        }
    }

    async fn new_refund(&self, refund: &RefundRequest) -> Result<RefundState, Failure> {
        let amount = refund.amount.fen().to_string();
        let (attempt, number) = (format!("metadata[{ATTEMPT}]"), format!("metadata[{REFUND}]"));
        let form = [
            ("payment_intent", refund.transaction.as_str()),
            ("amount", &amount),
            (&attempt, refund.attempt.number.as_str()),
            (&number, refund.number.as_str()),
        ];
        let answer = self.api.post::<Refund>("refunds", &form, Some(refund.number.as_str())).await;
        state_of(answer.map_err(|failure| failure.final_only_for(&NEVER_REFUNDED))?, refund)
    }

    async fn paid_back(&self, refund: &RefundRequest) -> Result<RefundState, Failure> {
        if let Some(reference) = &refund.reference {
            return match self.api.get(&format!("refunds/{reference}"), &[]).await {
                Err(Failure::Refused(code)) if code == MISSING => Ok(RefundState::NotFound),
                answer => state_of(answer?, refund),
            };
        }
        let query = [("payment_intent", refund.transaction.as_str()), ("limit", "100")];
        let list: List<Refund> = self.api.get("refunds", &query).await?;
        match list.data.into_iter().find(|one| one.number().as_ref() == Some(&refund.number)) {
            Some(answer) => state_of(answer, refund),
            // More than a hundred refunds of one payment: it may be among those that are not listed.
            None if list.has_more => Err(Failure::Misplaced),
            None => Ok(RefundState::NotFound),
        }
    }
}

/// What an answer says of the refund that it must be about.
fn state_of(answer: Refund, refund: &RefundRequest) -> Result<RefundState, Failure> {
    let same = answer.number().as_ref() == Some(&refund.number) && answer.amount == refund.amount.fen();
    answer.state().filter(|_| same).ok_or(Failure::Misplaced)
}

#[async_trait]
impl PaymentProvider for Stripe {
    fn kind(&self) -> PaymentProviderKind {
        PaymentProviderKind::Stripe
    }

    fn methods(&self) -> Vec<PaymentMethod> {
        vec![PaymentMethod::StripeCheckout]
    }

    #[tracing::instrument(level = "trace", name = "payment start", skip_all, fields(otel.kind = "client"))]
    async fn start(&self, request: &PaymentRequest) -> Result<StartedPayment, PaymentError> {
        Ok(self.checkout(request).await?)
    }

    #[tracing::instrument(level = "trace", name = "payment query", skip_all, fields(otel.kind = "client"))]
    async fn query(&self, attempt: &PaymentAttempt) -> Result<ProviderState, PaymentError> {
        Ok(self.session(attempt).await?)
    }

    #[tracing::instrument(level = "trace", name = "payment close", skip_all, fields(otel.kind = "client"))]
    async fn close(&self, attempt: &PaymentAttempt) -> Result<(), PaymentError> {
        Ok(self.expire(attempt).await?)
    }

    #[tracing::instrument(level = "trace", name = "payment refund", skip_all, fields(otel.kind = "client"))]
    async fn refund(&self, refund: &RefundRequest) -> Result<RefundState, PaymentError> {
        Ok(self.pay_back(refund).await?)
    }

    #[tracing::instrument(level = "trace", name = "payment refund query", skip_all, fields(otel.kind = "client"))]
    async fn query_refund(&self, refund: &RefundRequest) -> Result<RefundState, PaymentError> {
        Ok(self.paid_back(refund).await?)
    }

    fn read_notice(&self, notice: &RawNotice) -> Result<Option<Notice>, NoticeRefused> {
        notice::read(notice, &self.webhook_secrets)
    }

    fn answer_notice(&self, accepted: bool) -> NoticeAnswer {
        NoticeAnswer { status: if accepted { 200 } else { 400 }, media_type: None, body: String::new() }
    }

    fn returned(&self, query: &str) -> Option<AttemptNumber> {
        returned(query)
    }

    #[tracing::instrument(level = "trace", name = "payment bill", skip_all, fields(otel.kind = "client"))]
    async fn bill(&self, day: NaiveDate) -> Result<Vec<BillEntry>, PaymentError> {
        Ok(bill::bill(&self.api, day).await?)
    }

    async fn probe(&self, now: DateTime<Utc>) -> Result<TimeDelta, PaymentError> {
        let (date, answer) = self.api.dated_get::<Balance>("balance").await?;
        answer?;
        Ok(ahead(date, now))
    }
}
