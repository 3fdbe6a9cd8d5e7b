//! A price that is kept for a while.

use chrono::{DateTime, Utc};
use minsu_domain::{Money, Quote};

/// A price that the site keeps until an instant. It promises no days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// The price.
    pub quote: Quote,
    /// The deposit, which is no part of the price.
    pub deposit: Money,
    /// Until when an order with the token has this price.
    pub valid_until: DateTime<Utc>,
    /// Proves the price.
    pub token: String,
}
