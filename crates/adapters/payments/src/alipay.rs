//! Alipay's OpenAPI.

mod bill;
mod charset;
mod envelope;
mod gateway;
mod notice;
mod options;
mod text;
mod zip;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use minsu_domain::{AttemptNumber, Money, PaymentMethod, PaymentProviderKind};
use minsu_http::{HttpClient, HttpOptions, SettingError, SetupError, host_url, name};
use minsu_ports::{
    BillEntry, Clock, Notice, NoticeAnswer, NoticeRefused, PaymentAction, PaymentAttempt, PaymentError,
    PaymentProvider, PaymentRequest, ProviderState, RawNotice, Receipt, RefundRequest, RefundState, StartedPayment,
};
use serde::Serialize;
use uuid::Uuid;

pub use self::options::AlipayOptions;
use self::{
    gateway::{Answer, Gateway},
    text::time,
};
use crate::{
    failure::{Failure, id},
    form::returned,
    probe::ahead,
    rsa::{RsaPublicKey, RsaSigner},
};

/// A code can be scanned for two hours. The guest needs some of it.
const CODE_LASTS: TimeDelta = TimeDelta::minutes(110);
/// The code of a trade that Alipay does not know.
const NOT_EXIST: &str = "ACQ.TRADE_NOT_EXIST";
/// Refusals of a refund that no later call changes.
const NEVER_REFUNDED: [&str; 2] = ["ACQ.TRADE_HAS_FINISHED", "ACQ.TRADE_NOT_ALLOW_REFUND"];
/// Refusals of a refund that say that the call is wrong. What is not named here may pass.
const WRONG_REFUND: [&str; 6] = [
    "ACQ.DISCORDANT_REPEAT_REQUEST",
    "ACQ.INVALID_PARAMETER",
    "ACQ.REASON_TRADE_REFUND_FEE_ERR",
    "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL",
    "ACQ.REFUND_FEE_ERROR",
    NOT_EXIST,
];

/// Takes payments through Alipay. Pages are URLs that are signed here and opened by the browser, without a call; so
/// the trade exists only once the guest has opened the page.
pub struct Alipay {
    gateway: Gateway,
    seller_id: String,
}

impl std::fmt::Debug for Alipay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Alipay").field("app_id", &self.gateway.app_id).finish_non_exhaustive()
    }
}

/// An order as Alipay gets it, in the order in which it is signed.
#[derive(Serialize)]
struct Order<'a> {
    out_trade_no: &'a str,
    total_amount: String,
    subject: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_code: Option<&'static str>,
    time_expire: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    quit_url: Option<&'a str>,
}

#[derive(Serialize)]
struct Trade<'a> {
    out_trade_no: &'a str,
}

#[derive(Serialize)]
struct Refund<'a> {
    out_trade_no: &'a str,
    refund_amount: String,
    out_request_no: &'a str,
}

#[derive(Serialize)]
struct RefundQuery<'a> {
    out_trade_no: &'a str,
    out_request_no: &'a str,
}

