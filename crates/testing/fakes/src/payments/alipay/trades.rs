//! Trades and what may become of them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{archive, merchant, request::china};

/// An error: code and sub code.
pub(super) type Refused = (&'static str, &'static str);

const INVALID: Refused = ("40004", "ACQ.INVALID_PARAMETER");
const NOT_EXIST: Refused = ("40004", "ACQ.TRADE_NOT_EXIST");
const WRONG_STATE: Refused = ("40004", "ACQ.TRADE_STATUS_ERROR");

/// All trades, and the codes that were not scanned yet.
#[derive(Debug, Default)]
pub(super) struct Trades {
    /// The address of the service.
    pub(super) base: String,
    pub(super) slow_refunds: bool,
    pub(super) poor: bool,
    trades: BTreeMap<String, Trade>,
    codes: BTreeMap<String, Code>,
    notices: u64,
}

/// A code, the order that it is of, where its notices go, and when it leads nowhere any more.
#[derive(Debug, Clone)]
struct Code {
    order: Value,
    notify_url: Option<String>,
    ends_at: DateTime<Utc>,
}

#[derive(Debug)]
struct Trade {
    order: Value,
    notify_url: Option<String>,
    fen: i64,
    expires_at: NaiveDateTime,
    status: &'static str,
    paid_at: Option<DateTime<Utc>>,
    refunds: BTreeMap<String, (i64, DateTime<Utc>)>,
    /// The refund that the next notice is about.
    newest_refund: Option<String>,
}

impl Trade {
    fn refunded(&self) -> i64 {
        self.refunds.values().map(|(fen, _)| fen).sum()
    }

    /// An unpaid trade closes at its end.
    fn expire(&mut self, now: DateTime<Utc>) {
        if self.status == "WAIT_BUYER_PAY" && china(now) >= self.expires_at {
            self.status = "TRADE_CLOSED";
        }
    }
}

/// Whether an object has these members and no other.
fn members(content: &Value, needed: &[&str], allowed: &[&str]) -> Result<(), Refused> {
    let content = content.as_object().ok_or(INVALID)?;
    let fine = needed.iter().all(|name| content.get(*name).is_some_and(Value::is_string))
        && content.keys().all(|name| needed.contains(&name.as_str()) || allowed.contains(&name.as_str()));
    if fine { Ok(()) } else { Err(INVALID) }
}

