//! Occupied days of a house.

use crate::OrderId;

/// The reason why a day of a house cannot be booked. A day has one occupant at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Occupant {
    /// A live order; it releases its days when it is rejected or cancelled.
    Order(OrderId),
    /// The landlord closed the day.
    Block,
    /// An imported calendar occupies the day.
    Feed,
    /// The house is prepared after the stay of an order.
    Preparation,
}
