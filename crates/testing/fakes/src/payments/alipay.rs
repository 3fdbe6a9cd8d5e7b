//! Alipay's gateway, cashier and notices.

mod archive;
mod merchant;
mod request;
#[cfg(test)]
mod strict;
mod trades;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use encoding_rs::{GBK, UTF_8};
use hyper::{
    Method, Request, Response,
    header::{CONTENT_TYPE, LOCATION},
};
use minsu_ports::{Clock, RawNotice};
use serde_json::{Value, json};

use self::{
    request::{Call, Parameters, encoded, encoded_in, signed_text},
    trades::{Refused, Trades},
};
use super::{Answers, Outgoing, date::dated, delivery::Outbox, keys};
use crate::{
    Faults, SetClock,
    server::{Server, Service},
};

/// A running Alipay with one application of one seller.
#[derive(Debug)]
pub struct Alipay {
    server: Server,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    clock: SetClock,
    trades: Mutex<Trades>,
    answers: Mutex<Answers>,
    key: Mutex<&'static str>,
    outbox: Outbox,
}

impl Alipay {
    /// The application.
    pub const APP_ID: &'static str = merchant::APP_ID;
    /// The seller.
    pub const SELLER_ID: &'static str = merchant::SELLER_ID;
    /// The application's private key.
    pub const PRIVATE_KEY: &'static str = keys::KEY;

    /// Starts one whose time is that of the clock.
    pub async fn start(clock: SetClock) -> Self {
        let state = Arc::new(State {
            clock,
            trades: Mutex::default(),
            answers: Mutex::default(),
            key: Mutex::new(keys::KEY),
            outbox: Outbox::default(),
        });
        let service: Arc<dyn Service> = Arc::clone(&state) as _;
        let server = Server::start(service).await;
        state.trades().base = server.url().to_owned();
        Self { server, state }
    }

    /// Alipay's public key, and the one after a change of keys.
    pub fn public_keys() -> [String; 2] {
        [keys::public(keys::KEY), keys::public(keys::OTHER_KEY)]
    }

    /// The address of its gateway's host.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// Its faults. A refusal is a signed answer with this `sub_code`; three digits are a status without an answer, five a `code`.
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// From now on answers are like this.
    pub fn answer(&self, answers: Answers) {
        *self.state.answers.lock().unwrap_or_else(PoisonError::into_inner) = answers;
    }

    /// From now on answers and notices are signed by the new key.
    pub fn change_key(&self) {
        *self.state.key.lock().unwrap_or_else(PoisonError::into_inner) = keys::OTHER_KEY;
    }

    /// From now on refunds are told to be under way, or the seller has no balance.
    pub fn refund_slowly(&self, slow: bool, poor: bool) {
        let mut trades = self.state.trades();
        (trades.slow_refunds, trades.poor) = (slow, poor);
    }

    /// A browser opens a page: the trade comes to be.
    ///
    /// # Errors
    /// What the page says instead.
    pub fn open(&self, url: &str) -> Result<(), String> {
        let query = url.strip_prefix(&format!("{}/gateway.do?", self.url())).ok_or("no such page")?;
        self.state.opened(query).map(drop)
    }

    /// A telephone scans a code: the trade comes to be.
    ///
    /// # Errors
    /// What the telephone says instead.
    pub fn scan(&self, code: &str) -> Result<(), String> {
        self.state.trades().scan(code, self.state.clock.now()).map_err(|(_, code)| code.to_owned())
    }

    /// The buyer pays; false where nothing can be paid.
    pub fn pay(&self, number: &str) -> bool {
        let paid = self.state.trades().pay(number, self.state.clock.now());
        if paid {
            self.state.tell(number, &[]);
        }
        paid
    }

    /// A paid trade ends: nothing can be paid back any more.
    pub fn finish(&self, number: &str) {
        self.state.trades().finish(number);
        self.state.tell(number, &[]);
    }

