//! WeChat Pay, version 3.

mod api;
mod bill;
mod notice;
mod options;
mod resource;
mod sign;
mod verify;
mod wire;

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use minsu_domain::{AttemptNumber, PaymentMethod, PaymentProviderKind};
use minsu_http::{HttpClient, HttpOptions, SetupError, host_url, name};
use minsu_ports::{
    BillEntry, Clock, Notice, NoticeAnswer, NoticeRefused, PaymentAction, PaymentAttempt, PaymentError,
    PaymentProvider, PaymentRequest, ProviderState, RawNotice, RefundRequest, RefundState, StartedPayment,
};
use url::form_urlencoded::byte_serialize;
use uuid::Uuid;

pub use self::options::WechatOptions;
use self::{
    api::Api,
    notice::Reader,
    resource::Opener,
    sign::Merchant,
    verify::Keys,
    wire::{Amount, CURRENCY, Close, NewOrder, NewRefund, Ordered, RefundAnswer, SceneInfo, Transaction, refund_state},
};
use crate::{
    china::china,
    failure::Failure,
    form::{returned, with_number},
    probe::ahead,
    rsa::RsaSigner,
};

/// A code can be scanned for two hours, and a page opened for five minutes. The guest needs some of it.
const CODE_LASTS: TimeDelta = TimeDelta::minutes(110);
const PAGE_LASTS: TimeDelta = TimeDelta::minutes(4);
/// The clock of WeChat Pay may be so far from ours.
const CLOCK: TimeDelta = TimeDelta::minutes(5);

/// Refusals of a refund that no later call changes. What is not named here may pass: so may a payment that is not there,
/// which the key of another merchant says of all of them.
const NEVER_REFUNDED: [&str; 3] = ["INVALID_REQUEST", "PARAM_ERROR", "USER_ACCOUNT_ABNORMAL"];

/// Takes payments through WeChat Pay: codes, and pages of telephones.
pub struct WechatPay {
    api: Api,
    reader: Reader,
    notify_url: String,
}

impl std::fmt::Debug for WechatPay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WechatPay").field("merchant_id", &self.reader.merchant_id).finish_non_exhaustive()
    }
}

impl WechatPay {
    /// Payments for one merchant. The clock dates the calls, and tells stale answers.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(options: WechatOptions, http: &HttpOptions, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let keys = Arc::new(Keys::new("public_keys", &options.public_keys)?);
        let merchant_id = name("merchant_id", &options.merchant_id)?;
        let merchant = Merchant {
            id: merchant_id.clone(),
            serial: name("serial", &options.serial)?,
            signer: RsaSigner::new("private_key", &options.private_key)?,
        };
        let api = Api {
            http: HttpClient::new(http)?,
            base: host_url("endpoint", &options.endpoint)?,
            merchant,
            keys: keys.clone(),
            clock,
        };
        let reader = Reader {
            keys,
            opener: Opener::new("api_key", &options.api_key)?,
            app_id: name("app_id", &options.app_id)?,
            merchant_id,
        };
        Ok(Self { api, reader, notify_url: host_url("notify_url", &options.notify_url)?.to_string() })
    }

    async fn order(&self, request: &PaymentRequest) -> Result<StartedPayment, Failure> {
        let address = request.payer_address.as_deref();
        let (kind, scene) = match request.method {
            PaymentMethod::WechatQr => ("native", None),
            PaymentMethod::WechatH5 => {
                let address = address.ok_or_else(|| Failure::Refused("payer_address".to_owned()))?;
                ("h5", Some(SceneInfo::wap(address)))
            }
            _ => return Err(Failure::Refused("method".to_owned())),
        };
        let order = NewOrder {
            appid: &self.reader.app_id,
            mchid: &self.reader.merchant_id,
            description: &request.subject,
            out_trade_no: request.number.as_str(),
            time_expire: china(request.expires_at).format("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            notify_url: &self.notify_url,
            amount: Amount { total: request.amount.fen(), refund: None, currency: CURRENCY },
            scene_info: scene,
        };
        let begun = self.api.clock.now();
        let ordered: Ordered = self.api.post(&format!("/v3/pay/transactions/{kind}"), &order).await?;
        let (action, lasts) = match (ordered.code_url, ordered.h5_url) {
            (Some(code), None) => (PaymentAction::Qr(code), CODE_LASTS),
            (None, Some(page)) => {
                let back = with_number(&request.return_url, &request.number);
                let back: String = byte_serialize(back.as_bytes()).collect();
                let joint = if page.contains('?') { '&' } else { '?' };
                (PaymentAction::Redirect(format!("{page}{joint}redirect_url={back}")), PAGE_LASTS)
            }
            _ => return Err(Failure::Misplaced),
        };
        Ok(StartedPayment { action, reference: None, ends_at: Some(begun + lasts) })
    }

    async fn transaction(&self, attempt: &PaymentAttempt) -> Result<ProviderState, Failure> {
        let (number, merchant) = (attempt.number.as_str(), &self.reader.merchant_id);
        let path = format!("/v3/pay/transactions/out-trade-no/{number}?mchid={merchant}");
        match self.api.get::<Transaction>(&path).await {
            Err(Failure::Refused(code)) if code == "ORDER_NOT_EXIST" => Ok(ProviderState::NotFound),
            Err(failure) => Err(failure),
            Ok(found) if found.out_trade_no.as_deref() != Some(number) => Err(Failure::Misplaced),
            Ok(found) => {
                let ours = self.reader.is_ours(&found);
                found.state().filter(|_| ours).ok_or(Failure::Misplaced)
            }
        }
    }

    async fn pay_back(&self, refund: &RefundRequest) -> Result<RefundState, Failure> {
        let wanted = NewRefund {
            out_trade_no: refund.attempt.number.as_str(),
            out_refund_no: refund.number.as_str(),
            amount: Amount { refund: Some(refund.amount.fen()), total: refund.received.fen(), currency: CURRENCY },
        };
        let answer = self.api.post::<RefundAnswer>("/v3/refund/domestic/refunds", &wanted).await;
        state_of(answer.map_err(|failure| failure.final_only_for(&NEVER_REFUNDED))?, refund)
    }

    async fn paid_back(&self, refund: &RefundRequest) -> Result<RefundState, Failure> {
        let path = format!("/v3/refund/domestic/refunds/{}", refund.number.as_str());
        match self.api.get::<RefundAnswer>(&path).await {
            Err(Failure::Refused(code)) if code.ends_with("NOT_EXISTS") || code.ends_with("NOT_EXIST") => {
                Ok(RefundState::NotFound)
            }
            Err(failure) => Err(failure),
            Ok(answer) => state_of(answer, refund),
        }
    }
}

