//! Payments: paying an order, what providers say, paying back, and the books.
//!
//! What is about to be done is committed before a provider is called, and what it answered is written by a
//! compare-and-swap afterwards: no transaction is open over a call, and a process that dies in between leaves a row that
//! a job goes on with. Only a verified notice or the answer to a query moves money.

mod account;
mod ask;
mod books;
mod earn;
mod expire;
mod notice;
mod reconcile;
mod refund;
mod settle;
mod start;
mod stay;
mod view;
#[cfg(test)]
mod walk;

pub use account::{AccountLine, account};
pub(crate) use ask::check as check_attempt;
pub use books::{LedgerReport, OrderFault, check_books, statement};
pub(crate) use earn::{earn, settle_cancellation};
pub(crate) use expire::expire_unpaid;
pub use notice::take_notice;
pub(crate) use reconcile::compare_last_bill;
pub use reconcile::{Reconciled, reconcile};
pub(crate) use refund::send as send_refund;
pub use refund::{FailedRefund, failed_refunds, pay_back, retry_refund};
pub use start::{ReturnPage, StartPayment, start};
pub(crate) use stay::end as end_stay;
pub use view::{Payment, methods, of_order, returned, view, view_unasked};
