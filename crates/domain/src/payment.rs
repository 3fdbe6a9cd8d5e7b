//! Payments: how an order is paid, and the numbers under which a provider knows it.

mod method;
mod number;

pub use method::{PaymentMethod, PaymentProviderKind};
pub use number::{AttemptNumber, RefundNumber};