    /// A notice of how a trade stands, with other fields, signed as a real one: a forgery of its content.
    pub fn tell(&self, number: &str, changes: &[(&str, &str)]) {
        self.state.tell(number, changes);
    }

    /// The notices since the last call of this.
    pub fn take_notices(&self) -> Vec<Outgoing> {
        self.state.outbox.take()
    }
}

impl State {
    fn trades(&self) -> MutexGuard<'_, Trades> {
        self.trades.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn key(&self) -> &'static str {
        *self.key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answers(&self) -> Answers {
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, number: &str, changes: &[(&str, &str)]) {
        let now = self.clock.now();
        let (url, mut fields) = self.trades().notice(number, now);
        fields.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let charset = if self.answers() == Answers::Gbk { GBK } else { UTF_8 };
        fields.insert("charset".to_owned(), charset.name().to_owned());
        let sign = keys::sign(self.key(), &charset.encode(&signed_text(&fields)).0);
        fields.insert("sign_type".to_owned(), "RSA2".to_owned());
        fields.insert("sign".to_owned(), sign);
        let media_type = format!("application/x-www-form-urlencoded; charset={}", charset.name());
        let notice = RawNotice {
            headers: vec![("content-type".to_owned(), media_type)],
            body: encoded_in(charset, &fields).into_bytes(),
            received_at: now,
        };
        self.outbox.put(Outgoing { url, notice });
    }

    /// The page as a browser sees it: the buyer pays at once and goes back to the merchant.
    fn cashier(&self, query: &str) -> Response<Bytes> {
        let now = self.clock.now();
        let paid = self.opened(query).map(|call| {
            let number = call.content["out_trade_no"].as_str().unwrap_or_default().to_owned();
            if self.trades().pay(&number, now) {
                self.tell(&number, &[]);
            }
            let (_, told) = self.trades().notice(&number, now);
            let kept = ["app_id", "seller_id", "out_trade_no", "trade_no", "total_amount", "charset", "version"];
            let mut back: BTreeMap<_, _> = told.into_iter().filter(|(name, _)| kept.contains(&&**name)).collect();
            back.insert("method".to_owned(), format!("{}.return", call.method));
            let sign = keys::sign(self.key(), signed_text(&back).as_bytes());
            back.extend([("sign_type".to_owned(), "RSA2".to_owned()), ("sign".to_owned(), sign)]);
            format!("{}?{}", call.return_url.unwrap_or_default(), encoded(&back))
        });
        match paid {
            Ok(back) => Response::builder().status(302).header(LOCATION, back).body(Bytes::new()).unwrap(),
            Err(code) => Response::builder().status(400).body(Bytes::from(code)).unwrap(),
        }
    }

    /// The call of a page whose trade comes to be, or what the page says instead.
    fn opened(&self, query: &str) -> Result<Call, String> {
        let now = self.clock.now();
        let call = Call::read(query.as_bytes(), now).map_err(|(_, code)| code)?;
        let product = match call.method.as_str() {
            "alipay.trade.page.pay" => "FAST_INSTANT_TRADE_PAY",
            "alipay.trade.wap.pay" => "QUICK_WAP_WAY",
            _ => return Err("no page".to_owned()),
        };
        if call.content["product_code"] != product || call.return_url.is_none() || call.notify_url.is_none() {
            return Err("product_code, return_url or notify_url".to_owned());
        }
        self.trades().open(&call.content, call.notify_url.clone(), now).map_err(|(_, code)| code.to_owned())?;
        Ok(call)
    }

    fn done(&self, call: &Call, now: DateTime<Utc>) -> Result<Value, Refused> {
        let mut trades = self.trades();
        let content = &call.content;
        match call.method.as_str() {
            "alipay.trade.precreate" => trades.precreate(content, call.notify_url.clone(), now),
            "alipay.trade.query" => trades.query(content, now),
            "alipay.trade.close" => trades.close(content, now),
            "alipay.trade.refund" => trades.refund(content, now),
            "alipay.trade.fastpay.refund.query" => trades.refund_query(content, now),
            "alipay.data.dataservice.bill.downloadurl.query" => trades.bill_url(content, now),
            _ => Err(("40002", "isv.invalid-method")),
        }
    }

