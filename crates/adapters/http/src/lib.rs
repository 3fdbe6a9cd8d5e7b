//! The way out: the HTTP client that the cloud adapters of objects and SMS share in kind, one
//! instance for each adapter.
//!
//! Every call has a deadline for all of it, from the connection to the last byte of the answer; no
//! answer is read further than its reader wants; redirects are not followed, since a request that
//! carries a signature goes where it was addressed to or nowhere; proxies come from the settings
//! and never from the environment; errors tell no URL, since URLs carry signatures, numbers and
//! codes.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod call;
mod client;
mod options;
mod setting;

pub use call::{Answer, CallError};
pub use client::{HttpClient, HttpSetupError};
pub use options::HttpOptions;
pub use setting::{SettingError, host_url, name, secret};
