//! Yuntongxun (Cloopen).

mod sign;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use minsu_domain::Mobile;
use minsu_http::{HttpClient, HttpOptions, SetupError, host_url, name, secret};
use minsu_ports::{Clock, SmsError, SmsMessage, SmsSender};
use reqwest::{
    Method, RequestBuilder,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use self::sign::Signed;
use crate::service::{MAX_ANSWER, ServiceError, in_time, read};

/// The status code of success.
const SUCCESS: &str = "000000";

/// The account and the template of the messages.
#[derive(Debug, Clone)]
pub struct YuntongxunOptions {
    /// The service: [`YuntongxunOptions::BASE_URL`].
    pub base_url: String,
    /// The account.
    pub account_sid: String,
    /// The secret of the account.
    pub auth_token: SecretString,
    /// The app that sends.
    pub app_id: String,
    /// A template of two values: the code and the minutes that it lives.
    pub template_id: String,
}

impl YuntongxunOptions {
    /// The service for real messages.
    pub const BASE_URL: &'static str = "https://app.cloopen.com:8883";
}

/// Sends codes through Yuntongxun.
pub struct Yuntongxun {
    http: HttpClient,
    base_url: Url,
    account_sid: String,
    auth_token: SecretString,
    app_id: String,
    template_id: String,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Yuntongxun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Yuntongxun").field("template_id", &self.template_id).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    to: &'a str,
    app_id: &'a str,
    template_id: &'a str,
    datas: Vec<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    status_code: String,
    #[serde(default)]
    status_msg: String,
    #[serde(rename = "templateSMS")]
    template_sms: Option<Sent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    sms_message_sid: String,
}

impl Yuntongxun {
    /// A sender for one account. The clock dates the signatures.
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(options: YuntongxunOptions, http: &HttpOptions, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        Ok(Self {
            http: HttpClient::new(http)?,
            base_url: host_url("base_url", &options.base_url)?,
            account_sid: name("account_sid", &options.account_sid)?,
            auth_token: secret("auth_token", options.auth_token)?,
            app_id: name("app_id", &options.app_id)?,
            template_id: name("template_id", &options.template_id)?,
            clock,
        })
    }

    /// A signed request for a resource of the account.
    fn request(&self, method: Method, resource: &str) -> RequestBuilder {
        let signed = Signed::new(&self.account_sid, &self.auth_token, self.clock.now());
        let mut url = self.base_url.clone();
        url.set_path(&format!("/2013-12-26/Accounts/{}/{resource}", self.account_sid));
        url.set_query(Some(&format!("sig={}", signed.signature)));
        let request = self.http.client().request(method, url);
        request.header(ACCEPT, "application/json").header(AUTHORIZATION, signed.authorization)
    }

    async fn call(&self, request: RequestBuilder) -> Result<Reply, ServiceError> {
        let answer = self.http.answer(request, MAX_ANSWER).await?;
        let reply: Reply = read(&answer)?;
        if answer.status.is_success() && reply.status_code == SUCCESS {
            Ok(reply)
        } else {
            Err(ServiceError::refused(&reply.status_code, &reply.status_msg))
        }
    }

    async fn send(&self, body: &str) -> Result<(), ServiceError> {
        let request = self
            .request(Method::POST, "SMS/TemplateSMS")
            .header(CONTENT_TYPE, "application/json;charset=utf-8")
            .body(body.to_owned());
        let reply = self.call(request).await?;
        let sid = reply.template_sms.map(|sent| sent.sms_message_sid).unwrap_or_default();
        tracing::debug!(sid, "yuntongxun took an sms");
        Ok(())
    }
}

impl Yuntongxun {
    async fn send_template(&self, to: &Mobile, template_id: &str, datas: Vec<&str>) -> Result<(), SmsError> {
        let message = Message { to: to.as_str(), app_id: &self.app_id, template_id, datas };
        let body = serde_json::to_string(&message).map_err(|error| SmsError::Failed(error.into()))?;
        in_time(&self.http, &*self.clock, || self.send(&body)).await
    }
}

#[async_trait]
impl SmsSender for Yuntongxun {
    #[tracing::instrument(level = "trace", name = "sms", skip_all, fields(otel.kind = "client"))]
    async fn send_code(&self, to: &Mobile, code: &str, lifetime: Duration) -> Result<(), SmsError> {
        let minutes = lifetime.as_secs().div_ceil(60).to_string();
        self.send_template(to, &self.template_id, vec![code, &minutes]).await
    }

    #[tracing::instrument(level = "trace", name = "sms", skip_all, fields(otel.kind = "client"))]
    async fn send_message(&self, to: &Mobile, message: &SmsMessage) -> Result<(), SmsError> {
        self.send_template(to, &message.template, message.values.iter().map(|(_, value)| value.as_str()).collect())
            .await
    }

    // Asks for the account's data: whether the service knows it and its secret, without sending
    // anything. It says nothing about the app and the template, which only a message would try.
    async fn probe(&self) -> Result<(), SmsError> {
        in_time(&self.http, &*self.clock, || async {
            self.call(self.request(Method::GET, "AccountInfo")).await.map(drop)
        })
        .await
    }
}
