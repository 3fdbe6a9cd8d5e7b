//! The bill of a day: a table in UTF-8, each cell behind a backtick.

use chrono::NaiveDate;
use minsu_domain::{AttemptNumber, Money};
use minsu_ports::BillEntry;
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde::Deserialize;

use super::api::Api;
use crate::{
    failure::{Failure, MAX_BILL},
    timestamped_hmac::hex,
};

/// Where a bill is, and its digest: the file itself has no signature.
#[derive(Deserialize)]
struct Place {
    download_url: String,
    hash_type: String,
    hash_value: String,
}

/// Everything that was paid and paid back on a day.
pub(super) async fn bill(api: &Api, day: NaiveDate) -> Result<Vec<BillEntry>, Failure> {
    let target = format!("/v3/bill/tradebill?bill_date={}&bill_type=ALL", day.format("%Y-%m-%d"));
    let place: Place = match api.get(&target).await {
        // A day without any entry.
        Err(Failure::Refused(code)) if code == "NO_STATEMENT_EXIST" => return Ok(Vec::new()),
        place => place?,
    };
    let file = api.download(&place.download_url, MAX_BILL).await?;
    let found = hex(digest(&SHA1_FOR_LEGACY_USE_ONLY, &file.body).as_ref());
    if place.hash_type != "SHA1" || !found.eq_ignore_ascii_case(&place.hash_value) {
        return Err(Failure::Misplaced);
    }
    let table = str::from_utf8(&file.body).map_err(|_| Failure::not_the_provider(&file))?;
    entries(table).ok_or_else(|| Failure::not_the_provider(&file))
}

fn entries(table: &str) -> Option<Vec<BillEntry>> {
    let table = table.trim_start_matches('\u{feff}');
    let mut lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    let columns: Vec<_> = lines.next()?.split(',').collect();
    let column = |name: &str| columns.iter().position(|column| *column == name);
    let (number, state) = (column("商户订单号")?, column("交易状态")?);
    let (total, refund, refunded) = (column("订单金额")?, column("商户退款单号")?, column("申请退款金额")?);
    // Behind the entries comes their sum, under columns of its own without backticks.
    let entry = |line: &str| {
        // A text of the merchant's own may have a comma; a cell begins with a backtick.
        let cells: Vec<_> = line.strip_prefix('`')?.split(",`").collect();
        let cell = |at: usize| cells.get(at).copied();
        let raw_number = cell(number)?.to_owned();
        let (refund, amount) = match cell(state)? {
            "SUCCESS" => (None, cell(total)?),
            "REFUND" | "REVOKED" => (Some(cell(refund)?.to_owned()), cell(refunded)?),
            _ => return None,
        };
        let amount = Money::from_yuan_text(amount).ok()?;
        Some(BillEntry { number: AttemptNumber::parse(&raw_number), raw_number, refund, amount })
    };
    lines.take_while(|line| line.starts_with('`')).map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\u{feff}交易时间,商户号,商户订单号,交易状态,商户退款单号,商品名称,订单金额,申请退款金额\n\
        `2026-11-26 20:00:00,`1900000001,`MP00000000000000000000000000,`SUCCESS,`0,`小,院,`199.99,`0.00\r\n\
        `2026-11-26 20:00:00,`1900000001,`MP00000000000000000000000000,`REFUND,`MR1,`小院,`0.00,`0.01\n\
        总交易单数,应结订单总金额\n`2,`199.98\n";

    #[test]
    fn entries_are_read_with_their_kind_and_the_sum_is_left_out() {
        let entries = entries(TABLE).unwrap();
        let shown: Vec<_> = entries.iter().map(|entry| (entry.refund.as_deref(), entry.amount.fen())).collect();
        assert_eq!(shown, [(None, 19_999), (Some("MR1"), 1)]);
        assert!(entries.iter().all(|entry| entry.number.is_some()));
    }

    #[test]
    fn an_odd_table_is_no_bill() {
        for bad in ["", "<html>", &TABLE.replace("199.99", "x"), &TABLE.replace("`REFUND", "`ODD")] {
            assert!(entries(bad).is_none(), "{bad}");
        }
    }
}
