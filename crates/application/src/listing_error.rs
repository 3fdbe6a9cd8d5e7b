//! The errors of the use cases of listings.

use chrono::NaiveDate;
use minsu_domain::OrderId;
use thiserror::Error;

/// Listings.
#[derive(Debug, Error)]
pub enum ListingError {
    /// Orders hold days that were to be blocked.
    #[error("orders hold {} of the days", .0.days.len())]
    DaysHeldByOrders(HeldDays),
    /// No such district.
    #[error("no such area")]
    UnknownArea,
    /// No such facility.
    #[error("no such facility")]
    UnknownFacility,
    /// No such house.
    #[error("no such house")]
    NotFound,
    /// A listing is published with at least one picture.
    #[error("the listing has no picture")]
    PictureNeeded,
    /// A published listing keeps at least one picture.
    #[error("the last picture of a published listing")]
    LastPicture,
    /// The listing has no such picture.
    #[error("no such picture of the listing")]
    NoSuchPicture,
    /// An order of the pictures does not name each of them once.
    #[error("not every picture once")]
    PicturesMismatch,
    /// Orders for the listing that are not over.
    #[error("{} orders are open", .0.len())]
    OrdersOpen(Vec<OrderId>),
    /// The state of the listing does not allow it.
    #[error("not in this state of the listing")]
    WrongState,
    /// The listing was changed since the version that was named.
    #[error("the listing was changed meanwhile")]
    VersionStale,
    /// Another landlord's house.
    #[error("not the landlord of this house")]
    NotOwner,
}

/// Days that orders hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldDays {
    /// The days, ascending.
    pub days: Vec<NaiveDate>,
    /// The orders, ascending.
    pub orders: Vec<OrderId>,
}
