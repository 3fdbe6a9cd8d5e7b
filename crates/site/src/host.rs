//! The pages of landlords.

mod booked_chart;
pub mod calendar;
pub mod edit;
pub mod feeds;
pub mod house;
pub mod houses;
pub mod orders;
pub mod pictures;
pub mod publish;
pub mod rules;
mod rules_form;
pub mod seasons;
pub mod statement;
pub mod states;
pub mod webhooks;
mod weekday_fields;
