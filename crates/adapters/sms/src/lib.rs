//! Senders of SMS codes.
//!
//! | adapter | for |
//! |---|---|
//! | [`Outbox`] | development: a file that a person or a script reads |
//! | [`Yuntongxun`] | Yuntongxun (Cloopen): a template of code and minutes |
//! | [`AliyunSms`] | Aliyun: a template of the code |
//!
//! The two services end at their deadline. They repeat a request once, and only where there was
//! no connection: nothing was sent then, so no receiver gets two messages. Errors contain the service's
//! code and text, without long runs of digits, since services like to repeat the number.
//!
//! # Adding an adapter
//! 1. A file with the type and its `SmsSender`; errors tell neither the number nor the code.
//! 2. A file in `tests/` that calls every function of `minsu_ports::testkit::sms`.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod aliyun;
mod outbox;
mod service;
mod yuntongxun;

pub use aliyun::{AliyunOptions, AliyunSms};
pub use outbox::Outbox;
pub use yuntongxun::{Yuntongxun, YuntongxunOptions};
