//! A request to lock the row of an order.

use minsu_domain::OrderId;

/// A request to lock the row of an order exclusively, until the end of the transaction; made by
/// [`crate::LockedOrder`] only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OrderLock {
    order: OrderId,
}

impl OrderLock {
    pub(super) const fn new(order: OrderId) -> Self {
        Self { order }
    }

    /// The id of the order.
    pub const fn order(&self) -> OrderId {
        self.order
    }
}
