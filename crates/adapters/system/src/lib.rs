//! What the operating system and cryptography give the application: time, randomness, password
//! hashes, sealed real-name data.
//!
//! This is the one crate that may ask the system for the time and for randomness; everywhere else
//! clippy's `disallowed-methods` stops it. The api crate makes one of each at the start and hands
//! them round behind the ports.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod argon2_hasher;
mod background_threads;
mod block_pool;
mod chacha_sealer;
mod os_randomness;
mod system_clock;

pub use argon2_hasher::{Argon2Hasher, Argon2Settings, Argon2SettingsError};
pub use chacha_sealer::{ChaChaSealer, SealKey, SealKeyError};
pub use os_randomness::OsRandomness;
pub use system_clock::SystemClock;
