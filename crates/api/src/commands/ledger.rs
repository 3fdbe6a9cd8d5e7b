//! `minsu ledger` and `minsu reconcile`.

use chrono::NaiveDate;
use minsu_application::{App, payments};
use minsu_domain::{Money, UserId};

use super::{CommandError, print};

/// What was checked does not agree: the status is 1, and 2 where it could not be checked.
#[derive(Debug, thiserror::Error)]
#[error("{0} differences were found")]
pub struct Differences(pub usize);

/// Prints the balances of the ledger and every contradiction in it.
///
/// # Errors
/// [`Differences`]; when the database refuses.
pub async fn ledger(app: &App) -> Result<(), CommandError> {
    let report = payments::check_books(app).await?;
    for (account, balance) in report.balances {
        print(format_args!("{:<18} {:>16}", account.name(), yuan(balance.fen())))?;
    }
    print(format_args!("checked the books of {} orders", report.orders))?;
    for fault in &report.faults {
        print(format_args!("order {}: {}", fault.order, fault.fault))?;
    }
    if report.faults.is_empty() { Ok(()) } else { Err(Differences(report.faults.len()).into()) }
}

/// Prints what a landlord has earned, order by order; with `csv` for programs, in 分.
///
/// # Errors
/// When there is no such id, or the database refuses.
pub async fn statement(app: &App, landlord: i64, csv: bool) -> Result<(), CommandError> {
    let lines = payments::statement(app, UserId::new(landlord)?).await?;
    if csv {
        print("order,at,earned,fee,payable")?;
    }
    for line in lines {
        let (order, at) = (line.order, line.at.format("%Y-%m-%dT%H:%M:%SZ"));
        let (earned, fee) = (line.earned.fen(), line.fee.fen());
        let payable = earned - fee;
        if csv {
            print(format_args!("{order},{at},{earned},{fee},{payable}"))?;
        } else {
            let (earned, fee, payable) = (yuan(earned), yuan(fee), yuan(payable));
            print(format_args!("order {order} at {at}: earned {earned}, fee {fee}, payable {payable}"))?;
        }
    }
    Ok(())
}

/// Compares a day of the provider with ours, and prints every difference.
///
/// # Errors
/// [`Differences`]; when the provider or the database refuses.
pub async fn reconcile(app: &App, day: NaiveDate) -> Result<(), CommandError> {
    let reconciled = payments::reconcile(app, day).await?;
    print(format_args!("compared {} entries of {day}", reconciled.entries))?;
    let amount = |amount: Option<Money>| amount.map_or("nothing".to_owned(), |amount| yuan(amount.fen()));
    for difference in &reconciled.differences {
        let (kind, number) = (difference.kind.name(), &difference.number);
        let (theirs, ours) = (amount(difference.theirs), amount(difference.ours));
        print(format_args!("{kind} {number}: the provider has {theirs}, here is {ours}"))?;
    }
    let count = reconciled.differences.len();
    if count == 0 { Ok(()) } else { Err(Differences(count).into()) }
}

/// An amount in 元, with its sign.
fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", fen.unsigned_abs() / 100, fen.unsigned_abs() % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_their_sign_and_their_fen() {
        assert_eq!([-1, 0, 1, -19_999, 10_000].map(yuan), ["-0.01", "0.00", "0.01", "-199.99", "100.00"]);
    }
}