impl Alipay {
    /// Payments for one application. The clock dates the calls.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(options: AlipayOptions, http: &HttpOptions, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let mut url = host_url("endpoint", &options.endpoint)?;
        if url.path() == "/" {
            url.set_path("/gateway.do");
        }
        let keys = options.public_keys.iter().map(|key| RsaPublicKey::new("public_keys", key));
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            return Err(SettingError::Value("public_keys").into());
        }
        let gateway = Gateway {
            http: HttpClient::new(http)?,
            url,
            app_id: name("app_id", &options.app_id)?,
            notify_url: host_url("notify_url", &options.notify_url)?.to_string(),
            signer: RsaSigner::new("private_key", &options.private_key)?,
            keys,
            clock,
        };
        Ok(Self { gateway, seller_id: name("seller_id", &options.seller_id)? })
    }

    async fn trade(&self, attempt: &PaymentAttempt) -> Result<ProviderState, Failure> {
        let number = attempt.number.as_str();
        match self.gateway.call("alipay.trade.query", &Trade { out_trade_no: number }).await {
            Err(Failure::Refused(code)) if code == NOT_EXIST => Ok(ProviderState::NotFound),
            Err(failure) => Err(failure),
            Ok(answer) if answer.out_trade_no.as_deref() != Some(number) => Err(Failure::Misplaced),
            Ok(answer) => state(&answer, &attempt.number).ok_or(Failure::Misplaced),
        }
    }

    /// The code that a telephone scans.
    async fn precreate(&self, request: &PaymentRequest) -> Result<StartedPayment, Failure> {
        let begun = self.gateway.clock.now();
        let answer = self.gateway.call_with_notices("alipay.trade.precreate", &order(request)).await?;
        if answer.out_trade_no.as_deref().is_some_and(|number| number != request.number.as_str()) {
            return Err(Failure::Misplaced);
        }
        let code = answer.qr_code.filter(|code| !code.is_empty() && code.len() <= 1024).ok_or(Failure::Misplaced)?;
        Ok(StartedPayment { action: PaymentAction::Qr(code), reference: None, ends_at: Some(begun + CODE_LASTS) })
    }

    async fn pay_back(&self, refund: &RefundRequest) -> Result<RefundState, Failure> {
        let wanted = Refund {
            out_trade_no: refund.attempt.number.as_str(),
            refund_amount: refund.amount.to_yuan_text(),
            out_request_no: refund.number.as_str(),
        };
        match self.gateway.call("alipay.trade.refund", &wanted).await {
            Ok(answer) if answer.out_trade_no.as_deref() != Some(wanted.out_trade_no) => Err(Failure::Misplaced),
            Ok(answer) if answer.fund_change.as_deref() == Some("Y") => Ok(RefundState::Done),
            Ok(_) => Ok(RefundState::Pending(None)),
            Err(Failure::Refused(code)) if NEVER_REFUNDED.contains(&code.as_str()) => Ok(RefundState::Failed(code)),
            Err(failure) => Err(failure.final_only_for(&WRONG_REFUND)),
        }
    }

    async fn paid_back(&self, refund: &RefundRequest) -> Result<RefundState, Failure> {
        let wanted =
            RefundQuery { out_trade_no: refund.attempt.number.as_str(), out_request_no: refund.number.as_str() };
        match self.gateway.call("alipay.trade.fastpay.refund.query", &wanted).await {
            Err(Failure::Refused(code)) if code == NOT_EXIST => Ok(RefundState::NotFound),
            Err(failure) => Err(failure),
            Ok(answer) if answer.refund_status.as_deref() != Some("REFUND_SUCCESS") => Ok(RefundState::NotFound),
            Ok(answer) => {
                let amount = answer.refund_amount.as_deref().and_then(|text| Money::from_yuan_text(text).ok());
                let same = answer.out_request_no.as_deref() == Some(wanted.out_request_no)
                    && answer.out_trade_no.as_deref() == Some(wanted.out_trade_no)
                    && amount == Some(refund.amount);
                if same { Ok(RefundState::Done) } else { Err(Failure::Misplaced) }
            }
        }
    }

    /// The page that a browser opens. The same attempt always gives the same URL.
    fn page(&self, request: &PaymentRequest, method: &str, product: &'static str, quit: Option<&str>) -> String {
        let order = Order { product_code: Some(product), quit_url: quit, ..order(request) };
        self.gateway.page(method, &order, &request.return_url, request.created_at)
    }
}

fn order(request: &PaymentRequest) -> Order<'_> {
    Order {
        out_trade_no: request.number.as_str(),
        total_amount: request.amount.to_yuan_text(),
        subject: &request.subject,
        product_code: None,
        time_expire: time(request.expires_at),
        quit_url: None,
    }
}

