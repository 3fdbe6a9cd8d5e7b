//! Real servers for tests: each starts on free loopback ports with its data in a temporary
//! directory, and is stopped when it is dropped. A program that is not installed is a failure
//! that names its Debian package, never a skipped test.

#![expect(clippy::expect_used, clippy::panic, reason = "a test server that does not start fails its test")]

mod process;

pub mod redis;
