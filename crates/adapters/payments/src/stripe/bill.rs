//! The charges and refunds of a day in UTC.

use chrono::{Days, NaiveDate};
use minsu_domain::{AttemptNumber, Money, PaymentProviderKind};
use minsu_ports::{BillEntry, RefundState};
use serde::de::DeserializeOwned;

use super::{
    api::Api,
    wire::{ATTEMPT, CURRENCY, Charge, List, Refund},
};
use crate::failure::Failure;

/// More pages than a day has: 100,000 entries.
const MAX_PAGES: usize = 1_000;

/// Everything that was paid and paid back on a day.
pub(super) async fn bill(api: &Api, day: NaiveDate) -> Result<Vec<BillEntry>, Failure> {
    let mut entries = Vec::new();
    for charge in all::<Charge>(api, "charges", day, |charge| &charge.id).await? {
        if charge.paid && charge.currency == CURRENCY {
            let raw_number = charge.metadata.and_then(|mut found| found.remove(ATTEMPT)).unwrap_or(charge.id);
            entries.push(entry(raw_number, None, charge.amount)?);
        }
    }
    // A refund that failed, which it may do after it succeeded, paid nothing back.
    for refund in all::<Refund>(api, "refunds", day, Refund::id).await? {
        if refund.currency.as_deref() == Some(CURRENCY) && !matches!(refund.state(), Some(RefundState::Failed(_))) {
            let number = refund.number().map_or_else(|| refund.id().to_owned(), |number| number.as_str().to_owned());
            entries.push(entry(refund.raw_attempt().to_owned(), Some(number), refund.amount)?);
        }
    }
    Ok(entries)
}

fn entry(raw_number: String, refund: Option<String>, amount: i64) -> Result<BillEntry, Failure> {
    let amount = Money::from_fen(amount).map_err(|_| Failure::Misplaced)?;
    Ok(BillEntry { number: AttemptNumber::parse(&raw_number), raw_number, refund, amount })
}

/// All objects of a kind that were made on a day, page by page.
async fn all<T: DeserializeOwned>(
    api: &Api,
    kind: &str,
    day: NaiveDate,
    id: impl Fn(&T) -> &str,
) -> Result<Vec<T>, Failure> {
    let start = |day| PaymentProviderKind::Stripe.begin_of(day).timestamp();
    let begin = start(day).to_string();
    let end = start(day.checked_add_days(Days::new(1)).unwrap_or(day)).to_string();
    let mut found: Vec<T> = Vec::new();
    for _ in 0..MAX_PAGES {
        let last = found.last().map(|last| id(last).to_owned());
        let mut query = vec![("created[gte]", begin.as_str()), ("created[lt]", &end), ("limit", "100")];
        query.extend(last.as_deref().map(|last| ("starting_after", last)));
        let page: List<T> = api.get(kind, &query).await?;
        let goes_on = page.has_more && !page.data.is_empty();
        found.extend(page.data);
        if !goes_on {
            return Ok(found);
        }
    }
    Err(Failure::Misplaced)
}
