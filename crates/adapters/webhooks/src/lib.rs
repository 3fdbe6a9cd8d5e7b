//! Sending events to webhooks, in the form of Standard Webhooks (<https://www.standardwebhooks.com>).
//!
//! A message is a POST of JSON with the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`. The addresses
//! are named by strangers: [`minsu_http::OutboundClient`] calls none but those of the internet. A redirect is not
//! followed, and is no success.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod body;
mod http_webhooks;
mod signature;

pub use http_webhooks::{HttpWebhooks, MOST_ANSWER_BYTES};