/// 分 of an amount in 元 with two decimals.
fn fen(text: &Value) -> Result<i64, Refused> {
    let text = text.as_str().ok_or(INVALID)?;
    let (yuan, decimals) = text.split_once('.').filter(|(_, decimals)| decimals.len() == 2).ok_or(INVALID)?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let plain = digits(yuan) && digits(decimals) && (yuan == "0" || !yuan.starts_with('0'));
    let fen = format!("{yuan}{decimals}").parse::<i64>().ok().filter(|_| plain).ok_or(INVALID)?;
    if (1..=10_000_000_000).contains(&fen) { Ok(fen) } else { Err(INVALID) }
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

fn number(content: &Value) -> Result<&str, Refused> {
    let number = content["out_trade_no"].as_str().unwrap_or_default();
    let plain = number.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if plain && (1..=64).contains(&number.len()) { Ok(number) } else { Err(INVALID) }
}

/// The amount and the end of an order that may be made.
fn checked(order: &Value, now: DateTime<Utc>) -> Result<(i64, NaiveDateTime), Refused> {
    let optional = ["product_code", "quit_url"];
    members(order, &["out_trade_no", "total_amount", "subject", "time_expire"], &optional)?;
    number(order)?;
    let subject = order["subject"].as_str().unwrap_or_default();
    if subject.is_empty() || subject.contains(['/', '=', '&']) || subject.chars().count() > 256 {
        return Err(INVALID);
    }
    let quits = order.get("quit_url").is_some();
    if quits != (order["product_code"] == "QUICK_WAP_WAY") {
        return Err(INVALID);
    }
    let end = order["time_expire"].as_str().unwrap_or_default();
    let end = NaiveDateTime::parse_from_str(end, "%Y-%m-%d %H:%M:%S").map_err(|_| INVALID)?;
    if end - china(now) > TimeDelta::days(15) {
        return Err(INVALID);
    }
    Ok((fen(&order["total_amount"])?, end))
}

impl Trades {
    /// Where each trade stands, to find those that changed.
    pub(super) fn told(&self) -> BTreeMap<String, (&'static str, i64)> {
        self.trades.iter().map(|(number, trade)| (number.clone(), (trade.status, trade.refunded()))).collect()
    }

    /// The buyer is at the cashier.
    pub(super) fn open(
        &mut self,
        order: &Value,
        notify_url: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<(), Refused> {
        let (fen, expires_at) = checked(order, now)?;
        let number = number(order)?;
        if let Some(trade) = self.trades.get_mut(number) {
            trade.expire(now);
            return match () {
                () if trade.order != *order => Err(("40004", "ACQ.CONTEXT_INCONSISTENT")),
                () if trade.status == "WAIT_BUYER_PAY" => Ok(()),
                () => Err(("40004", "ACQ.TRADE_HAS_CLOSE")),
            };
        }
        if china(now) >= expires_at {
            return Err(("40004", "ACQ.TRADE_HAS_CLOSE"));
        }
        let trade = Trade {
            order: order.clone(),
            notify_url,
            fen,
            expires_at,
            status: "WAIT_BUYER_PAY",
            paid_at: None,
            refunds: BTreeMap::new(),
            newest_refund: None,
        };
        self.trades.insert(number.to_owned(), trade);
        Ok(())
    }

    pub(super) fn precreate(
        &mut self,
        order: &Value,
        notify_url: Option<String>,
        now: DateTime<Utc>,
    ) -> Result<Value, Refused> {
        let (_, end) = checked(order, now)?;
        let number = number(order)?;
        if end - china(now) < TimeDelta::minutes(1) || notify_url.is_none() {
            return Err(INVALID);
        }
        let code = format!("https://qr.alipay.com/bax{number}");
        if self.codes.get(&code).is_some_and(|earlier| earlier.order != *order) {
            return Err(("40004", "ACQ.CONTEXT_INCONSISTENT"));
        }
        let ends_at = now + TimeDelta::hours(2);
        self.codes.insert(code.clone(), Code { order: order.clone(), notify_url, ends_at });
        Ok(json!({ "out_trade_no": number, "qr_code": code }))
    }

    pub(super) fn scan(&mut self, code: &str, now: DateTime<Utc>) -> Result<(), Refused> {
        let code = self.codes.get(code).filter(|code| now < code.ends_at).cloned();
        let Code { order, notify_url, .. } = code.ok_or(NOT_EXIST)?;
        self.open(&order, notify_url, now)
    }

    pub(super) fn pay(&mut self, number: &str, now: DateTime<Utc>) -> bool {
        let Some(trade) = self.trades.get_mut(number) else { return false };
        trade.expire(now);
        if trade.status != "WAIT_BUYER_PAY" {
            return false;
        }
        (trade.status, trade.paid_at) = ("TRADE_SUCCESS", Some(now));
        true
    }

    pub(super) fn finish(&mut self, number: &str) {
        let trade = self.trades.get_mut(number).unwrap();
        assert_eq!(trade.status, "TRADE_SUCCESS");
        trade.status = "TRADE_FINISHED";
    }

    fn known(&mut self, content: &Value, now: DateTime<Utc>) -> Result<(&str, &mut Trade), Refused> {
        let number = number(content)?;
        let (number, trade) = self.trades.iter_mut().find(|(known, _)| *known == number).ok_or(NOT_EXIST)?;
        trade.expire(now);
        Ok((number.as_str(), trade))
    }

    pub(super) fn query(&mut self, content: &Value, now: DateTime<Utc>) -> Result<Value, Refused> {
        members(content, &["out_trade_no"], &[])?;
        let (number, trade) = self.known(content, now)?;
        let mut answer = json!({
            "out_trade_no": number,
            "trade_no": format!("2026{number}"),
            "trade_status": trade.status,
            "total_amount": yuan(trade.fen),
            "subject": trade.order["subject"],
            "buyer_logon_id": "159****5620",
        });
        if let Some(paid_at) = trade.paid_at {
            answer["send_pay_date"] = china(paid_at).format("%Y-%m-%d %H:%M:%S").to_string().into();
        }
        Ok(answer)
    }

    pub(super) fn close(&mut self, content: &Value, now: DateTime<Utc>) -> Result<Value, Refused> {
        members(content, &["out_trade_no"], &[])?;
        let (number, trade) = self.known(content, now)?;
        if trade.status != "WAIT_BUYER_PAY" {
            return Err(WRONG_STATE);
        }
        trade.status = "TRADE_CLOSED";
        Ok(json!({ "out_trade_no": number }))
    }

    pub(super) fn refund(&mut self, content: &Value, now: DateTime<Utc>) -> Result<Value, Refused> {
        members(content, &["out_trade_no", "refund_amount", "out_request_no"], &[])?;
        let (slow, poor) = (self.slow_refunds, self.poor);
        let (number, trade) = self.known(content, now)?;
        let (fen, request) = (fen(&content["refund_amount"])?, content["out_request_no"].as_str().unwrap_or_default());
        let answer = |change: &str, sum: i64| json!({ "out_trade_no": number, "fund_change": change, "refund_fee": yuan(sum), "trade_no": "t" });
        match trade.refunds.get(request) {
            Some((earlier, _)) if *earlier == fen => return Ok(answer("N", trade.refunded())),
            Some(_) => return Err(("40004", "ACQ.DISCORDANT_REPEAT_REQUEST")),
            None => {}
        }
        match trade.status {
            "TRADE_SUCCESS" => {}
            "TRADE_FINISHED" => return Err(("40004", "ACQ.TRADE_HAS_FINISHED")),
            _ => return Err(WRONG_STATE),
        }
        if trade.refunded() + fen > trade.fen {
            return Err(("40004", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"));
        }
        if trade.refunds.values().any(|(_, at)| now - at < TimeDelta::seconds(3)) {
            return Err(("40004", "ACQ.REFUND_TOO_FREQUENT"));
        }
        if poor {
            return Err(("40004", "ACQ.SELLER_BALANCE_NOT_ENOUGH"));
        }
        trade.refunds.insert(request.to_owned(), (fen, now));
        trade.newest_refund = Some(request.to_owned());
        if trade.refunded() == trade.fen {
            trade.status = "TRADE_CLOSED";
        }
        Ok(answer(if slow { "N" } else { "Y" }, trade.refunded()))
    }

    /// A refund is told ten seconds after it was accepted.
    pub(super) fn refund_query(&mut self, content: &Value, now: DateTime<Utc>) -> Result<Value, Refused> {
        members(content, &["out_trade_no", "out_request_no"], &[])?;
        let slow = self.slow_refunds;
        let (number, trade) = self.known(content, now)?;
        let request = content["out_request_no"].as_str().unwrap_or_default();
        let mut answer = json!({});
        if let Some((fen, at)) = trade.refunds.get(request)
            && (!slow || now - at >= TimeDelta::seconds(10))
        {
            answer = json!({
                "out_trade_no": number,
                "out_request_no": request,
                "refund_amount": yuan(*fen),
                "total_amount": yuan(trade.fen),
                "refund_status": "REFUND_SUCCESS",
            });
        }
        Ok(answer)
    }

    /// Where to send a notice of how a trade stands, and its fields.
    pub(super) fn notice(&mut self, number: &str, now: DateTime<Utc>) -> (String, BTreeMap<String, String>) {
        self.notices += 1;
        let id = format!("2026{:030}", self.notices);
        let time = |instant: DateTime<Utc>| china(instant).format("%Y-%m-%d %H:%M:%S").to_string();
        let trade = &self.trades[number];
        let mut fields: BTreeMap<String, String> = [
            ("notify_id", id),
            ("notify_time", time(now)),
            ("notify_type", "trade_status_sync".to_owned()),
            ("version", "1.0".to_owned()),
            ("charset", "utf-8".to_owned()),
            ("app_id", merchant::APP_ID.to_owned()),
            ("auth_app_id", merchant::APP_ID.to_owned()),
            ("seller_id", merchant::SELLER_ID.to_owned()),
            ("out_trade_no", number.to_owned()),
            ("trade_no", format!("2026{number}")),
            ("trade_status", trade.status.to_owned()),
            ("total_amount", yuan(trade.fen)),
            ("subject", trade.order["subject"].as_str().unwrap().to_owned()),
            ("buyer_logon_id", "159****5620".to_owned()),
            ("body", String::new()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let paid = trade.paid_at.map(|at| ("gmt_payment", time(at)));
        let refund = trade.newest_refund.clone().map(|refund| ("out_biz_no", refund));
        let refunded = refund.is_some().then(|| ("refund_fee", yuan(trade.refunded())));
        fields.extend([paid, refund, refunded].into_iter().flatten().map(|(name, value)| (name.to_owned(), value)));
        (trade.notify_url.clone().unwrap_or_default(), fields)
    }

    pub(super) fn bill_url(&self, content: &Value, now: DateTime<Utc>) -> Result<Value, Refused> {
        members(content, &["bill_type", "bill_date"], &[])?;
        let day = content["bill_date"].as_str().unwrap_or_default();
        if content["bill_type"] != "trade" {
            return Err(INVALID);
        }
        // A day has a bill when it is over and something happened on it.
        if day >= china(now).date().to_string().as_str() || self.entries(day).is_empty() {
            return Err(("40004", "isp.bill_not_exist"));
        }
        Ok(json!({ "bill_download_url": format!("{}/bill?day={day}&sign=once", self.base) }))
    }

    /// The archive of a day.
    pub(super) fn bill(&self, query: &str) -> Option<Vec<u8>> {
        let day = query.strip_prefix("day=")?.strip_suffix("&sign=once")?;
        Some(archive::archive(day, &self.entries(day)))
    }

    /// Number, kind, amount and refund of everything on a day.
    fn entries(&self, day: &str) -> Vec<[String; 4]> {
        let is_of_day = |at: &DateTime<Utc>| china(*at).date().to_string() == day;
        let mut entries = Vec::new();
        for (number, trade) in &self.trades {
            if trade.paid_at.as_ref().is_some_and(is_of_day) {
                entries.push([number.clone(), "交易".to_owned(), yuan(trade.fen), String::new()]);
            }
            for (refund, (fen, _)) in trade.refunds.iter().filter(|(_, (_, at))| is_of_day(at)) {
                entries.push([number.clone(), "退款".to_owned(), format!("-{}", yuan(*fen)), refund.clone()]);
            }
        }
        entries
    }
}
