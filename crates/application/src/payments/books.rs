//! The books: whether they agree, and what landlords have earned.

use std::time::Duration;

use minsu_domain::{BooksFault, LedgerAccount, OrderBooks, OrderId, SignedMoney, UserId};
use minsu_ports::StatementLine;

use crate::{App, AppError};

/// Orders whose books are read at once.
const BATCH: u32 = 200;
/// Lines of a statement that are read at once.
const LINES: u32 = 500;
/// How often the books of an order are read again before a contradiction is believed: a payment may be written between
/// two of the reads.
const READS: usize = 3;
/// The pause before they are read again.
const PAUSE: Duration = Duration::from_millis(200);

/// A contradiction in the books of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderFault {
    /// The order.
    pub order: OrderId,
    /// What does not agree.
    pub fault: BooksFault,
}

/// The state of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerReport {
    /// The balance of each account that has entries.
    pub balances: Vec<(LedgerAccount, SignedMoney)>,
    /// Orders with payments.
    pub orders: u64,
    /// Every contradiction; none where the books are sound.
    pub faults: Vec<OrderFault>,
}

/// Reads the whole ledger and checks it, order by order, against payments and refunds.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn check_books(app: &App) -> Result<LedgerReport, AppError> {
    let (mut after, mut orders, mut faults) = (None, 0, Vec::new());
    loop {
        let batch = app.store.read_own().await?.payments().orders_with_money(after, BATCH).await?;
        let Some(last) = batch.last() else { break };
        after = Some(*last);
        orders += batch.len() as u64;
        for books in books_of(app, &batch).await? {
            let found = certain_faults(app, books).await?;
            faults.extend(found);
        }
    }
    let balances = app.store.read_own().await?.payments().balances().await?;
    Ok(LedgerReport { balances, orders, faults })
}

async fn certain_faults(app: &App, books: OrderBooks) -> Result<Vec<OrderFault>, AppError> {
    let order = books.order;
    let mut faults = books.faults();
    for _ in 1..READS {
        if faults.is_empty() {
            break;
        }
        app.clock.sleep(PAUSE).await;
        faults = books_of(app, &[order]).await?.first().map(OrderBooks::faults).unwrap_or_default();
    }
    Ok(faults.into_iter().map(|fault| OrderFault { order, fault }).collect())
}

/// The books of these orders. An order that is gone has none: one with payments is never deleted.
pub(super) async fn books_of(app: &App, orders: &[OrderId]) -> Result<Vec<OrderBooks>, AppError> {
    let mut session = app.store.read_own().await?;
    let attempts = session.payments().attempts_of(orders).await?;
    let refunds = session.payments().refunds_of(orders).await?;
    let transfers = session.payments().transfers_of(orders).await?;
    let mut books = Vec::new();
    for id in orders {
        let Some(order) = session.orders().find(*id).await? else { continue };
        books.push(OrderBooks {
            order: *id,
            status: order.status,
            due: order.quote.total(),
            attempts: attempts.iter().filter(|attempt| attempt.order == *id).cloned().collect(),
            refunds: refunds.iter().filter(|refund| refund.order == *id).cloned().collect(),
            transfers: transfers.iter().filter(|transfer| transfer.order == *id).cloned().collect(),
        });
    }
    Ok(books)
}

/// All that a landlord has earned, order by order.
///
/// # Errors
/// [`AppError::StoreUnavailable`].
pub async fn statement(app: &App, landlord: UserId) -> Result<Vec<StatementLine>, AppError> {
    let mut lines: Vec<StatementLine> = Vec::new();
    loop {
        let after = lines.last().map(|line| line.order);
        let mut page = app.store.read_own().await?.payments().statement(landlord, after, LINES).await?;
        let is_last = page.len() < LINES as usize;
        lines.append(&mut page);
        if is_last {
            return Ok(lines);
        }
    }
}
