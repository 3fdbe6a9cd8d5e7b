//! Cancelling an order: what the guest gets back, and what the landlord keeps.

mod policy;
mod refund;

pub use policy::{CancellationPolicy, Grace, Tier};
pub use refund::{Agreement, Refund};