/// What an answer says of the refund that it must be about.
fn state_of(answer: RefundAnswer, refund: &RefundRequest) -> Result<RefundState, Failure> {
    let same = answer.out_refund_no == refund.number.as_str() && answer.amount.refund == refund.amount.fen();
    let state = refund_state(&answer.status, answer.refund_id);
    state.filter(|_| same).ok_or(Failure::Misplaced)
}

#[async_trait]
impl PaymentProvider for WechatPay {
    fn kind(&self) -> PaymentProviderKind {
        PaymentProviderKind::WechatPay
    }

    fn methods(&self) -> Vec<PaymentMethod> {
        vec![PaymentMethod::WechatQr, PaymentMethod::WechatH5]
    }

    #[tracing::instrument(level = "trace", name = "payment start", skip_all, fields(otel.kind = "client"))]
    async fn start(&self, request: &PaymentRequest) -> Result<StartedPayment, PaymentError> {
        Ok(self.order(request).await?)
    }

    #[tracing::instrument(level = "trace", name = "payment query", skip_all, fields(otel.kind = "client"))]
    async fn query(&self, attempt: &PaymentAttempt) -> Result<ProviderState, PaymentError> {
        Ok(self.transaction(attempt).await?)
    }

    #[tracing::instrument(level = "trace", name = "payment close", skip_all, fields(otel.kind = "client"))]
    async fn close(&self, attempt: &PaymentAttempt) -> Result<(), PaymentError> {
        let path = format!("/v3/pay/transactions/out-trade-no/{}/close", attempt.number.as_str());
        Ok(self.api.post_without_answer(&path, &Close { mchid: &self.reader.merchant_id }).await?)
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
        self.reader.read(notice)
    }

    fn answer_notice(&self, accepted: bool) -> NoticeAnswer {
        if accepted {
            return NoticeAnswer { status: 204, media_type: None, body: String::new() };
        }
        let body = r#"{"code":"FAIL","message":"失败"}"#.to_owned();
        NoticeAnswer { status: 400, media_type: Some("application/json"), body }
    }

    fn returned(&self, query: &str) -> Option<AttemptNumber> {
        returned(query)
    }

    #[tracing::instrument(level = "trace", name = "payment bill", skip_all, fields(otel.kind = "client"))]
    async fn bill(&self, day: NaiveDate) -> Result<Vec<BillEntry>, PaymentError> {
        Ok(bill::bill(&self.api, day).await?)
    }

    // Asks for an order that cannot be. Where the clocks are so far apart that nothing else can work, that is told
    // instead of the refusal that follows from it.
    async fn probe(&self, now: DateTime<Utc>) -> Result<TimeDelta, PaymentError> {
        let number = Uuid::new_v4().simple();
        let path = format!("/v3/pay/transactions/out-trade-no/{number}?mchid={}", self.reader.merchant_id);
        let (date, answer) = self.api.dated_get(&path).await?;
        let ahead = ahead(date, now);
        match answer {
            Err(Failure::Refused(code)) if code == "ORDER_NOT_EXIST" => Ok(ahead),
            Err(Failure::Refused(_) | Failure::Later(_)) if ahead.abs() >= CLOCK => Ok(ahead),
            Err(failure) => Err(failure.into()),
            Ok(()) => Err(Failure::Misplaced.into()),
        }
    }
}
