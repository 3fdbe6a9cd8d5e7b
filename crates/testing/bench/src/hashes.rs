//! How many password hashes the machine makes when it does nothing else.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use argon2::{Algorithm, Argon2, Block, Params, Version};

use crate::error::BenchError;

/// How long it counts.
const LENGTH: Duration = Duration::from_secs(3);
/// The default settings of the server: KiB, iterations, lanes.
const PARAMS: (u32, u32, u32) = (19_456, 2, 1);

/// Hashes for a while on one thread, in memory that is used again, and prints the hashes a second.
///
/// # Errors
/// When the library refuses.
pub fn run() -> Result<(), BenchError> {
    let refused = |error: argon2::Error| BenchError::Unreadable(format!("argon2: {error}"));
    let params = Params::new(PARAMS.0, PARAMS.1, PARAMS.2, None).map_err(refused)?;
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hash = [0; 32];
    let (begun, mut count) = (Instant::now(), 0_u32);
    while begun.elapsed() < LENGTH {
        argon2
            .hash_password_into_with_memory(b"password", b"salt of 16 bytes", &mut hash, &mut memory)
            .map_err(refused)?;
        count += 1;
    }
    let rate = f64::from(count) / begun.elapsed().as_secs_f64();
    writeln!(std::io::stdout(), "{rate:.2}").map_err(BenchError::io("print the rate"))
}
