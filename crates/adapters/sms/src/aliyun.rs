//! Aliyun SMS.

mod acs3;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use minsu_domain::Mobile;
use minsu_http::{HttpClient, HttpOptions, SettingError, SetupError, host_url, name, secret};
use minsu_ports::{Clock, SmsError, SmsMessage, SmsSender};
use reqwest::{
    RequestBuilder,
    header::{ACCEPT, AUTHORIZATION},
};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;
use uuid::Uuid;

use self::acs3::Acs3;
use crate::service::{MAX_ANSWER, ServiceError, in_time, read};

/// The version of the interface.
const VERSION: &str = "2017-05-25";
/// The code of success.
const SUCCESS: &str = "OK";

/// The account, the name that messages are signed with, and their template.
#[derive(Debug, Clone)]
pub struct AliyunOptions {
    /// The service: [`AliyunOptions::ENDPOINT`].
    pub endpoint: String,
    /// The id of an access key that may send messages.
    pub access_key_id: String,
    /// The secret of the key.
    pub access_key_secret: SecretString,
    /// The name that messages are signed with.
    pub sign_name: String,
    /// A template of one value, `code`.
    pub template_code: String,
}

impl AliyunOptions {
    /// The service.
    pub const ENDPOINT: &'static str = "https://dysmsapi.aliyuncs.com";
}

/// Sends codes through Aliyun.
pub struct AliyunSms {
    http: HttpClient,
    endpoint: Url,
    host: String,
    access_key_id: String,
    access_key_secret: SecretString,
    sign_name: String,
    template_code: String,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for AliyunSms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AliyunSms").field("template_code", &self.template_code).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Reply {
    code: String,
    #[serde(default)]
    message: String,
    biz_id: Option<String>,
    template_status: Option<i64>,
}

impl AliyunSms {
    /// A sender for one account. The clock dates the signatures.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(options: AliyunOptions, http: &HttpOptions, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let endpoint = host_url("endpoint", &options.endpoint)?;
        let host = endpoint.host_str().ok_or(SettingError::Url("endpoint"))?;
        let host = endpoint.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        // The name may be Chinese, so only an empty one is refused.
        if options.sign_name.trim().is_empty() {
            return Err(SettingError::Value("sign_name").into());
        }
        Ok(Self {
            http: HttpClient::new(http)?,
            endpoint,
            host,
            access_key_id: name("access_key_id", &options.access_key_id)?,
            access_key_secret: secret("access_key_secret", options.access_key_secret)?,
            sign_name: options.sign_name,
            template_code: name("template_code", &options.template_code)?,
            clock,
        })
    }

    async fn call(&self, action: &str, parameters: &[(&str, &str)]) -> Result<Reply, ServiceError> {
        let answer = self.http.answer(self.request(action, parameters), MAX_ANSWER).await?;
        let reply: Reply = read(&answer)?;
        if answer.status.is_success() && reply.code == SUCCESS {
            Ok(reply)
        } else {
            Err(ServiceError::refused(&reply.code, &reply.message))
        }
    }

    /// A signed request; a new nonce for each, since the service takes none twice.
    fn request(&self, action: &str, parameters: &[(&str, &str)]) -> RequestBuilder {
        let query = acs3::query(parameters);
        let nonce = Uuid::new_v4().simple().to_string();
        let date = self.clock.now().format("%Y-%m-%dT%H:%M:%SZ").to_string();
        let signed = Acs3 { host: &self.host, action, version: VERSION, nonce: &nonce, date: &date, query: &query };
        let mut url = self.endpoint.clone();
        url.set_path("/");
        url.set_query(Some(&query));
        let mut request = self.http.client().post(url).header(ACCEPT, "application/json");
        for (name, value) in signed.headers() {
            request = request.header(name, value);
        }
        request.header(AUTHORIZATION, signed.authorization(&self.access_key_id, &self.access_key_secret))
    }

    async fn send(&self, mobile: &str, template: &str, values: &str) -> Result<(), ServiceError> {
        let parameters = [
            ("PhoneNumbers", mobile),
            ("SignName", &self.sign_name),
            ("TemplateCode", template),
            ("TemplateParam", values),
        ];
        let reply = self.call("SendSms", &parameters).await?;
        tracing::debug!(biz_id = reply.biz_id, "aliyun took an sms");
        Ok(())
    }
}

#[async_trait]
impl SmsSender for AliyunSms {
    #[tracing::instrument(level = "trace", name = "sms", skip_all, fields(otel.kind = "client"))]
    async fn send_code(&self, to: &Mobile, code: &str, _lifetime: Duration) -> Result<(), SmsError> {
        let values = serde_json::json!({ "code": code }).to_string();
        in_time(&self.http, &*self.clock, || self.send(to.as_str(), &self.template_code, &values)).await
    }

    #[tracing::instrument(level = "trace", name = "sms", skip_all, fields(otel.kind = "client"))]
    async fn send_message(&self, to: &Mobile, message: &SmsMessage) -> Result<(), SmsError> {
        let named = |(name, value): &(&'static str, String)| ((*name).to_owned(), value.as_str().into());
        let values: serde_json::Map<String, serde_json::Value> = message.values.iter().map(named).collect();
        let values = serde_json::Value::Object(values).to_string();
        in_time(&self.http, &*self.clock, || self.send(to.as_str(), &message.template, &values)).await
    }

    // Asks for the state of the template: whether the service knows the key and has approved the
    // template, without sending anything.
    async fn probe(&self) -> Result<(), SmsError> {
        in_time(&self.http, &*self.clock, || async {
            let reply = self.call("QuerySmsTemplate", &[("TemplateCode", &self.template_code)]).await?;
            match reply.template_status {
                Some(1) => Ok(()),
                _ => Err(ServiceError::refused("template", "it is not approved")),
            }
        })
        .await
    }
}
