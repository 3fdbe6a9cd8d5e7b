//! WeChat Pay, version 3.

mod merchant;
mod orders;
mod request;
#[cfg(test)]
mod strict;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hyper::{Method, Request, Response, header::CONTENT_TYPE};
use minsu_ports::{Clock, RawNotice};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use serde_json::{Value, json};

use self::orders::{Orders, Refused};
use super::{Answers, Outgoing, date::dated, delivery::Outbox, keys};
use crate::{
    Faults, SetClock,
    server::{Server, Service},
};

/// A running WeChat Pay with one merchant.
#[derive(Debug)]
pub struct WechatPay {
    server: Server,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    clock: SetClock,
    orders: Mutex<Orders>,
    nonces: Mutex<HashSet<String>>,
    answers: Mutex<Answers>,
    signs_as: Mutex<(&'static str, &'static str)>,
    outbox: Outbox,
}

impl WechatPay {
    /// The application.
    pub const APP_ID: &'static str = merchant::APP_ID;
    /// The merchant.
    pub const MERCHANT_ID: &'static str = merchant::MERCHANT_ID;
    /// The serial number of the merchant's certificate.
    pub const SERIAL: &'static str = merchant::SERIAL;
    /// The private key of that certificate.
    pub const PRIVATE_KEY: &'static str = keys::KEY;
    /// The key of notices.
    pub const API_KEY: &'static str = "0123456789abcdefghijklmnopqrstuv";
    /// The id of the service's public key.
    pub const KEY_ID: &'static str = merchant::KEY_ID;
    /// The serial number of the platform certificate, with which it signed before.
    pub const PLATFORM_SERIAL: &'static str = "7132D72A03E93CDDF8C03BBD1F37EEDF00000000";

    /// Starts one whose time is that of the clock. It signs as [`WechatPay::KEY_ID`].
    pub async fn start(clock: SetClock) -> Self {
        let state = Arc::new(State {
            clock,
            orders: Mutex::default(),
            nonces: Mutex::default(),
            answers: Mutex::default(),
            signs_as: Mutex::new((Self::KEY_ID, keys::KEY)),
            outbox: Outbox::default(),
        });
        let service: Arc<dyn Service> = Arc::clone(&state) as _;
        let server = Server::start(service).await;
        state.orders().base = server.url().to_owned();
        Self { server, state }
    }

    /// The public key and the platform's key, as `serial:key`.
    pub fn public_keys() -> [String; 2] {
        [
            format!("{}:{}", Self::KEY_ID, keys::public(keys::KEY)),
            format!("{}:{}", Self::PLATFORM_SERIAL, keys::public(keys::OTHER_KEY)),
        ]
    }

    /// The address of its interface.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// Its faults. A refusal is `status code`.
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// From now on answers are like this.
    pub fn answer(&self, answers: Answers) {
        *self.state.answers.lock().unwrap_or_else(PoisonError::into_inner) = answers;
    }

    /// From now on it signs with the platform certificate.
    pub fn sign_as_platform(&self) {
        let signs_as = (Self::PLATFORM_SERIAL, keys::OTHER_KEY);
        *self.state.signs_as.lock().unwrap_or_else(PoisonError::into_inner) = signs_as;
    }

    /// From now on the merchant has no balance, or has.
    pub fn be_poor(&self, poor: bool) {
        self.state.orders().poor = poor;
    }

    /// A telephone scans the code or opens the page.
    ///
    /// # Errors
    /// What the telephone shows instead.
    pub fn open(&self, link: &str) -> Result<(), String> {
        self.state.orders().open(link, self.state.clock.now()).map_err(|(_, code)| code.to_owned())
    }

    /// The payer pays; false where nothing can be paid.
    pub fn pay(&self, number: &str) -> bool {
        self.pay_instead(number, None)
    }

    /// The payer pays another amount than was asked for, in 分: what a real payer cannot, and what must go back whole.
    pub fn pay_other_amount(&self, number: &str, fen: i64) -> bool {
        self.pay_instead(number, Some(fen))
    }

    fn pay_instead(&self, number: &str, fen: Option<i64>) -> bool {
        let paid = self.state.orders().pay(number, fen, self.state.clock.now());
        if paid {
            self.tell(number, json!({}));
        }
        paid
    }

    /// A notice of a paid order, with these members instead.
    pub fn tell(&self, number: &str, changes: Value) {
        let (url, mut order) = self.state.orders().told(number);
        for (name, value) in changes.as_object().unwrap() {
            order[name] = value.clone();
        }
        self.state.notify("TRANSACTION.SUCCESS", url, &order);
    }

    /// Every refund that is under way ends like this: `SUCCESS`, `CLOSED` or `ABNORMAL`.
    pub fn end_refunds(&self, status: &'static str) {
        let ended = self.state.orders().end_refunds(status);
        for (url, refund) in ended {
            self.state.notify(&format!("REFUND.{status}"), url, &refund);
        }
    }

    /// The notices since the last call of this.
    pub fn take_notices(&self) -> Vec<Outgoing> {
        self.state.outbox.take()
    }
}

