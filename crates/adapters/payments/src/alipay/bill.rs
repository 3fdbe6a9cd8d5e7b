//! The bill of a day: a table in GBK in an archive, at a URL that Alipay gives.

use chrono::NaiveDate;
use minsu_domain::{AttemptNumber, Money};
use minsu_http::host_url;
use minsu_ports::BillEntry;
use serde::Serialize;
use url::Url;

use super::{charset::Charset, gateway::Gateway, zip};
use crate::failure::{Failure, MAX_BILL};

#[derive(Serialize)]
struct BillQuery {
    bill_type: &'static str,
    bill_date: String,
}

/// The code of a day without any entry.
const EMPTY: [&str; 2] = ["isp.bill_not_exist", "isv.bill_not_exist"];

/// Everything that was paid and paid back on a day.
pub(super) async fn bill(gateway: &Gateway, day: NaiveDate) -> Result<Vec<BillEntry>, Failure> {
    let wanted = BillQuery { bill_type: "trade", bill_date: day.format("%Y-%m-%d").to_string() };
    let answer = match gateway.call("alipay.data.dataservice.bill.downloadurl.query", &wanted).await {
        Err(Failure::Refused(code)) if EMPTY.contains(&code.as_str()) => return Ok(Vec::new()),
        answer => answer?,
    };
    let url = answer.bill_download_url.as_deref().and_then(|url| Url::parse(url).ok()).ok_or(Failure::Misplaced)?;
    // The URL is signed by Alipay, and the request carries nothing of ours.
    let mut host = url.clone();
    host.set_query(None);
    host_url("bill", host.as_str()).map_err(|_| Failure::Misplaced)?;
    let download = gateway.http.client().get(url);
    let archive =
        gateway.http.in_time(async { Ok::<_, Failure>(gateway.http.answer(download, MAX_BILL).await?) }).await?;
    if !archive.status.is_success() {
        return Err(Failure::not_the_provider(&archive));
    }
    entries(&archive.body).ok_or_else(|| Failure::not_the_provider(&archive))
}

/// The entries of the table that has columns of single payments; its companion sums them up.
fn entries(archive: &[u8]) -> Option<Vec<BillEntry>> {
    for (_, table) in zip::files(archive)? {
        if let Some(entries) = table_entries(&Charset::Gbk.decode(&table)?) {
            return entries;
        }
    }
    None
}

/// None where this is not the table; `Some(None)` where it is the table, but a line cannot be read.
fn table_entries(table: &str) -> Option<Option<Vec<BillEntry>>> {
    let mut lines = table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let columns: Vec<_> = lines.next()?.split(',').map(str::trim).collect();
    let column = |name: &str| columns.iter().position(|column| column.starts_with(name));
    let (number, kind, amount, refund) =
        (column("商户订单号")?, column("业务类型")?, column("订单金额")?, column("退款批次号")?);
    let entry = |line: &str| {
        let cells: Vec<_> = line.split(',').map(str::trim).collect();
        let cell = |at: usize| cells.get(at).copied();
        let raw_number = cell(number)?.to_owned();
        let refund = match cell(kind)? {
            "交易" => None,
            "退款" => Some(cell(refund)?.to_owned()),
            _ => return None,
        };
        let amount = cell(amount)?.trim_start_matches('-');
        let amount = Money::from_yuan_text(amount).ok()?;
        Some(BillEntry { number: AttemptNumber::parse(&raw_number), raw_number, refund, amount })
    };
    Some(lines.map(entry).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "#支付宝业务明细查询\n#账号：[20880000000000010156]\n\
        支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,订单金额（元）,商家实收（元）,退款批次号/请求号,备注\n\
        2026\t,MP00000000000000000000000000\t,交易,小院,t,t,199.99,199.99,\t,\n\
        2026\t,MP00000000000000000000000000\t,退款,小院,t,t,-0.01,-0.01,MR1\t,\n\
        2027\t,other\t,交易,x,t,t,1,1,,\n#合计\n";

    #[test]
    fn entries_are_read_with_their_kind() {
        let entries = table_entries(TABLE).unwrap().unwrap();
        let shown: Vec<_> = entries
            .iter()
            .map(|entry| (entry.raw_number.as_str(), entry.refund.as_deref(), entry.amount.fen()))
            .collect();
        let ours = "MP00000000000000000000000000";
        assert_eq!(shown, [(ours, None, 19_999), (ours, Some("MR1"), 1), ("other", None, 100)]);
        assert_eq!(entries[0].number, AttemptNumber::parse(ours));
        assert_eq!(entries[2].number, None);
    }

    #[test]
    fn another_table_is_passed_over_and_an_odd_line_is_no_bill() {
        assert_eq!(table_entries("门店编号,交易订单总笔数\n1,2\n"), None);
        assert_eq!(table_entries(&TABLE.replace("199.99,199.99", "x,x")), Some(None));
    }
}
