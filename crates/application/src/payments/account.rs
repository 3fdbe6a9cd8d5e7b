//! A landlord's account: what was paid for each order, what of it went back, and what is left.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use minsu_domain::{Money, OrderId, RefundReason, UserId};

use super::books;
use crate::{App, AppError};

/// Orders whose payments are read at once.
const BATCH: usize = 200;

/// What an order came to for its landlord.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountLine {
    /// The order.
    pub order: OrderId,
    /// When it was earned: the stay was over, or a cancellation left something.
    pub at: DateTime<Utc>,
    /// What the guest paid.
    pub paid: Money,
    /// What a cancellation gave back of it, or is to give back.
    pub refunded: Money,
    /// What is left: the rest.
    pub kept: Money,
    /// What the site keeps of that.
    pub fee: Money,
}

/// All that the ledger says a landlord has earned, order by order, with what was paid for it.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn account(app: &App, landlord: UserId) -> Result<Vec<AccountLine>, AppError> {
    let earned = books::statement(app, landlord).await?;
    let (mut paid, mut refunded) = (BTreeMap::new(), BTreeMap::new());
    for batch in earned.chunks(BATCH) {
        let ids: Vec<OrderId> = batch.iter().map(|line| line.order).collect();
        let mut session = app.store.read_own().await?;
        for attempt in session.payments().attempts_of(&ids).await? {
            if let Some(received) = attempt.received.filter(|received| received.pays_order) {
                paid.insert(attempt.order, received.amount);
            }
        }
        // What the site gave back at its own cost is not the landlord's. A refund that failed is still the guest's.
        for refund in session.payments().refunds_of(&ids).await? {
            if refund.reason == RefundReason::Canceled {
                refunded.insert(refund.order, refund.amount);
            }
        }
    }
    let of = |amounts: &BTreeMap<OrderId, Money>, order| amounts.get(&order).copied().unwrap_or(Money::ZERO);
    let lines = earned.into_iter().map(|line| AccountLine {
        order: line.order,
        at: line.at,
        paid: of(&paid, line.order),
        refunded: of(&refunded, line.order),
        kept: line.earned,
        fee: line.fee,
    });
    Ok(lines.collect())
}