    /// The answer to a method, signed over its node as it is sent.
    fn signed(&self, method: &str, node: &Value) -> Response<Bytes> {
        let answers = self.answers();
        // Alipay escapes slashes, which must not be undone before the signature is checked.
        let node = node.to_string().replace('/', "\\/");
        let (node, charset) = match answers {
            Answers::Gbk => (GBK.encode(&node).0.into_owned(), "GBK"),
            _ => (node.into_bytes(), "utf-8"),
        };
        let key = if answers == Answers::WrongSignature { keys::OTHER_KEY } else { self.key() };
        let sign = keys::sign(key, &node).replace('/', "\\/");
        let name = format!("{{\"{}_response\":", method.replace('.', "_"));
        let end = if answers == Answers::Unsigned { "}".to_owned() } else { format!(",\"sign\":\"{sign}\"}}") };
        let body = [name.as_bytes(), &node, end.as_bytes()].concat();
        let answer = Response::builder().header(CONTENT_TYPE, format!("text/html;charset={charset}"));
        dated(answer.body(Bytes::from(body)).unwrap(), self.clock.now())
    }
}

fn refused(code: &str, sub_code: &str) -> Value {
    let message = if code == "40004" { "Business Failed" } else { "Invalid Arguments" };
    json!({ "code": code, "msg": message, "sub_code": sub_code, "sub_msg": "失败 \"{\\" })
}

#[async_trait]
impl Service for State {
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let now = self.clock.now();
        if request.method() == Method::GET && request.uri().path() == "/bill" {
            let archive = self.trades().bill(request.uri().query().unwrap_or_default());
            let status = if archive.is_some() { 200 } else { 404 };
            return Response::builder().status(status).body(Bytes::from(archive.unwrap_or_default())).unwrap();
        }
        if request.method() == Method::GET && request.uri().path() == "/gateway.do" {
            return self.cashier(request.uri().query().unwrap_or_default());
        }
        let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_form = media_type.starts_with("application/x-www-form-urlencoded");
        if request.method() != Method::POST || request.uri().path() != "/gateway.do" || !is_form {
            return Response::builder().status(404).body(Bytes::new()).unwrap();
        }
        let call = match Call::read(request.body(), now) {
            Ok(call) => call,
            // What is not signed by the merchant gets an answer without a signature.
            Err((method, code)) => {
                let body = json!({ format!("{}_response", method.replace('.', "_")): refused("40002", &code) });
                let answer = Response::builder().header(CONTENT_TYPE, "text/html;charset=utf-8");
                return dated(answer.body(Bytes::from(body.to_string())).unwrap(), now);
            }
        };
        let before = self.trades().told();
        let node = match self.done(&call, now) {
            Ok(mut node) => {
                node["code"] = "10000".into();
                node["msg"] = "Success".into();
                node
            }
            Err((code, sub_code)) => refused(code, sub_code),
        };
        // Closing and paying back is told by a notice, too.
        let after = self.trades().told();
        for number in
            after.iter().filter(|(number, state)| before.get(*number) != Some(state)).map(|(number, _)| number)
        {
            self.tell(number, &[]);
        }
        self.signed(&call.method, &node)
    }

    fn refusal(&self, code: &str, request: &Request<Bytes>) -> Response<Bytes> {
        let is_number = code.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(status) = code.parse::<u16>().ok().filter(|_| code.len() == 3) {
            return Response::builder().status(status).body(Bytes::from_static(b"error")).unwrap();
        }
        let parameters = Parameters::read(request.body()).unwrap_or_default();
        let general = if is_number { code } else { "40004" };
        self.signed(parameters.get("method"), &refused(general, code))
    }
}