impl State {
    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The headers of a signature.
    fn signature(&self, body: &[u8]) -> Vec<(&'static str, String)> {
        let (serial, key) = *self.signs_as.lock().unwrap_or_else(PoisonError::into_inner);
        let (time, nonce) = (self.clock.now().timestamp().to_string(), "c5ac7061fccab6bf3e254dcf98995b8c");
        let text = [time.as_bytes(), b"\n", nonce.as_bytes(), b"\n", body, b"\n"].concat();
        let answers = *self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let signature = match answers {
            Answers::Unsigned => return Vec::new(),
            // Its own way to find out who does not check.
            Answers::WrongSignature => format!("WECHATPAY/SIGNTEST/{}", keys::sign(key, &text)),
            Answers::Usual | Answers::Gbk => keys::sign(key, &text),
        };
        vec![
            ("wechatpay-timestamp", time),
            ("wechatpay-nonce", nonce.to_owned()),
            ("wechatpay-serial", serial.to_owned()),
            ("wechatpay-signature", signature),
        ]
    }

    fn notify(&self, kind: &str, url: String, content: &Value) {
        let nonce = b"minsu0000002";
        let mut sealed = content.to_string().into_bytes();
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, WechatPay::API_KEY.as_bytes()).unwrap());
        let associated = kind.split('.').next().unwrap().to_lowercase();
        let nonce_value = Nonce::assume_unique_for_key(*nonce);
        key.seal_in_place_append_tag(nonce_value, Aad::from(associated.as_bytes()), &mut sealed).unwrap();
        let body = json!({
            "id": self.orders().next_event(),
            "create_time": self.clock.now().to_rfc3339(),
            "event_type": kind,
            "resource_type": "encrypt-resource",
            "summary": "支付成功",
            "resource": {
                "algorithm": "AEAD_AES_256_GCM",
                "original_type": associated,
                "ciphertext": STANDARD.encode(sealed),
                "associated_data": associated,
                "nonce": std::str::from_utf8(nonce).unwrap(),
            },
        })
        .to_string();
        let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        headers.extend(self.signature(body.as_bytes()).into_iter().map(|(name, value)| (name.to_owned(), value)));
        let notice = RawNotice { headers, body: body.into_bytes(), received_at: self.clock.now() };
        self.outbox.put(Outgoing { url, notice });
    }

    fn done(&self, request: &Request<Bytes>) -> Result<Option<Value>, Refused> {
        let now = self.clock.now();
        let nonce = request::check(request, now)?;
        if !self.nonces.lock().unwrap_or_else(PoisonError::into_inner).insert(nonce) {
            return Err((401, "SIGN_ERROR"));
        }
        let mut orders = self.orders();
        let query = request.uri().query().unwrap_or_default();
        let path = request.uri().path().strip_prefix("/v3/").ok_or((404, "NOT_FOUND"))?;
        let parts: Vec<_> = path.split('/').collect();
        let body = || serde_json::from_slice::<Value>(request.body()).map_err(|_| (400, "PARAM_ERROR"));
        match (request.method(), &parts[..]) {
            (&Method::POST, ["pay", "transactions", kind @ ("native" | "h5")]) => {
                orders.order(kind, &body()?, now).map(Some)
            }
            (&Method::GET, ["pay", "transactions", "out-trade-no", number]) => {
                orders.query(number, query, now).map(Some)
            }
            (&Method::POST, ["pay", "transactions", "out-trade-no", number, "close"]) => {
                orders.close(number, &body()?, now).map(|()| None)
            }
            (&Method::POST, ["refund", "domestic", "refunds"]) => orders.refund(&body()?, now).map(Some),
            (&Method::GET, ["refund", "domestic", "refunds", number]) => orders.refund_query(number).map(Some),
            (&Method::GET, ["bill", "tradebill"]) => orders.bill_place(query, now).map(Some),
            _ => Err((404, "NOT_FOUND")),
        }
    }
}

#[async_trait]
impl Service for State {
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let now = self.clock.now();
        let done = self.done(&request);
        let (status, body) = match &done {
            Ok(Some(body)) => (200, body.to_string()),
            Ok(None) => (204, String::new()),
            Err((status, code)) => (*status, json!({ "code": code, "message": "失败" }).to_string()),
        };
        // The file of a bill has no signature, and neither has a refusal.
        let file = request.uri().path() == "/v3/billdownload/file" && status == 404;
        if file && request::check(&request, now).is_ok() {
            let bill = self.orders().bill(request.uri().query().unwrap_or_default());
            return dated(Response::new(Bytes::from(bill)), now);
        }
        let mut answer = Response::builder().status(status);
        if done.is_ok() {
            for (name, value) in self.signature(body.as_bytes()) {
                answer = answer.header(name, value);
            }
        }
        if !body.is_empty() {
            answer = answer.header(CONTENT_TYPE, "application/json; charset=utf-8");
        }
        dated(answer.body(Bytes::from(body)).unwrap(), now)
    }

    fn refusal(&self, code: &str, _: &Request<Bytes>) -> Response<Bytes> {
        let (status, code) = code.split_once(' ').unwrap_or((code, "SYSTEM_ERROR"));
        let body = json!({ "code": code, "message": "失败" }).to_string();
        Response::builder().status(status.parse::<u16>().unwrap()).body(Bytes::from(body)).unwrap()
    }
}
