//! The running site under faults: the binary, with real databases and a real Redis, serves a random mix of guests,
//! landlords and newcomers while its processes are killed and stopped, its connections cut and its backends taken
//! away. Every call is logged with its answer. In the end the log is compared with the tables, which are read past
//! the site.
//!
//! A [`Plan`] is drawn from a seed; [`run`] runs it and returns a [`Report`]; [`shrink`] makes a failing plan smaller.
//! `make test` runs a few short plans, `make torture` many long ones (`crates/api/tests/torture`, which knows where
//! the binary is); `docs/reliability.md` has what is checked and what it cost.
//!
//! # Adding to it
//! - A fault: a variant of [`Fault`], in `Fault::all` where its engines are; what it does in `inject.rs`.
//! - A call: a variant of [`Act`](history::Act), a method of the client that makes it (`guest.rs`, `landlord.rs`,
//!   `newcomer.rs`), and what its acknowledgement promises in `invariants.rs`; if it changes who has a day, a
//!   [`Step`](calendar::Step) and its line in `resolve.rs`. Payments, webhooks and feeds will join here: a stand-in
//!   beside the object store in `site.rs`, its silence in [`Service`](fault::Service).
//! - Then see it fail: plant what it is to find (`scripts/mutations.py`).

#![expect(clippy::expect_used, clippy::panic, reason = "what goes wrong here is a failed test")]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

pub mod calendar;
mod caller;
mod database;
mod ending;
mod engine;
pub mod envelope;
pub mod fault;
mod guest;
pub mod history;
mod inject;
mod invariants;
mod landlord;
mod newcomer;
mod people;
mod picture;
mod plan;
mod program;
pub mod proxy;
mod resolve;
mod run;
mod shrink;
mod site;
mod small_disk;
mod stalls;
mod watch;
mod world;

pub use caller::DEADLINE;
pub use engine::Engine;
pub use fault::Fault;
pub use plan::{Plan, Planned};
pub use run::{Report, run};
pub use shrink::shrink;