/// What a trade's status means. A closed trade was paid before if it was paid back.
fn state(trade: &Answer, number: &AttemptNumber) -> Option<ProviderState> {
    let paid = |refunded: Money| {
        let amount = Money::from_yuan_text(trade.total_amount.as_deref()?).ok()?;
        let transaction = id(trade.trade_no.clone()).unwrap_or_else(|| number.as_str().to_owned());
        Some(ProviderState::Paid(Receipt { amount, transaction, refunded }))
    };
    let refunded = match trade.refund_fee.as_deref() {
        Some(text) => Money::from_yuan_text(text).ok()?,
        None => Money::ZERO,
    };
    let was_paid = trade.send_pay_date.is_some() || trade.gmt_payment.is_some() || refunded > Money::ZERO;
    match trade.trade_status.as_deref()? {
        "WAIT_BUYER_PAY" => Some(ProviderState::Open),
        "TRADE_SUCCESS" | "TRADE_FINISHED" => paid(refunded),
        "TRADE_CLOSED" if was_paid => paid(Money::from_yuan_text(trade.total_amount.as_deref()?).ok()?),
        "TRADE_CLOSED" => Some(ProviderState::Closed),
        _ => None,
    }
}

#[async_trait]
impl PaymentProvider for Alipay {
    fn kind(&self) -> PaymentProviderKind {
        PaymentProviderKind::Alipay
    }

    fn methods(&self) -> Vec<PaymentMethod> {
        vec![PaymentMethod::AlipayPage, PaymentMethod::AlipayWap, PaymentMethod::AlipayQr]
    }

    #[tracing::instrument(level = "trace", name = "payment start", skip_all, fields(otel.kind = "client"))]
    async fn start(&self, request: &PaymentRequest) -> Result<StartedPayment, PaymentError> {
        let url = match request.method {
            PaymentMethod::AlipayPage => self.page(request, "alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY", None),
            PaymentMethod::AlipayWap => {
                self.page(request, "alipay.trade.wap.pay", "QUICK_WAP_WAY", Some(&request.return_url))
            }
            PaymentMethod::AlipayQr => return Ok(self.precreate(request).await?),
            _ => return Err(PaymentError::Refused("method".to_owned())),
        };
        Ok(StartedPayment { action: PaymentAction::Redirect(url), reference: None, ends_at: None })
    }

    #[tracing::instrument(level = "trace", name = "payment query", skip_all, fields(otel.kind = "client"))]
    async fn query(&self, attempt: &PaymentAttempt) -> Result<ProviderState, PaymentError> {
        Ok(self.trade(attempt).await?)
    }

    #[tracing::instrument(level = "trace", name = "payment close", skip_all, fields(otel.kind = "client"))]
    async fn close(&self, attempt: &PaymentAttempt) -> Result<(), PaymentError> {
        let number = attempt.number.as_str();
        let answer = self.gateway.call("alipay.trade.close", &Trade { out_trade_no: number }).await?;
        if answer.out_trade_no.is_some_and(|closed| closed != number) {
            return Err(Failure::Misplaced.into());
        }
        Ok(())
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
        notice::read(notice, &self.gateway.keys, &self.gateway.app_id, &self.seller_id).map(Some)
    }

    fn answer_notice(&self, accepted: bool) -> NoticeAnswer {
        let (status, body) = if accepted { (200, "success") } else { (400, "fail") };
        NoticeAnswer { status, media_type: Some("text/plain; charset=utf-8"), body: body.to_owned() }
    }

    fn returned(&self, query: &str) -> Option<AttemptNumber> {
        returned(query)
    }

    #[tracing::instrument(level = "trace", name = "payment bill", skip_all, fields(otel.kind = "client"))]
    async fn bill(&self, day: NaiveDate) -> Result<Vec<BillEntry>, PaymentError> {
        Ok(bill::bill(&self.gateway, day).await?)
    }

    // Asks for a trade that cannot be: the answer is signed, so it tries the keys of both sides.
    async fn probe(&self, now: DateTime<Utc>) -> Result<TimeDelta, PaymentError> {
        let number = Uuid::new_v4().simple().to_string();
        let (date, answer) = self.gateway.dated_call("alipay.trade.query", &Trade { out_trade_no: &number }).await?;
        match answer {
            Err(Failure::Refused(code)) if code == NOT_EXIST => Ok(ahead(date, now)),
            Err(failure) => Err(failure.into()),
            Ok(_) => Err(Failure::Misplaced.into()),
        }
    }
}
