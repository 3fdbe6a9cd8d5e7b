//! How codes get to telephones.
//!
//! | adapter | for |
//! |---|---|
//! | [`Outbox`] | development: a file that a person or a script reads |
//!
//! # Adding an adapter
//! 1. A file with the type and its `SmsSender`; errors tell neither the number nor the code.
//! 2. A file in `tests/` that calls every function of `minsu_ports::testkit::sms`.

mod outbox;

pub use outbox::Outbox;
