//! Where a listing stands, and its version.

use crate::{Field, Invalid};

/// The state of a listing. Only a published one is found, shown or booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListingState {
    /// Its landlord prepares it; nobody else sees it.
    Draft,
    /// Everybody sees it.
    Published,
    /// It was withdrawn; what it said is gone.
    Deleted,
}

/// How often what a landlord gave of a listing was changed, beginning with 1: who changes it names the
/// version that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u32);

impl Version {
    /// The last version there can be: of a history, all of it.
    pub const MAX: Self = Self(u32::MAX);

    /// Takes a positive number.
    ///
    /// # Errors
    /// [`Field::Version`] for zero.
    pub const fn new(number: u32) -> Result<Self, Invalid> {
        if number > 0 { Ok(Self(number)) } else { Err(Invalid::range(Field::Version)) }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}
