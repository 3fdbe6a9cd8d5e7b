//! Payments: how an order is paid and paid back, and the books about it.

mod attempt;
mod books;
mod ledger;
mod method;
mod number;
mod refund;

pub use attempt::{Attempt, AttemptState, PaidOutcome, Received};
pub use books::{BooksFault, OrderBooks};
pub use ledger::{LedgerAccount, Transfer};
pub use method::{PaymentMethod, PaymentProviderKind};
pub use number::{AttemptNumber, RefundNumber};
pub use refund::{PaymentRefund, RefundProgress, RefundReason};
