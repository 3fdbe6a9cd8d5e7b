//! Yuntongxun: template messages and the data of an account.

use std::sync::Arc;

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use chrono::{FixedOffset, NaiveDateTime};
use hyper::{
    Method, Request, Response,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
};
use md5::{Digest, Md5};
use minsu_ports::Clock;
use serde_json::{Value, json};

use crate::{
    Faults, SetClock, SmsInbox,
    encoding::{hex, json},
    server::{Server, Service},
};

/// A running Yuntongxun with one account, one app and two templates of two values: of a code, and of a message.
#[derive(Debug)]
pub struct Yuntongxun {
    server: Server,
    inbox: SmsInbox,
}

#[derive(Debug)]
struct State {
    clock: SetClock,
    inbox: SmsInbox,
}

impl Yuntongxun {
    /// The account.
    pub const ACCOUNT_SID: &'static str = "fake-account-sid";
    /// Its secret.
    pub const AUTH_TOKEN: &'static str = "fake-auth-token";
    /// Its app.
    pub const APP_ID: &'static str = "fake-app";
    /// The template: code and minutes.
    pub const TEMPLATE_ID: &'static str = "4711";
    /// The template of a message: listing and start.
    pub const MESSAGE_TEMPLATE: &'static str = "4712";

    /// Starts one whose time is that of the clock.
    pub async fn start(clock: SetClock) -> Self {
        let inbox = SmsInbox::default();
        let service = Arc::new(State { clock, inbox: inbox.clone() });
        Self { server: Server::start(service).await, inbox }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// Its faults. A refusal's message repeats the number and the code.
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// The messages that it delivered.
    pub fn inbox(&self) -> &SmsInbox {
        &self.inbox
    }
}

/// An error of the service: status code and message.
type Refused = (&'static str, &'static str);

#[async_trait]
impl Service for State {
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let done = self.authenticate(&request).and_then(|resource| match (request.method(), resource) {
            (&Method::POST, "SMS/TemplateSMS") => self.send(&request),
            (&Method::GET, "AccountInfo") => Ok(json!({ "statusCode": "000000", "Account": { "balance": "10" } })),
            _ => Err(("111128", "no such resource")),
        });
        match done {
            Ok(body) => json(200, &body),
            Err((code, message)) => json(200, &json!({ "statusCode": code, "statusMsg": message })),
        }
    }

    fn refusal(&self, code: &str, request: &Request<Bytes>) -> Response<Bytes> {
        let body = String::from_utf8_lossy(request.body());
        json(200, &json!({ "statusCode": code, "statusMsg": format!("refused: {body}") }))
    }
}

impl State {
    /// Checks the credentials of a request, and returns the resource that it asks for.
    fn authenticate<'a>(&self, request: &'a Request<Bytes>) -> Result<&'a str, Refused> {
        let prefix = format!("/2013-12-26/Accounts/{}/", Yuntongxun::ACCOUNT_SID);
        let resource = request.uri().path().strip_prefix(&prefix).ok_or(("111110", "no such account"))?;
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if header(ACCEPT) != "application/json" {
            return Err(("111102", "accept must be application/json"));
        }
        let authorization = header(AUTHORIZATION);
        let authorization = STANDARD.decode(authorization).ok().and_then(|text| String::from_utf8(text).ok());
        let authorization = authorization.ok_or(("111105", "authorization cannot be decoded"))?;
        let timestamp = authorization.strip_prefix(&format!("{}:", Yuntongxun::ACCOUNT_SID));
        let timestamp = timestamp.ok_or(("111106", "authorization is of another account"))?;
        self.check_timestamp(timestamp)?;
        let signed = [Yuntongxun::ACCOUNT_SID, Yuntongxun::AUTH_TOKEN, timestamp].concat();
        let expected = format!("sig={}", hex(&Md5::digest(signed)).to_uppercase());
        if request.uri().query() != Some(expected.as_str()) {
            return Err(("111109", "wrong signature"));
        }
        Ok(resource)
    }

    /// The time in China, not older than a day.
    fn check_timestamp(&self, timestamp: &str) -> Result<(), Refused> {
        let sent = NaiveDateTime::parse_from_str(timestamp, "%Y%m%d%H%M%S").map_err(|_| ("111107", "timestamp"))?;
        let china = FixedOffset::east_opt(8 * 3600).unwrap();
        let now = self.clock.now().with_timezone(&china).naive_local();
        if timestamp.len() == 14 && (now - sent).num_seconds().abs() < 3600 {
            Ok(())
        } else {
            Err(("111108", "the timestamp has expired"))
        }
    }

    fn send(&self, request: &Request<Bytes>) -> Result<Value, Refused> {
        let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if media_type != Some("application/json;charset=utf-8") {
            return Err(("111103", "content-type must be application/json"));
        }
        let body: Value = serde_json::from_slice(request.body()).map_err(|_| ("111101", "the body is no json"))?;
        if body["appId"] != Yuntongxun::APP_ID {
            return Err(("111130", "no such app"));
        }
        let is_code = body["templateId"] == Yuntongxun::TEMPLATE_ID;
        if !is_code && body["templateId"] != Yuntongxun::MESSAGE_TEMPLATE {
            return Err(("160032", "no such template"));
        }
        let mobile = body["to"].as_str().filter(|to| to.len() == 11 && to.bytes().all(|byte| byte.is_ascii_digit()));
        let mobile = mobile.ok_or(("160042", "the number has the wrong format"))?;
        let values: Option<Vec<_>> =
            body["datas"].as_array().and_then(|datas| datas.iter().map(Value::as_str).collect());
        let Some([first, second]) = values.as_deref() else { return Err(("160034", "the values do not fit")) };
        if is_code && second.parse::<u32>().is_err() {
            return Err(("160034", "the minutes are no number"));
        }
        if is_code {
            self.inbox.deliver(mobile, first);
        } else {
            self.inbox.deliver(mobile, &format!("{first} {second}"));
        }
        let sent = json!({ "smsMessageSid": "fake-message", "dateCreated": "20260101000000" });
        Ok(json!({ "statusCode": "000000", "templateSMS": sent }))
    }
}
