//! Comparing a day of the provider with ours.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, TimeDelta};
use minsu_domain::{Money, PaymentProviderKind, RefundNumber, RefundProgress};
use minsu_ports::{BillEntry, Difference, DifferenceKind, PaymentSignal, Signal};

use super::ask::provider_failed;
use crate::{App, AppError, PaymentFailed, transaction::in_transaction};

/// How long after its day has begun a bill is complete: Alipay has it at 09:00 of the next day, WeChat Pay at 10:00.
const COMPLETE: TimeDelta = TimeDelta::hours(24 + 11);

/// The result of comparing a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciled {
    /// Entries of the provider's bill.
    pub entries: u64,
    /// What does not agree; none on a sound day.
    pub differences: Vec<Difference>,
}

/// Compares the provider's bill of a day of its own calendar with payments and refunds here, in both directions. What
/// differs is written down in place of an earlier comparison of the day, and nothing is corrected.
///
/// # Errors
/// [`PaymentFailed::NotOffered`] without a provider, [`PaymentFailed::Provider`].
pub async fn reconcile(app: &App, day: NaiveDate) -> Result<Reconciled, AppError> {
    let provider = app.payment.as_deref().ok_or(PaymentFailed::NotOffered)?;
    let failed = |error| provider_failed(app, error);
    let bill = provider.bill(day).await.map_err(failed)?;
    let mut differences = theirs(app, &bill).await?;
    let mut ours = ours_that_are_missing(app, provider.kind(), day, &bill).await?;
    if !ours.is_empty() {
        // A message that came late: it is on the bill of the day before or after.
        for other in [day - Days::new(1), day + Days::new(1)] {
            let Ok(bill) = provider.bill(other).await else { continue };
            let found: Vec<_> = bill.iter().map(key).collect();
            ours.retain(|difference| !found.contains(&difference.number));
        }
    }
    differences.extend(ours);
    differences.sort_by(|one, other| one.number.cmp(&other.number));
    in_transaction(app, async |transaction| {
        Ok(transaction.payments().set_differences(provider.kind(), day, &differences).await?)
    })
    .await?;
    for difference in &differences {
        app.telemetry.count(Signal::Payment(PaymentSignal::Difference));
        tracing::error!(%day, number = difference.number, kind = difference.kind.name(), "the provider's bill differs");
    }
    Ok(Reconciled { entries: bill.len() as u64, differences })
}

/// Compares the newest bill that is complete, and returns how many of its entries differ; 0 without a provider. A day
/// is compared several times: what differs only because a message came late is gone the next time.
///
/// # Errors
/// As [`reconcile`].
pub(crate) async fn compare_last_bill(app: &App) -> Result<u64, AppError> {
    let Some(provider) = app.payment.as_deref() else { return Ok(0) };
    let complete = app.clock.now() - COMPLETE;
    let mut day = complete.date_naive();
    // A day later where the calendar of the provider is ahead.
    if provider.kind().begin_of(day + Days::new(1)) <= complete {
        day = day + Days::new(1);
    }
    Ok(reconcile(app, day).await?.differences.len() as u64)
}

/// The number under which an entry is compared: that of its refund, or that of its attempt.
fn key(entry: &BillEntry) -> String {
    entry.refund.clone().unwrap_or_else(|| entry.raw_number.clone())
}

/// What is on the bill and not here, or with another amount.
async fn theirs(app: &App, bill: &[BillEntry]) -> Result<Vec<Difference>, AppError> {
    let mut differences = Vec::new();
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    for entry in bill {
        let here = match &entry.refund {
            Some(number) => refunded_here(app, number).await?,
            None => received_here(app, entry).await?,
        };
        let times = seen.entry(key(entry)).or_default();
        *times += 1;
        let kind = match here {
            _ if *times > 1 => DifferenceKind::Twice,
            None => DifferenceKind::NotHere,
            Some(amount) if amount != entry.amount => DifferenceKind::OtherAmount,
            Some(_) => continue,
        };
        differences.retain(|other: &Difference| other.number != key(entry));
        differences.push(Difference { number: key(entry), kind, theirs: Some(entry.amount), ours: here });
    }
    Ok(differences)
}

async fn received_here(app: &App, entry: &BillEntry) -> Result<Option<Money>, AppError> {
    let Some(number) = &entry.number else { return Ok(None) };
    let attempt = app.store.read_own().await?.payments().attempt_of_number(number).await?;
    Ok(attempt.and_then(|attempt| attempt.received).map(|received| received.amount))
}

async fn refunded_here(app: &App, number: &str) -> Result<Option<Money>, AppError> {
    let Some(number) = RefundNumber::parse(number) else { return Ok(None) };
    let refund = app.store.read_own().await?.payments().refund_of_number(&number).await?;
    Ok(refund.filter(|refund| refund.progress != RefundProgress::Failed).map(|refund| refund.amount))
}

/// What was learnt here on that day and is not on the bill.
async fn ours_that_are_missing(
    app: &App,
    provider: PaymentProviderKind,
    day: NaiveDate,
    bill: &[BillEntry],
) -> Result<Vec<Difference>, AppError> {
    let (from, to) = (provider.begin_of(day), provider.begin_of(day + Days::new(1)));
    let billed: Vec<_> = bill.iter().map(key).collect();
    let mut session = app.store.read_own().await?;
    let received = session.payments().received_between(from, to).await?;
    let refunded = session.payments().refunded_between(from, to).await?;
    let received = received.into_iter().filter(|attempt| attempt.method.provider() == provider);
    let received = received.filter_map(|attempt| Some((attempt.number.as_str().to_owned(), attempt.received?.amount)));
    let refunded = refunded.into_iter().map(|refund| (refund.number.as_str().to_owned(), refund.amount));
    let missing = received.chain(refunded).filter(|(number, _)| !billed.contains(number));
    let missing = missing.map(|(number, amount)| Difference {
        number,
        kind: DifferenceKind::NotThere,
        theirs: None,
        ours: Some(amount),
    });
    Ok(missing.collect())
}
