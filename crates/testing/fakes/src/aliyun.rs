//! Aliyun SMS: `SendSms` and `QuerySmsTemplate`, signed with ACS3-HMAC-SHA256.

mod account;
mod signature;

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use hyper::{Request, Response};
use serde_json::{Value, json};

use account::Refused;

use crate::{
    Faults, SetClock, SmsInbox,
    encoding::json,
    server::{Server, Service},
};

/// A running Aliyun SMS with one account, one signature name and two templates: of a code, and of a message.
#[derive(Debug)]
pub struct Aliyun {
    server: Server,
    inbox: SmsInbox,
}

#[derive(Debug)]
struct State {
    clock: SetClock,
    inbox: SmsInbox,
    nonces: Mutex<HashSet<String>>,
}

impl Aliyun {
    /// The key id of the account.
    pub const ACCESS_KEY_ID: &'static str = account::ACCESS_KEY_ID;
    /// Its secret.
    pub const ACCESS_KEY_SECRET: &'static str = account::ACCESS_KEY_SECRET;
    /// The name that messages are signed with.
    pub const SIGN_NAME: &'static str = "民宿 & Co";
    /// The template: the code.
    pub const TEMPLATE_CODE: &'static str = "SMS_4711";
    /// The template of a message: `listing` and `start`.
    pub const MESSAGE_TEMPLATE: &'static str = "SMS_4712";

    /// Starts one whose time is that of the clock.
    pub async fn start(clock: SetClock) -> Self {
        let inbox = SmsInbox::default();
        let service = Arc::new(State { clock, inbox: inbox.clone(), nonces: Mutex::default() });
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

#[async_trait]
impl Service for State {
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let done = signature::check(&request, &self.clock).and_then(|signed| {
            if !self.nonces.lock().unwrap_or_else(PoisonError::into_inner).insert(signed.nonce) {
                return Err((400, "SignatureNonceUsed", "the nonce was used before"));
            }
            match (signed.action.as_str(), signed.version.as_str()) {
                ("SendSms", "2017-05-25") => self.send(&signed.parameters),
                ("QuerySmsTemplate", "2017-05-25") => query_template(&signed.parameters),
                _ => Err((404, "InvalidAction.NotFound", "no such action")),
            }
        });
        match done {
            Ok(body) => json(200, &body),
            Err((status, code, message)) => {
                json(status, &json!({ "Code": code, "Message": message, "RequestId": "fake" }))
            }
        }
    }

    fn refusal(&self, code: &str, request: &Request<Bytes>) -> Response<Bytes> {
        let message = format!("refused: {}", request.uri().query().unwrap_or_default());
        json(200, &json!({ "Code": code, "Message": message, "RequestId": "fake" }))
    }
}

impl State {
    fn send(&self, parameters: &BTreeMap<String, String>) -> Result<Value, Refused> {
        let parameter = |name: &str| parameters.get(name).map(String::as_str).unwrap_or_default();
        if parameter("SignName") != Aliyun::SIGN_NAME {
            return Err((200, "isv.SMS_SIGNATURE_ILLEGAL", "no such signature"));
        }
        let mobile = parameter("PhoneNumbers");
        if mobile.len() != 11 || !mobile.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err((200, "isv.MOBILE_NUMBER_ILLEGAL", "the number has the wrong format"));
        }
        query_template(parameters)?;
        let values: Value = serde_json::from_str(parameter("TemplateParam")).unwrap_or_default();
        let names: &[&str] =
            if parameter("TemplateCode") == Aliyun::TEMPLATE_CODE { &["code"] } else { &["listing", "start"] };
        let values = values.as_object().filter(|values| values.len() == names.len()).and_then(|values| {
            names.iter().map(|name| values.get(*name).and_then(Value::as_str)).collect::<Option<Vec<_>>>()
        });
        let values = values.ok_or((200, "isv.TEMPLATE_PARAMS_ILLEGAL", "the values do not fit"))?;
        self.inbox.deliver(mobile, &values.join(" "));
        Ok(json!({ "Code": "OK", "Message": "OK", "BizId": "fake-message^0", "RequestId": "fake" }))
    }
}

fn query_template(parameters: &BTreeMap<String, String>) -> Result<Value, Refused> {
    let known = [Aliyun::TEMPLATE_CODE, Aliyun::MESSAGE_TEMPLATE];
    if parameters.get("TemplateCode").is_some_and(|template| known.contains(&template.as_str())) {
        Ok(json!({ "Code": "OK", "Message": "OK", "TemplateStatus": 1, "RequestId": "fake" }))
    } else {
        Err((200, "isv.SMS_TEMPLATE_ILLEGAL", "no such template"))
    }
}
