//! The history of an order: one entry for each change, never changed itself.

use chrono::{DateTime, Utc};

use crate::OrderStatus;

/// Who changed an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangedBy {
    /// Its guest.
    Guest,
    /// The owner of its house.
    Landlord,
    /// An administrator of the site.
    Site,
    /// A deadline that passed.
    Clock,
    /// A payment that its provider confirmed.
    Payment,
}

impl ChangedBy {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Guest, Self::Landlord, Self::Site, Self::Clock, Self::Payment];
}

/// A change of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderChange {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: ChangedBy,
    /// The state that it left; none where it was placed, or where its history begins.
    pub from: Option<OrderStatus>,
    /// The state that it entered.
    pub to: OrderStatus,
    /// Why, where a reason was given.
    pub reason: Option<String>,
}
