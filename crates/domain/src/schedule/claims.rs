//! Claims: reasons beside orders that keep a day from being booked. A day is free exactly when neither an order
//! nor a claim covers it; releasing one hands the day to the others.

use crate::{
    FeedId, Field, Invalid, OrderId,
    text::{Kind, checked, stored},
};

/// A reason beside the stay of an order why a day cannot be booked. Several may cover one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// The landlord closed the day.
    Block,
    /// An imported calendar occupies the day.
    Feed(FeedId),
    /// The day follows the stay of an order and is needed to prepare the house.
    Preparation(OrderId),
}

/// A note that only the landlord sees: one line of 1 to 200 characters without `<` and `>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockNote(String);

impl BlockNote {
    /// The most characters.
    pub const MAX_CHARS: usize = 200;

    /// Trims the text and checks it.
    ///
    /// # Errors
    /// [`Field::Note`].
    pub fn new(text: &str) -> Result<Self, Invalid> {
        checked(text, Self::MAX_CHARS, Kind::FoldedLine, Field::Note).map(Self)
    }

    /// A note that was checked when it was stored.
    ///
    /// # Errors
    /// [`Field::Note`].
    pub fn stored(text: &str) -> Result<Self, Invalid> {
        stored(text, Self::MAX_CHARS, Field::Note).map(Self)
    }

    /// The note as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
