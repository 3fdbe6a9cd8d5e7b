//! The ports that the operating system and cryptography implement: time, randomness, password
//! hashes, sealed real-name data, and fair turns for heavy work.
//!
//! This is the one crate that may ask the system for the time and for randomness; everywhere else
//! clippy's `disallowed-methods` stops it. The api crate makes one instance of each at the start and passes
//! them on behind the ports.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test"))]

mod argon2_hasher;
mod block_pool;
mod chacha_sealer;
mod fair_work_scheduler;
mod hmac_signer;
mod os_randomness;
mod stop_at;
mod system_clock;

pub use argon2_hasher::{Argon2Hasher, Argon2Settings, Argon2SettingsError};
pub use chacha_sealer::{ChaChaSealer, SealKey, SealKeyError};
pub use fair_work_scheduler::{FairWorkScheduler, WorkBounds, WorkSchedulerOptions};
pub use hmac_signer::HmacSigner;
pub use os_randomness::OsRandomness;
pub use stop_at::StopAt;
pub use system_clock::{OffsetClock, SystemClock};
