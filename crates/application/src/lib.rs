//! The use cases of the site: one function a file, a command in, a result or [`AppError`] out.
//!
//! A use case decides; it knows the domain and the ports and nothing of HTTP or SQL. What two
//! dialects of the API share lives here. The order inside a use case is always the same: parse
//! and check, do what is slow (hashing, pictures, calls to other services), then one unit of
//! work, then what follows a commit.
//!
//! # Adding a use case
//! 1. A file under the thing it is about, with a command struct when it takes more than an id.
//! 2. Its errors as variants of [`AppError`]; the api crate does not compile until each has a
//!    code and a sentence.
//! 3. Tests beside it against the mocks of `minsu_ports::testkit`.

#![deny(missing_docs)]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod app;
pub mod areas;
pub mod captchas;
mod changes;
mod client_address;
mod digest;
mod error;
pub mod houses;
mod limits;
pub mod orders;
mod policy;
pub mod sessions;
pub mod sms_codes;
pub mod strays;
#[cfg(test)]
mod test_app;
mod unit;
pub mod upkeep;
pub mod users;

pub use app::App;
pub use client_address::ClientAddress;
pub use error::AppError;
pub use limits::Limits;
pub use policy::Policy;
