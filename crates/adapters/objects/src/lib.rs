//! Where the bytes of pictures are kept.
//!
//! | adapter | for |
//! |---|---|
//! | [`DiskObjects`] | one machine: files under a folder that nginx or the api serves |
//!
//! # Adding an adapter
//! 1. A file with the type and its `ObjectStore`.
//! 2. A file in `tests/` that calls every function of `minsu_ports::testkit::object_store`.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod address;
mod disk;

pub use disk::DiskObjects;
