//! Sessions, charges and refunds of an account.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::form::{Form, Refused};

/// A call under a key: its time, its path and its body, and its answer.
type Kept = (DateTime<Utc>, (String, Bytes), Result<Value, Refused>);

const MISSING: Refused = (404, "resource_missing");

#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) keys: BTreeMap<String, Kept>,
    pub(super) slow_refunds: bool,
    pub(super) poor: bool,
    sessions: Vec<Value>,
    charges: Vec<Value>,
    refunds: Vec<Value>,
    ids: u64,
}

const SESSION: [&str; 9] = [
    "mode",
    "client_reference_id",
    "line_items[0][quantity]",
    "line_items[0][price_data][currency]",
    "line_items[0][price_data][unit_amount]",
    "line_items[0][price_data][product_data][name]",
    "success_url",
    "cancel_url",
    "expires_at",
];

impl Account {
    pub(super) fn next_id(&mut self, kind: &str) -> String {
        self.ids += 1;
        format!("{kind}_test_{:024}", self.ids)
    }

    /// A key is good for 24 hours; afterwards it is a new one.
    pub(super) fn forget_keys(&mut self, now: DateTime<Utc>) {
        self.keys.retain(|_, (first, ..)| now - *first < TimeDelta::hours(24));
    }

    pub(super) fn create(&mut self, form: &Form, now: DateTime<Utc>) -> Result<Value, Refused> {
        form.only(&SESSION)?;
        let amount = form.integer("line_items[0][price_data][unit_amount]")?;
        let is_plain = form.get("mode") == "payment"
            && form.get("line_items[0][quantity]") == "1"
            && form.get("line_items[0][price_data][currency]") == "cny"
            && amount >= 1
            && form.get("client_reference_id").len() <= 200
            && form.get("success_url").starts_with("http")
            && form.get("cancel_url").starts_with("http");
        let life = form.integer("expires_at")? - now.timestamp();
        if !is_plain || !(30 * 60..=24 * 60 * 60).contains(&life) {
            return Err((400, "parameter_invalid"));
        }
        let (id, intent) = (self.next_id("cs"), self.next_id("pi"));
        let session = json!({
            "id": id,
            "object": "checkout.session",
            "client_reference_id": form.get("client_reference_id"),
            "amount_total": amount,
            "currency": "cny",
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": Value::Null,
            "expires_at": form.integer("expires_at")?,
            "url": format!("https://checkout.stripe.com/c/pay/{id}"),
            "customer_details": { "email": "payer@example.com" },
            "x": { "intent": intent, "metadata": form.metadata("payment_intent_data[metadata][") },
        });
        self.sessions.push(session.clone());
        Ok(session)
    }

    fn session(&mut self, now: DateTime<Utc>, is_it: impl Fn(&Value) -> bool) -> Result<&mut Value, Refused> {
        let session = self.sessions.iter_mut().find(|session| is_it(session)).ok_or(MISSING)?;
        if session["status"] == "open" && session["expires_at"].as_i64().unwrap() <= now.timestamp() {
            session["status"] = "expired".into();
            session["url"] = Value::Null;
        }
        Ok(session)
    }

    pub(super) fn session_of(&self, number: &str) -> Value {
        self.sessions.iter().find(|session| session["client_reference_id"] == number).unwrap().clone()
    }

    pub(super) fn number_of(&self, url: &str) -> String {
        let session = self.sessions.iter().find(|session| session["url"] == url).unwrap();
        session["client_reference_id"].as_str().unwrap().to_owned()
    }

    pub(super) fn open(&mut self, url: &str, now: DateTime<Utc>) -> Result<(), Refused> {
        let session = self.session(now, |session| session["url"] == url)?;
        if session["status"] == "open" { Ok(()) } else { Err(MISSING) }
    }

    pub(super) fn pay(&mut self, number: &str, now: DateTime<Utc>) -> Option<Value> {
        self.complete(number, "paid", now)?;
        Some(self.charged(number, now))
    }

    /// The payer is through with the page; the money of a slow method is `unpaid` yet.
    pub(super) fn complete(&mut self, number: &str, payment: &str, now: DateTime<Utc>) -> Option<Value> {
        let session = self.session(now, |session| session["client_reference_id"] == number).ok()?;
        if session["status"] != "open" {
            return None;
        }
        session["status"] = "complete".into();
        session["payment_status"] = payment.into();
        session["payment_intent"] = session["x"]["intent"].clone();
        session["x"]["status"] = if payment == "paid" { "succeeded" } else { "processing" }.into();
        session["url"] = Value::Null;
        Some(session.clone())
    }

    /// The money of a slow method came, or did not.
    pub(super) fn end_slow(&mut self, number: &str, comes: bool, now: DateTime<Utc>) -> Value {
        let session = self.session(now, |session| session["client_reference_id"] == number).unwrap();
        assert_eq!((&session["payment_status"], &session["x"]["status"]), (&json!("unpaid"), &json!("processing")));
        session["x"]["status"] = if comes { "succeeded" } else { "requires_payment_method" }.into();
        if !comes {
            return session.clone();
        }
        session["payment_status"] = "paid".into();
        self.charged(number, now)
    }

