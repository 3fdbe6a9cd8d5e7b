//! The repositories, one file each: statements, and the mapping of rows to the domain.

mod booked_days;
mod claims;
mod digits;
pub(crate) mod facility_mask;
mod houses;
mod idempotency;
mod identity_numbers;
mod jobs;
mod maintenance;
mod occupancy;
pub(crate) mod order_changes;
mod order_lines;
mod order_views;
mod orders;
mod orphaned_objects;
pub(crate) mod pages;
mod reference;
mod schedules;
pub(crate) mod search;
pub(crate) mod sql;
mod summaries;
mod tokens;
mod usage;
mod users;
pub(crate) mod values;
