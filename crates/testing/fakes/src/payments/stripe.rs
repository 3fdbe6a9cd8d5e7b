//! Stripe: Checkout sessions, refunds, charges, events.

mod account;
mod form;
#[cfg(test)]
mod strict;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use hyper::{
    Method, Request, Response,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use minsu_ports::{Clock, RawNotice};
use serde_json::{Value, json};

use self::{
    account::Account,
    form::{Form, Refused},
};
use super::{Outgoing, date::dated, delivery::Outbox};
use crate::{
    Faults, SetClock,
    encoding::{hmac_sha256_hex, json},
    server::{Server, Service},
};

/// A running Stripe with one account.
#[derive(Debug)]
pub struct Stripe {
    server: Server,
    state: Arc<State>,
}

#[derive(Debug)]
struct State {
    clock: SetClock,
    account: Mutex<Account>,
    secrets: Mutex<Vec<&'static str>>,
    outbox: Outbox,
}

impl Stripe {
    /// The secret key.
    pub const SECRET_KEY: &'static str = "sk_test_fake_secret_key";
    /// The secret of the webhook endpoint.
    pub const WEBHOOK_SECRET: &'static str = "whsec_minsu_test";
    /// The one that follows it.
    pub const NEXT_WEBHOOK_SECRET: &'static str = "whsec_minsu_next";

    /// Starts one whose time is that of the clock.
    pub async fn start(clock: SetClock) -> Self {
        let secrets = Mutex::new(vec![Self::WEBHOOK_SECRET]);
        let state = Arc::new(State { clock, account: Mutex::default(), secrets, outbox: Outbox::default() });
        let service: Arc<dyn Service> = Arc::clone(&state) as _;
        Self { server: Server::start(service).await, state }
    }

    /// The address of its interface, with the version.
    pub fn url(&self) -> String {
        format!("{}/v1", self.server.url())
    }

    /// Its faults. A refusal is `status code`.
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// From now on events are signed with these secrets.
    pub fn sign_with(&self, secrets: &[&'static str]) {
        *self.state.secrets.lock().unwrap_or_else(PoisonError::into_inner) = secrets.to_vec();
    }

    /// From now on refunds are `pending` until [`Stripe::end_refunds`]; or the account has no balance.
    pub fn refund_slowly(&self, slow: bool, poor: bool) {
        let mut account = self.state.account();
        (account.slow_refunds, account.poor) = (slow, poor);
    }

    /// Every refund that is under way ends like this: `succeeded` or `failed`.
    pub fn end_refunds(&self, status: &'static str) {
        let ended = self.state.account().end_refunds(status);
        for refund in ended {
            self.state.tell("refund.updated", &refund);
        }
    }

    /// A browser opens the page of a session.
    ///
    /// # Errors
    /// What the page says instead.
    pub fn open(&self, url: &str) -> Result<(), String> {
        self.state.account().open(url, self.state.clock.now()).map_err(|(_, code)| code.to_owned())
    }

    /// The payer pays the attempt of this number; false where nothing can be paid.
    pub fn pay(&self, number: &str) -> bool {
        let paid = self.state.account().pay(number, self.state.clock.now());
        if let Some(session) = &paid {
            self.state.tell("checkout.session.completed", session);
        }
        paid.is_some()
    }

    /// The payer chooses a slow method: the page is left, and the money may come later.
    pub fn pay_slowly(&self, number: &str) -> bool {
        let done = self.state.account().complete(number, "unpaid", self.state.clock.now());
        if let Some(session) = &done {
            self.state.tell("checkout.session.completed", session);
        }
        done.is_some()
    }

    /// The money of a slow method comes, or does not.
    pub fn end_slow(&self, number: &str, comes: bool) {
        let session = self.state.account().end_slow(number, comes, self.state.clock.now());
        let ended = if comes { "async_payment_succeeded" } else { "async_payment_failed" };
        self.state.tell(&format!("checkout.session.{ended}"), &session);
    }

    /// An event of any kind.
    pub fn tell(&self, kind: &str, object: &Value) {
        self.state.tell(kind, object);
    }

    /// The session of an attempt.
    pub fn session(&self, number: &str) -> Value {
        self.state.account().session_of(number)
    }

    /// The number of the attempt whose page this is.
    pub fn number(&self, url: &str) -> String {
        self.state.account().number_of(url)
    }

    /// The events since the last call of this.
    pub fn take_notices(&self) -> Vec<Outgoing> {
        self.state.outbox.take()
    }
}

impl State {
    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, kind: &str, object: &Value) {
        let now = self.clock.now();
        let id = self.account().next_id("evt");
        let body = json!({
            "id": id, "object": "event", "created": now.timestamp(), "type": kind, "data": { "object": object },
        });
        let body = body.to_string();
        let text = format!("{}.{body}", now.timestamp());
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let signatures = secrets.iter().map(|secret| format!(",v1={}", hmac_sha256_hex(secret, &text)));
        let signature = format!("t={}{}", now.timestamp(), signatures.collect::<String>());
        let headers = vec![
            ("content-type".to_owned(), "application/json; charset=utf-8".to_owned()),
            ("stripe-signature".to_owned(), signature),
        ];
        let notice = RawNotice { headers, body: body.into_bytes(), received_at: now };
        self.outbox.put(Outgoing { url: String::new(), notice });
    }

    fn done(&self, request: &Request<Bytes>, now: DateTime<Utc>) -> Result<Value, Refused> {
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if header(AUTHORIZATION.as_str()) != format!("Bearer {}", Stripe::SECRET_KEY) {
            return Err((401, "api_key_invalid"));
        }
        if header("stripe-version") != "2024-06-20" {
            return Err((400, "version_missing"));
        }
        let path = request.uri().path().strip_prefix("/v1/").ok_or((404, "url_invalid"))?;
        let mut account = self.account();
        if request.method() == Method::GET {
            let query = Form::read(request.uri().query().unwrap_or_default().as_bytes())?;
            return account.get(path, &query, now);
        }
        if header(CONTENT_TYPE.as_str()) != "application/x-www-form-urlencoded" {
            return Err((415, "content_type"));
        }
        let form = Form::read(request.body())?;
        if path.ends_with("/expire") {
            let session = account.expire(path, &form, now)?;
            drop(account);
            self.tell("checkout.session.expired", &session);
            return Ok(session);
        }
        // The first answer under a key is the answer to all later calls.
        let key = header("idempotency-key");
        if key.is_empty() || key.len() > 255 {
            return Err((400, "idempotency_key_missing"));
        }
        account.forget_keys(now);
        if let Some((_, earlier, answer)) = account.keys.get(key) {
            let same = *earlier == (path.to_owned(), request.body().clone());
            return if same { answer.clone() } else { Err((400, "idempotency_error")) };
        }
        let answer = match path {
            "checkout/sessions" => account.create(&form, now),
            "refunds" => account.refund(&form, now),
            _ => Err((404, "url_invalid")),
        };
        account.keys.insert(key.to_owned(), (now, (path.to_owned(), request.body().clone()), answer.clone()));
        answer
    }
}

#[async_trait]
impl Service for State {
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let now = self.clock.now();
        let answer = match self.done(&request, now) {
            Ok(body) => json(200, &body),
            Err((status, code)) => json(status, &json!({ "error": { "code": code, "message": "no" } })),
        };
        dated(answer, now)
    }

    fn refusal(&self, code: &str, _: &Request<Bytes>) -> Response<Bytes> {
        let (status, code) = code.split_once(' ').unwrap_or((code, "api_error"));
        json(status.parse().unwrap(), &json!({ "error": { "code": code, "message": "no" } }))
    }
}
