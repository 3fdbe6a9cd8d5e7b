//! The use cases of the site: one function a file, a command in, a result or [`AppError`] out.
//!
//! A use case decides; it knows the domain and the ports and nothing of HTTP or SQL. Logic that two
//! dialects of the API share is here. The order inside a use case is always the same: parse
//! and check, do the slow work (hashing, pictures, calls to other services), then one
//! transaction that also records its events, then the steps that only the caller waits for.
//!
//! # Adding a use case
//! 1. A file under the thing it is about, with a command struct when it takes more than an id.
//! 2. Its errors as variants of the enum of its aggregate; the api crate does not compile until each has a
//!    code and a sentence.
//! 3. Tests in the same file against the mocks of `minsu_ports::testkit`.

#![deny(missing_docs)]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod app;
pub mod areas;
mod calendar_error;
pub mod captchas;
mod client_address;
pub mod dev_codes;
mod digest;
mod error;
pub mod events;
pub mod exports;
pub mod facilities;
pub mod feeds;
pub mod houses;
pub mod idempotency;
pub mod jobs;
mod kept_keys;
mod limits;
mod listing_error;
pub mod maintenance;
mod message_rules;
pub mod messages;
pub mod object_comparison;
pub mod orders;
pub mod orphaned_objects;
mod payment_error;
pub mod payments;
mod picture_upload;
mod policy;
pub mod proof;
mod quotas;
mod quoted;
mod remembered_addresses;
pub mod sessions;
pub mod sms_codes;
pub mod standing;
#[cfg(test)]
mod test_app;
pub mod tokens;
mod transaction;
mod turns;
pub mod users;
mod webhook_error;
pub mod webhooks;

pub use app::App;
pub use calendar_error::CalendarError;
pub use client_address::ClientAddress;
pub use error::{
    AccountError, AppError, CaptchaError, EventError, IdempotencyError, OrderError, PictureError, QuotaError,
    SessionError, SmsCodeError, TokenError,
};
pub use kept_keys::is_kept;
pub use listing_error::{HeldDays, ListingError};
pub use message_rules::MessageRules;
pub use payment_error::PaymentFailed;
pub use policy::{Limits, OldPages, PaymentRules, Policy, Quotas, Retention, SmsPool};
pub use turns::turn;
pub use webhook_error::WebhookError;
