//! A stay that is asked for: what quotes and orders have in common.

use chrono::NaiveDate;
use minsu_domain::HouseId;

/// A stay that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StayToBook {
    /// The house.
    pub house: HouseId,
    /// First day.
    pub start: NaiveDate,
    /// Last day, or day of departure where the site counts nights.
    pub end: NaiveDate,
    /// How many people stay.
    pub guests: u32,
}
