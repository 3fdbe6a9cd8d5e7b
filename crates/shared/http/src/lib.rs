//! Outgoing HTTP: [`HttpClient`], the client of the cloud adapters of objects and SMS, one
//! instance for each adapter, and [`OutboundClient`] for the URLs that strangers name.
//!
//! Every call has a deadline for all of it, from the connection to the last byte of the answer; no
//! answer is read beyond the limit of its caller; redirects are not followed, since a request with
//! a signature must only reach the host it was signed for; proxies come from the settings
//! and never from the environment; errors contain no URL, since URLs carry signatures, numbers and
//! codes.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod call;
mod client;
mod options;
mod outbound;
mod repeat;
mod setting;
mod setup;

pub use call::{Answer, CallError};
pub use client::HttpClient;
pub use options::HttpOptions;
pub use outbound::{Lookup, OutboundClient, OutboundError, OutboundOptions, OutboundRules, SystemLookup};
pub use repeat::PAUSE;
pub use setting::{SettingError, host_url, name, secret};
pub use setup::SetupError;
