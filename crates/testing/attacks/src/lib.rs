//! Attacks against the running binary, with the limits of production. Each attack is a function that takes an
//! [`Effort`] and returns a [`Report`] of measurements; a measurement that has a bound and breaks it fails the
//! test.
//!
//! `make test` runs every attack with [`Effort::Short`], `make attack` with [`Effort::Full`] and prints the
//! reports.
//!
//! # Adding an attack
//! 1. A module here with `pub async fn run(setup: &Setup) -> Report`. It starts a [`Site`], attacks it through
//!    [`Visitor`]s, and measures what honest visitors get meanwhile.
//! 2. A test in `crates/api/tests/attacks/main.rs`, which knows where the binary is.
//! 3. See it fail on the code without the defence.

#![expect(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "what goes wrong here is a failed test")]
#![expect(clippy::disallowed_methods, reason = "tests have no port for the clock and the environment")]

pub mod code_poller;
pub mod exports;
pub mod heavy_work;
pub mod identity;
mod matcher;
pub mod memory;
pub mod neighbours;
pub mod page_flood;
pub mod patient_guesser;
mod production;
mod report;
mod setup;
mod site;
pub mod sms_budget;
pub mod spoken_captcha;
mod visitor;
pub mod wash_orders;

pub use matcher::Matcher;
pub use production::PRODUCTION;
pub use report::{Bound, Report};
pub use setup::{Effort, Setup};
pub use site::{Settings, Site};
pub use visitor::{Answer, PASSWORD, Visitor, identity_number};
