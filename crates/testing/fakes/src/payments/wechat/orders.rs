//! Orders and refunds.

mod bill;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::merchant;

/// An error: status and code.
pub(super) type Refused = (u16, &'static str);

const PARAM_ERROR: Refused = (400, "PARAM_ERROR");
const INVALID: Refused = (400, "INVALID_REQUEST");
const NOT_EXIST: Refused = (404, "ORDER_NOT_EXIST");

/// All orders.
#[derive(Debug, Default)]
pub(super) struct Orders {
    /// The address of the service.
    pub(super) base: String,
    pub(super) poor: bool,
    orders: BTreeMap<String, Order>,
    events: u64,
}

#[derive(Debug)]
struct Order {
    fields: Value,
    /// What the payer paid in place of what was asked for.
    paid_instead: Option<i64>,
    link: String,
    /// When the link leads nowhere any more.
    link_ends_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    state: &'static str,
    paid_at: Option<DateTime<Utc>>,
    refunds: BTreeMap<String, Refund>,
}

#[derive(Debug)]
struct Refund {
    fields: Value,
    at: DateTime<Utc>,
    status: &'static str,
}

impl Order {
    fn total(&self) -> i64 {
        self.paid_instead.unwrap_or(self.fields["amount"]["total"].as_i64().unwrap())
    }

    fn refunded(&self) -> i64 {
        let alive = self.refunds.values().filter(|refund| refund.status != "CLOSED");
        alive.map(|refund| refund.fields["amount"]["refund"].as_i64().unwrap()).sum()
    }

    fn expire(&mut self, now: DateTime<Utc>) {
        if self.state == "NOTPAY" && now >= self.expires_at {
            self.state = "CLOSED";
        }
    }

    fn shown(&self, number: &str) -> Value {
        let mut shown = json!({
            "appid": merchant::APP_ID,
            "mchid": merchant::MERCHANT_ID,
            "out_trade_no": number,
            "trade_state": self.state,
            "trade_state_desc": "…",
        });
        if self.paid_at.is_some() {
            shown["transaction_id"] = format!("4200{number}").into();
            shown["payer"] = json!({ "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o" });
            let total = self.total();
            shown["amount"] =
                json!({ "total": total, "payer_total": total, "currency": "CNY", "payer_currency": "CNY" });
        }
        shown
    }

    fn refund_shown(&self, number: &str, refund: &Refund) -> Value {
        json!({
            "refund_id": format!("5000{}", refund.fields["out_refund_no"].as_str().unwrap()),
            "out_refund_no": refund.fields["out_refund_no"],
            "transaction_id": format!("4200{number}"),
            "out_trade_no": number,
            "channel": "ORIGINAL",
            "status": refund.status,
            "amount": refund.fields["amount"],
        })
    }
}

/// Whether an object has these members and no other.
fn members(value: &Value, names: &[&str]) -> Result<(), Refused> {
    let object = value.as_object().ok_or(PARAM_ERROR)?;
    let fine = names.len() == object.len() && names.iter().all(|name| object.contains_key(*name));
    if fine { Ok(()) } else { Err(PARAM_ERROR) }
}

fn text(value: &Value, most: usize) -> Result<&str, Refused> {
    value.as_str().filter(|text| (1..=most).contains(&text.chars().count())).ok_or(PARAM_ERROR)
}

fn number(value: &Value, lengths: std::ops::RangeInclusive<usize>) -> Result<&str, Refused> {
    let plain = |text: &&str| {
        lengths.contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    value.as_str().filter(plain).ok_or(PARAM_ERROR)
}

fn is_ours(body: &Value) -> Result<(), Refused> {
    if body["mchid"] == merchant::MERCHANT_ID { Ok(()) } else { Err((400, "MCH_NOT_EXISTS")) }
}

/// Checks the fields of a new order, and returns its number and its end.
fn checked<'a>(kind: &str, body: &'a Value, now: DateTime<Utc>) -> Result<(&'a str, DateTime<Utc>), Refused> {
    let common = ["appid", "mchid", "description", "out_trade_no", "time_expire", "notify_url", "amount"];
    let extra: &[&str] = if kind == "h5" { &["scene_info"] } else { &[] };
    members(body, &[&common[..], extra].concat())?;
    is_ours(body)?;
    if body["appid"] != merchant::APP_ID {
        return Err((400, "APPID_MCHID_NOT_MATCH"));
    }
    text(&body["description"], 127)?;
    let number = number(&body["out_trade_no"], 6..=32)?;
    let url = text(&body["notify_url"], 255)?;
    if !url.starts_with("https://") || url.contains('?') {
        return Err(PARAM_ERROR);
    }
    members(&body["amount"], &["total", "currency"])?;
    if body["amount"]["currency"] != "CNY" || body["amount"]["total"].as_i64().is_none_or(|total| total < 1) {
        return Err(PARAM_ERROR);
    }
    if kind == "h5" {
        let scene = &body["scene_info"];
        members(scene, &["payer_client_ip", "h5_info"])?;
        let address = text(&scene["payer_client_ip"], 45)?;
        if address.parse::<std::net::IpAddr>().is_err() || scene["h5_info"] != json!({ "type": "Wap" }) {
            return Err(PARAM_ERROR);
        }
    }
    let end = DateTime::parse_from_rfc3339(text(&body["time_expire"], 64)?).map_err(|_| PARAM_ERROR)?.to_utc();
    if end - now > TimeDelta::days(7) { Err(PARAM_ERROR) } else { Ok((number, end)) }
}

impl Orders {
    pub(super) fn next_event(&mut self) -> String {
        self.events += 1;
        format!("EV-{:08}", self.events)
    }

    pub(super) fn order(&mut self, kind: &str, body: &Value, now: DateTime<Utc>) -> Result<Value, Refused> {
        let (number, expires_at) = checked(kind, body, now)?;
        let link = match kind {
            "native" => format!("weixin://wxpay/bizpayurl?pr={number}"),
            _ => format!("https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id={number}&package=1"),
        };
        let lasts = if kind == "native" { TimeDelta::hours(2) } else { TimeDelta::minutes(5) };
        let answer = if kind == "native" { json!({ "code_url": link }) } else { json!({ "h5_url": link }) };
        if let Some(order) = self.orders.get_mut(number) {
            order.expire(now);
            return match order.state {
                _ if order.fields != *body => Err((403, "OUT_TRADE_NO_USED")),
                "NOTPAY" => {
                    order.link_ends_at = now + lasts;
                    Ok(answer)
                }
                "CLOSED" => Err((400, "ORDER_CLOSED")),
                _ => Err((400, "ORDERPAID")),
            };
        }
        if expires_at - now < TimeDelta::minutes(1) {
            return Err(PARAM_ERROR);
        }
        let order = Order {
            fields: body.clone(),
            paid_instead: None,
            link,
            link_ends_at: now + lasts,
            expires_at,
            state: "NOTPAY",
            paid_at: None,
            refunds: BTreeMap::new(),
        };
        self.orders.insert(number.to_owned(), order);
        Ok(answer)
    }

    pub(super) fn open(&mut self, link: &str, now: DateTime<Utc>) -> Result<(), Refused> {
        let link = link.split("&redirect_url=").next().unwrap_or_default();
        let order = self.orders.values_mut().find(|order| order.link == link).ok_or(NOT_EXIST)?;
        order.expire(now);
        if now >= order.link_ends_at {
            return Err((400, "LINK_EXPIRED"));
        }
        if order.state == "NOTPAY" { Ok(()) } else { Err((400, "ORDER_CLOSED")) }
    }

    pub(super) fn pay(&mut self, number: &str, instead: Option<i64>, now: DateTime<Utc>) -> bool {
        let Some(order) = self.orders.get_mut(number) else { return false };
        order.expire(now);
        if order.state != "NOTPAY" {
            return false;
        }
        order.paid_instead = instead;
        (order.state, order.paid_at) = ("SUCCESS", Some(now));
        true
    }

    /// Where notices of an order go, and their content.
    pub(super) fn told(&self, number: &str) -> (String, Value) {
        let order = &self.orders[number];
        (order.fields["notify_url"].as_str().unwrap().to_owned(), order.shown(number))
    }

    fn known(&mut self, number: &str, now: DateTime<Utc>) -> Result<&mut Order, Refused> {
        let order = self.orders.get_mut(number).ok_or(NOT_EXIST)?;
        order.expire(now);
        Ok(order)
    }

    pub(super) fn query(&mut self, number: &str, query: &str, now: DateTime<Utc>) -> Result<Value, Refused> {
        if query != format!("mchid={}", merchant::MERCHANT_ID) {
            return Err(PARAM_ERROR);
        }
        self.known(number, now).map(|order| order.shown(number))
    }

    pub(super) fn close(&mut self, number: &str, body: &Value, now: DateTime<Utc>) -> Result<(), Refused> {
        members(body, &["mchid"])?;
        is_ours(body)?;
        let order = self.known(number, now)?;
        match order.state {
            "NOTPAY" | "CLOSED" => {
                order.state = "CLOSED";
                Ok(())
            }
            _ => Err((400, "ORDERPAID")),
        }
    }

    pub(super) fn refund(&mut self, body: &Value, now: DateTime<Utc>) -> Result<Value, Refused> {
        members(body, &["out_trade_no", "out_refund_no", "amount"])?;
        members(&body["amount"], &["refund", "total", "currency"])?;
        let refund_number = number(&body["out_refund_no"], 1..=64)?;
        let (amount, total) = (body["amount"]["refund"].as_i64(), body["amount"]["total"].as_i64());
        let amount = amount.filter(|amount| *amount >= 1).ok_or(PARAM_ERROR)?;
        let poor = self.poor;
        let trade = number(&body["out_trade_no"], 6..=32)?;
        // A number is one of all orders.
        let elsewhere =
            self.orders.iter().any(|(other, order)| other != trade && order.refunds.contains_key(refund_number));
        let order = self.orders.get_mut(trade).ok_or((404, "RESOURCE_NOT_EXISTS"))?;
        if let Some(earlier) = order.refunds.get(refund_number) {
            return if earlier.fields == *body { Ok(order.refund_shown(trade, earlier)) } else { Err(INVALID) };
        }
        let paid_at = order.paid_at.ok_or(INVALID)?;
        let fits = total == Some(order.total())
            && body["amount"]["currency"] == "CNY"
            && order.refunded() + amount <= order.total()
            && order.refunds.len() < 50
            && now - paid_at < TimeDelta::days(365);
        if elsewhere || !fits {
            return Err(INVALID);
        }
        if order.refunds.values().any(|refund| now - refund.at < TimeDelta::minutes(1)) {
            return Err((429, "FREQUENCY_LIMITED"));
        }
        if poor {
            return Err((403, "NOT_ENOUGH"));
        }
        let refund = Refund { fields: body.clone(), at: now, status: "PROCESSING" };
        let shown = order.refund_shown(trade, &refund);
        order.refunds.insert(refund_number.to_owned(), refund);
        order.state = "REFUND";
        Ok(shown)
    }

    pub(super) fn refund_query(&self, number: &str) -> Result<Value, Refused> {
        let mut found =
            self.orders.iter().filter_map(|(trade, order)| Some((trade, order, order.refunds.get(number)?)));
        let found = found.next().map(|(trade, order, refund)| order.refund_shown(trade, refund));
        found.ok_or((404, "RESOURCE_NOT_EXISTS"))
    }

    /// Ends what is under way, and returns what notices then say.
    pub(super) fn end_refunds(&mut self, status: &'static str) -> Vec<(String, Value)> {
        let mut ended = Vec::new();
        for (trade, order) in &mut self.orders {
            let url = order.fields["notify_url"].as_str().unwrap().to_owned();
            for refund in order.refunds.values_mut().filter(|refund| refund.status == "PROCESSING") {
                refund.status = status;
                let number = &refund.fields["out_refund_no"];
                let content = json!({
                    "mchid": merchant::MERCHANT_ID,
                    "out_trade_no": trade,
                    "transaction_id": format!("4200{trade}"),
                    "out_refund_no": number,
                    "refund_id": format!("5000{}", number.as_str().unwrap()),
                    "refund_status": status,
                    "amount": refund.fields["amount"],
                });
                ended.push((url.clone(), content));
            }
        }
        ended
    }
}
