//! Object stores for the bytes of pictures.
//!
//! | adapter | for |
//! |---|---|
//! | [`DiskObjects`] | one machine: files under a folder that nginx or the api serves |
//! | [`QiniuObjects`] | Qiniu Kodo by its own protocol: form upload with upload tokens |
//! | [`S3Objects`] | any store that speaks S3: Aliyun OSS, Tencent COS, MinIO, AWS, Qiniu too |
//!
//! The two remote ones take the same [`minsu_http::HttpOptions`]: every call ends at the deadline,
//! and neither keys nor signatures are in a log or an error.
//!
//! # Adding an adapter
//! 1. A file with the type and its `ObjectStore`.
//! 2. A file in `tests/` that calls every function of `minsu_ports::testkit::object_store`.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod address;
mod disk;
mod probe;
mod qiniu;
mod s3;

pub use disk::DiskObjects;
pub use probe::{ProbeError, probe};
pub use qiniu::{QiniuObjects, QiniuOptions, QiniuRegion};
pub use s3::{Addressing, S3Objects, S3Options};
