//! Rules, seasons and dates of a house: they say what a stay costs ([`HouseSchedule::quote`]) and whether it is
//! allowed ([`HouseSchedule::allow`]).
//!
//! Every value is looked up by its day: the first of date, season and house that has it. Prices and limits that no
//! rule changes are those of the listing itself ([`crate::HouseTerms`]).

mod allowed;
mod basis_points;
mod changes;
mod claims;
mod dates;
mod house_schedule;
mod item_fault;
mod neighbours;
mod plain;
mod price_bounds;
mod pricing;
mod rules;
mod seasons;
mod weekdays;

#[cfg(test)]
mod slow_model;
#[cfg(test)]
mod tests;

pub use allowed::StayRequest;
pub use basis_points::BasisPoints;
pub use changes::{Change, DayPlan, ScheduleChange, ScheduleChanges, ScheduleDraft};
pub use claims::{BlockNote, Claim};
pub use dates::DateRule;
pub use house_schedule::{HouseSchedule, PriceSource};
pub use item_fault::ItemFault;
pub use neighbours::Neighbours;
pub use price_bounds::PriceBounds;
pub use rules::{CancellationPreset, HouseRules, RulesDraft};
pub use seasons::{Season, SeasonDraft, Seasons};
pub use weekdays::{WeekdayPrices, Weekdays};
