//! Signed calls to the gateway and its signed answers.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use minsu_http::{Answer as HttpAnswer, HttpClient, PAUSE};
use minsu_ports::Clock;
use reqwest::{RequestBuilder, header::CONTENT_TYPE};
use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded::Serializer};

use super::{
    charset::Charset,
    envelope::open,
    text::{signed_text, time},
};
use crate::{
    failure::{Failure, MAX_ANSWER, code},
    probe,
    rsa::{RsaPublicKey, RsaSigner},
};

/// What Alipay answers instead of doing something: it does not know what became of the call.
const UNDECIDED: [&str; 2] = ["20000", "10003"];

/// The gateway of one application.
pub(super) struct Gateway {
    pub(super) http: HttpClient,
    pub(super) url: Url,
    pub(super) app_id: String,
    pub(super) notify_url: String,
    pub(super) signer: RsaSigner,
    pub(super) keys: Vec<RsaPublicKey>,
    pub(super) clock: Arc<dyn Clock>,
}

/// The members of the answers that are read.
#[derive(Deserialize)]
pub(super) struct Answer {
    code: String,
    sub_code: Option<String>,
    pub(super) out_trade_no: Option<String>,
    pub(super) total_amount: Option<String>,
    pub(super) trade_no: Option<String>,
    pub(super) trade_status: Option<String>,
    pub(super) send_pay_date: Option<String>,
    pub(super) gmt_payment: Option<String>,
    pub(super) fund_change: Option<String>,
    pub(super) refund_status: Option<String>,
    pub(super) refund_amount: Option<String>,
    pub(super) refund_fee: Option<String>,
    pub(super) out_request_no: Option<String>,
    pub(super) qr_code: Option<String>,
    pub(super) bill_download_url: Option<String>,
}

impl Gateway {
    /// Calls a method; once more where there was no connection.
    pub(super) async fn call(&self, method: &str, content: &(impl Serialize + Sync)) -> Result<Answer, Failure> {
        self.dated_call(method, content).await?.1
    }

    /// The same for a method after which notices come.
    pub(super) async fn call_with_notices(
        &self,
        method: &str,
        content: &(impl Serialize + Sync),
    ) -> Result<Answer, Failure> {
        self.twice(method, content, Some(&self.notify_url)).await?.1
    }

    /// The same, with Alipay's time, where it tells it.
    pub(super) async fn dated_call(
        &self,
        method: &str,
        content: &(impl Serialize + Sync),
    ) -> Result<(Option<DateTime<Utc>>, Result<Answer, Failure>), Failure> {
        self.twice(method, content, None).await
    }

    async fn twice(
        &self,
        method: &str,
        content: &(impl Serialize + Sync),
        notify_url: Option<&str>,
    ) -> Result<(Option<DateTime<Utc>>, Result<Answer, Failure>), Failure> {
        let work = || async {
            let request = self.request(method, content, notify_url);
            let answer = self.http.answer(request, MAX_ANSWER).await?;
            Ok((probe::date(&answer), self.read(method, &answer)))
        };
        self.http.twice("alipay", self.clock.sleep(PAUSE), Failure::is_unsent, work).await
    }

    fn request(&self, method: &str, content: &impl Serialize, notify_url: Option<&str>) -> RequestBuilder {
        let mut parameters = self.common(method, content, self.clock.now());
        parameters.extend(notify_url.map(|url| ("notify_url", url.to_owned())));
        let form = self.signed(parameters);
        let request = self.http.client().post(self.url.clone());
        request.header(CONTENT_TYPE, "application/x-www-form-urlencoded;charset=utf-8").body(form)
    }

    /// The URL of a page that the browser opens.
    pub(super) fn page(
        &self,
        method: &str,
        content: &impl Serialize,
        return_url: &str,
        created_at: DateTime<Utc>,
    ) -> String {
        let mut parameters = self.common(method, content, created_at);
        parameters.push(("notify_url", self.notify_url.clone()));
        parameters.push(("return_url", return_url.to_owned()));
        let mut url = self.url.clone();
        url.set_query(Some(&self.signed(parameters)));
        url.into()
    }

    fn common(&self, method: &str, content: &impl Serialize, timestamp: DateTime<Utc>) -> Vec<(&'static str, String)> {
        // Plain fields: this cannot fail, and an empty content would be refused.
        let content = serde_json::to_string(content).unwrap_or_default();
        vec![
            ("app_id", self.app_id.clone()),
            ("method", method.to_owned()),
            ("format", "JSON".to_owned()),
            ("charset", "utf-8".to_owned()),
            ("sign_type", "RSA2".to_owned()),
            ("timestamp", time(timestamp)),
            ("version", "1.0".to_owned()),
            ("biz_content", content),
        ]
    }

    /// The parameters with their signature, as a form.
    fn signed(&self, parameters: Vec<(&'static str, String)>) -> String {
        let bytes = parameters.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        let sign = self.signer.sign(&signed_text(bytes, false));
        Serializer::new(String::new()).extend_pairs(parameters).append_pair("sign", &sign).finish()
    }

    /// Reads an answer and checks its signature.
    fn read(&self, method: &str, answer: &HttpAnswer) -> Result<Answer, Failure> {
        let strange = || Failure::not_the_provider(answer);
        if !answer.status.is_success() {
            return Err(strange());
        }
        let media_type = answer.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let charset = Charset::of_media_type(media_type).ok_or_else(strange)?;
        let name = format!("{}_response", method.replace('.', "_"));
        let envelope = open(&answer.body, charset, &name).ok_or_else(strange)?;
        let text = charset.decode(envelope.node).ok_or_else(strange)?;
        let node: Answer = serde_json::from_str(&text).map_err(|_| strange())?;
        let verifies = |sign: &str| {
            let by_any_key = |bytes: &[u8]| self.keys.iter().any(|key| key.verifies(bytes, sign));
            by_any_key(envelope.node) || charset == Charset::Gbk && by_any_key(text.as_bytes())
        };
        let told = node.sub_code.as_deref().unwrap_or(&node.code);
        if !envelope.sign.as_deref().is_some_and(verifies) {
            return Err(Failure::Unsigned(code(told)));
        }
        match node.code.as_str() {
            "10000" => Ok(node),
            general if UNDECIDED.contains(&general) || is_undecided(told) => Err(Failure::Undecided(code(told))),
            _ => Err(Failure::Refused(code(told))),
        }
    }
}

/// Whether Alipay's own code says that it does not know what it did. The spelling is Alipay's.
fn is_undecided(code: &str) -> bool {
    code == "ACQ.SYSTEM_ERROR" || code.ends_with(".unknow-error")
}