    fn charged(&mut self, number: &str, now: DateTime<Utc>) -> Value {
        let session = self.session_of(number);
        let id = self.next_id("ch");
        self.charges.push(json!({
            "id": id,
            "amount": session["amount_total"],
            "currency": "cny",
            "paid": true,
            "created": now.timestamp(),
            "payment_intent": session["payment_intent"],
            "metadata": session["x"]["metadata"],
        }));
        session
    }

    pub(super) fn expire(&mut self, path: &str, form: &Form, now: DateTime<Utc>) -> Result<Value, Refused> {
        form.only(&[])?;
        let id = path.strip_prefix("checkout/sessions/").and_then(|path| path.strip_suffix("/expire"));
        let id = id.ok_or((404, "url_invalid"))?;
        let session = self.session(now, |session| session["id"] == id)?;
        if session["status"] != "open" {
            return Err((400, "checkout_session_not_open"));
        }
        session["status"] = "expired".into();
        session["url"] = Value::Null;
        Ok(session.clone())
    }

    pub(super) fn refund(&mut self, form: &Form, now: DateTime<Utc>) -> Result<Value, Refused> {
        form.only(&["payment_intent", "amount"])?;
        let (intent, amount) = (form.get("payment_intent"), form.integer("amount")?);
        let charge = self.charges.iter().find(|charge| charge["payment_intent"] == intent).ok_or(MISSING)?;
        let earlier = self.refunds.iter().filter(|refund| refund["payment_intent"] == intent);
        let back: i64 =
            earlier.filter(|one| one["status"] != "failed").map(|one| one["amount"].as_i64().unwrap()).sum();
        let total = charge["amount"].as_i64().unwrap();
        if back == total {
            return Err((400, "charge_already_refunded"));
        }
        if amount < 1 || back + amount > total {
            return Err((400, "amount_too_large"));
        }
        if self.poor {
            return Err((402, "balance_insufficient"));
        }
        let refund = json!({
            "id": self.next_id("re"),
            "object": "refund",
            "amount": amount,
            "currency": "cny",
            "created": now.timestamp(),
            "payment_intent": intent,
            "status": if self.slow_refunds { "pending" } else { "succeeded" },
            "metadata": form.metadata("metadata["),
        });
        self.refunds.push(refund.clone());
        Ok(refund)
    }

    pub(super) fn end_refunds(&mut self, status: &str) -> Vec<Value> {
        let pending = self.refunds.iter_mut().filter(|refund| refund["status"] == "pending");
        let ended = pending.map(|refund| {
            refund["status"] = status.into();
            refund.clone()
        });
        ended.collect()
    }

    pub(super) fn get(&mut self, path: &str, query: &Form, now: DateTime<Utc>) -> Result<Value, Refused> {
        match path.split('/').collect::<Vec<_>>()[..] {
            ["balance"] => Ok(json!({ "object": "balance", "livemode": false })),
            ["checkout", "sessions", id] => self.session(now, |session| session["id"] == id).map(|one| one.clone()),
            ["payment_intents", id] => {
                let session = self.sessions.iter().find(|session| session["payment_intent"] == id).ok_or(MISSING)?;
                Ok(json!({ "id": id, "object": "payment_intent", "status": session["x"]["status"] }))
            }
            ["refunds", id] => self.refunds.iter().find(|refund| refund["id"] == id).cloned().ok_or(MISSING),
            ["refunds"] if !query.get("payment_intent").is_empty() => {
                query.only(&["payment_intent", "limit"])?;
                page(self.refunds.iter().filter(|one| one["payment_intent"] == query.get("payment_intent")), query)
            }
            [kind @ ("refunds" | "charges")] => {
                let (from, to) = (query.integer("created[gte]")?, query.integer("created[lt]")?);
                let objects = if kind == "refunds" { &self.refunds } else { &self.charges };
                page(objects.iter().filter(|one| (from..to).contains(&one["created"].as_i64().unwrap())), query)
            }
            _ => Err((404, "url_invalid")),
        }
    }
}

/// A page of objects, the newest first.
fn page<'a>(objects: impl DoubleEndedIterator<Item = &'a Value>, query: &Form) -> Result<Value, Refused> {
    let limit = usize::try_from(query.integer("limit")?).ok().filter(|limit| (1..=100).contains(limit));
    let limit = limit.ok_or((400, "parameter_invalid"))?;
    let mut objects = objects
        .rev()
        .skip_while(|one| !query.get("starting_after").is_empty() && one["id"] != query.get("starting_after"));
    if !query.get("starting_after").is_empty() {
        objects.next();
    }
    let mut data: Vec<_> = objects.take(limit + 1).cloned().collect();
    let has_more = data.len() > limit;
    data.truncate(limit);
    Ok(json!({ "object": "list", "data": data, "has_more": has_more }))
}
