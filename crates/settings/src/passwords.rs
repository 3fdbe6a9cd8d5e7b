//! The section `[passwords]`.

use serde::{Deserialize, Serialize};
use validator::Validate;

use super::permits::permits;

/// What a password must be, and the work of a hash (argon2id).
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct PasswordsSettings {
    /// Whether common passwords are refused. Profile dev: false.
    pub refuse_common: bool,
    /// Memory of one hash, in KiB.
    #[validate(range(min = 8, max = 1_048_576))]
    pub memory_kib: u32,
    /// Passes over the memory.
    #[validate(range(min = 1, max = 64))]
    pub iterations: u32,
    /// Lanes of a hash.
    #[validate(range(min = 1, max = 16))]
    pub parallelism: u32,
    /// Hashes that are computed at a time; 0 means one per two cores.
    #[validate(range(max = 1024))]
    pub permits: usize,
    /// Hashes that may wait for their turn; one more is refused.
    #[validate(range(max = 100_000))]
    pub queue: usize,
}

impl PasswordsSettings {
    /// Hashes that are computed at a time.
    pub fn permits(&self) -> usize {
        permits(self.permits)
    }
}

impl Default for PasswordsSettings {
    fn default() -> Self {
        Self { refuse_common: true, memory_kib: 19_456, iterations: 2, parallelism: 1, permits: 0, queue: 64 }
    }
}
