//! The bill of a day: a table of payments and refunds, and where it lies.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::{super::merchant, INVALID, Orders, PARAM_ERROR, Refused};
use crate::encoding::hex;

impl Orders {
    /// Where the bill of a day is.
    pub(in super::super) fn bill_place(&self, query: &str, now: DateTime<Utc>) -> Result<Value, Refused> {
        let day = query.strip_prefix("bill_date=").and_then(|rest| rest.strip_suffix("&bill_type=ALL"));
        let day: NaiveDate = day.and_then(|day| day.parse().ok()).ok_or(PARAM_ERROR)?;
        if day >= china(now) {
            return Err(INVALID);
        }
        let table = self.bill(&format!("token={day}"));
        if !table.contains('`') {
            return Err((400, "NO_STATEMENT_EXIST"));
        }
        Ok(json!({
            "download_url": format!("{}/v3/billdownload/file?token={day}", self.base),
            "hash_type": "SHA1",
            "hash_value": hex(&Sha1::digest(&table)),
        }))
    }

    /// The table of a day.
    pub(in super::super) fn bill(&self, query: &str) -> String {
        let day: NaiveDate = query.trim_start_matches("token=").parse().unwrap_or_default();
        let yuan = |fen: i64| format!("{}.{:02}", fen / 100, fen % 100);
        let mut table =
            "\u{feff}交易时间,公众账号ID,商户号,商户订单号,交易状态,商户退款单号,商品名称,订单金额,申请退款金额\r\n"
                .to_owned();
        let mut rows = 0;
        let mut line = |number: &str, state: &str, refund: &str, total: i64, back: i64| {
            rows += 1;
            let cells = ["t", merchant::APP_ID, merchant::MERCHANT_ID, number, state, refund, "小,院"];
            table.push_str(&format!("`{},`{},`{}\r\n", cells.join(",`"), yuan(total), yuan(back)));
        };
        for (number, order) in &self.orders {
            if order.paid_at.is_some_and(|at| china(at) == day) {
                line(number, "SUCCESS", "0", order.total(), 0);
            }
            for (refund, found) in order.refunds.iter().filter(|(_, refund)| china(refund.at) == day) {
                line(number, "REFUND", refund, 0, found.fields["amount"]["refund"].as_i64().unwrap());
            }
        }
        if rows > 0 {
            table.push_str(&format!("总交易单数,应结订单总金额\r\n`{rows},`0.00\r\n"));
        }
        table
    }
}

/// The day in China.
fn china(instant: DateTime<Utc>) -> NaiveDate {
    (instant.naive_utc() + TimeDelta::hours(8)).date()
}
