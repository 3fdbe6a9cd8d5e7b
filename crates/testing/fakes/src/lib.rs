//! Fake services of the clouds, for tests only: servers on loopback that check what the real services
//! check (method, path, fields, headers, signatures, dates) and that can be told to fail in every
//! way that is known of them. A fake service that accepts anything tests nothing.
//!
//! They have their own code for signatures and dates and use none of the adapters'.
//!
//! | fake service | of | checks |
//! |---|---|---|
//! | [`Qiniu`] | Qiniu Kodo | upload tokens and their policy, the form, QBox signatures |
//! | [`S3`] | any S3 store | signature version 4, by the `s3s` server on a folder |
//! | [`Yuntongxun`] | Yuntongxun | signature, authorization, body, template, number |
//! | [`Aliyun`] | Aliyun SMS | ACS3 signature, date, nonce used once, parameters |
//! | [`Alipay`] | Alipay | RSA signatures, parameters, states of trades, repeated and early refunds |
//! | [`WechatPay`] | WeChat Pay v3 | RSA signatures, dates, nonces used once, bodies, states of orders and refunds |
//! | [`Stripe`] | Stripe | key, idempotency keys, forms, states of sessions and refunds |
//! | [`WebhookReceiver`] | a receiver of Standard Webhooks | timestamp, signatures, media type |
//! | [`Collector`] | a collector of OpenTelemetry | token, path, media type, every field of every span |

#![expect(clippy::unwrap_used, reason = "the crate is for tests: a failed unwrap is a failed test")]

mod aliyun;
mod clock;
mod collector;
mod encoding;
mod fault;
mod form;
mod payments;
mod qiniu;
mod s3;
mod server;
mod sms_inbox;
mod webhook_receiver;
mod yuntongxun;

pub use aliyun::Aliyun;
pub use clock::SetClock;
pub use collector::{Collector, Span};
pub use fault::{Fault, Faults};
pub use payments::{Alipay, Answers, Outgoing, Stripe, WechatPay};
pub use qiniu::Qiniu;
pub use s3::S3;
pub use sms_inbox::SmsInbox;
pub use webhook_receiver::{WebhookDelivery, WebhookReceiver};
pub use yuntongxun::Yuntongxun;

/// A URL on loopback without a listener.
///
/// # Panics
/// When loopback cannot be bound.
pub fn unused_url() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
