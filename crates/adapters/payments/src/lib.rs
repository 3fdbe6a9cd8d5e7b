//! Providers of payments.
//!
//! | adapter | for |
//! |---|---|
//! | [`Alipay`] | Alipay's OpenAPI: pages on desktop and telephone, and codes |
//! | [`WechatPay`] | WeChat Pay v3: codes, and pages of telephones |
//! | [`Stripe`] | Stripe Checkout |
//! | [`Sandbox`] | development: a page of the site that plays the provider, on a folder |
//!
//! All are thin: a call is one request under a deadline, repeated once where there was no connection, and its answer
//! is believed when its signature holds (Stripe signs no answers: there TLS and the key stand for it). Everything else
//! is [`minsu_ports::PaymentError::Unknown`]. Errors and `Debug` tell codes and statuses, no secret and nothing of the
//! payer.
//!
//! # Adding an adapter
//! 1. A file with the type, its options and its `PaymentProvider`.
//! 2. A strict stand-in in `minsu-fakes`, with code of its own for signatures.
//! 3. A file in `tests/` that calls every function of `minsu_ports::testkit::payments`.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod alipay;
mod china;
mod der;
mod failure;
mod form;
mod probe;
mod rsa;
mod sandbox;
mod stripe;
mod timestamped_hmac;
mod wechat;

pub use alipay::{Alipay, AlipayOptions};
pub use sandbox::{Sandbox, SandboxOptions};
pub use stripe::{Stripe, StripeOptions};
pub use wechat::{WechatOptions, WechatPay};
