//! Password hashes by argon2id.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash as Phc, Salt},
};
use async_trait::async_trait;
use minsu_domain::Password;
use minsu_executor::{BackgroundError, BoundedExecutor, Bounds, ExecutorError};
use minsu_ports::{HashError, PasswordHash, PasswordHasher, Randomness, Verdict};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::block_pool::BlockPool;

/// Bytes of salt (RFC 9106, 3.1: 16 bytes are recommended).
const SALT_BYTES: usize = 16;
/// Bytes of a hash (RFC 9106, 4: a tag of 256 bits).
const OUTPUT_BYTES: usize = 32;
/// The most memory that a hash may demand, configured or at rest: 1 GiB.
const MAX_MEMORY_KIB: u32 = 1 << 20;
/// The most passes that a hash may demand, configured or at rest.
const MAX_ITERATIONS: u32 = 64;

/// How much work a hash is, and how many are computed at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argon2Settings {
    /// Memory of one hash in KiB; at most 1 GiB.
    pub memory_kib: u32,
    /// Passes over the memory; at most 64.
    pub iterations: u32,
    /// Lanes. They are computed one after the other, so more of them only serve to verify hashes
    /// of other systems under the same parameters.
    pub parallelism: u32,
    /// Hashes that are computed at a time: each takes a thread and the memory above.
    pub permits: usize,
    /// Hashes that wait for one of these; a further one is [`HashError::Busy`].
    pub queue: usize,
}

impl Default for Argon2Settings {
    /// The second choice of OWASP's password storage cheat sheet (19 MiB, 2 passes, 1 lane), two
    /// at a time.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, iterations: 2, parallelism: 1, permits: 2, queue: 64 }
    }
}

/// The settings make no hasher.
#[derive(Debug, Error)]
pub enum Argon2SettingsError {
    /// Memory, iterations or parallelism are outside of what argon2 allows.
    #[error("the argon2 parameters are not usable: {0}")]
    Parameters(argon2::Error),
    /// More work than a login may be.
    #[error("argon2 is limited to {MAX_MEMORY_KIB} KiB and {MAX_ITERATIONS} iterations")]
    TooMuchWork,
    /// The bounds of the executor, or its threads.
    #[error(transparent)]
    Executor(#[from] BackgroundError),
}

/// Argon2id in PHC string format, on threads of its own with a low priority.
///
/// At most `permits` hashes are computed at a time and at most `queue` wait, so that a flood of
/// logins takes neither all memory nor all processors. Dropping a call that still waits
/// frees its place; a hash that has begun is finished, and holds its place until then.
pub struct Argon2Hasher {
    executor: BoundedExecutor,
    worker: Arc<Worker>,
}

impl Argon2Hasher {
    /// Makes a hasher. Costs nothing: the hash that a login without a user is compared with is
    /// random bytes behind the configured parameters.
    ///
    /// # Errors
    /// [`Argon2SettingsError`].
    pub fn new(settings: Argon2Settings, randomness: Arc<dyn Randomness>) -> Result<Self, Argon2SettingsError> {
        let Argon2Settings { memory_kib, iterations, parallelism, permits, queue } = settings;
        if memory_kib > MAX_MEMORY_KIB || iterations > MAX_ITERATIONS {
            return Err(Argon2SettingsError::TooMuchWork);
        }
        // parallelism × 8 ≤ memory is checked with a multiplication that can overflow.
        if parallelism > memory_kib {
            return Err(Argon2SettingsError::Parameters(argon2::Error::MemoryTooLittle));
        }
        let params = Params::new(memory_kib, iterations, parallelism, Some(OUTPUT_BYTES))
            .map_err(Argon2SettingsError::Parameters)?;
        let blocks = BlockPool::new(params.block_count());
        Ok(Self {
            executor: BoundedExecutor::in_background("hash", Bounds { permits, queue })?,
            worker: Arc::new(Worker { params, blocks, randomness }),
        })
    }

    /// Runs work on a thread when it is its turn.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Worker) -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, HashError> {
        let worker = Arc::clone(&self.worker);
        self.executor.run(move || work(&worker)).await.map_err(|error| match error {
            ExecutorError::Overloaded => HashError::Busy,
            ExecutorError::Panicked => {
                tracing::error!(%error, "hashing a password panicked");
                HashError::Unusable
            }
        })?
    }
}

#[async_trait]
impl PasswordHasher for Argon2Hasher {
    #[tracing::instrument(level = "trace", name = "password hash", skip_all)]
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        let password = Zeroizing::new(password.reveal().to_owned());
        self.run(move |worker| worker.hash(&password)).await
    }

    fn is_busy(&self) -> bool {
        self.executor.is_overloaded()
    }

    #[tracing::instrument(level = "trace", name = "password verify", skip_all)]
    async fn verify<'a>(&self, typed: &str, hash: Option<&'a PasswordHash>) -> Result<Verdict, HashError> {
        if typed.len() > Password::MAX_BYTES {
            return Ok(Verdict::Wrong);
        }
        let typed = Zeroizing::new(typed.to_owned());
        match hash.cloned() {
            Some(hash) => self.run(move |worker| worker.verify(&typed, &hash)).await,
            None => self.run(move |worker| worker.verify_nothing(&typed)).await,
        }
    }
}

/// The state of a hashing thread.
struct Worker {
    params: Params,
    blocks: BlockPool,
    randomness: Arc<dyn Randomness>,
}

impl Worker {
    fn hash(&self, password: &str) -> Result<PasswordHash, HashError> {
        let salt: [u8; SALT_BYTES] = self.random();
        let hash = self.compute(Algorithm::Argon2id, Version::V0x13, &self.params, password, &salt)?;
        self.phc(&salt, hash)
    }

    fn verify(&self, typed: &str, hash: &PasswordHash) -> Result<Verdict, HashError> {
        let phc = Phc::new(&hash.0).map_err(unusable)?;
        let (Some(salt), Some(expected)) = (phc.salt, phc.hash) else {
            return Err(HashError::Unusable);
        };
        let algorithm = Algorithm::try_from(phc.algorithm.as_str()).map_err(unusable)?;
        let version = phc.version.map_or(Ok(Version::V0x10), Version::try_from).map_err(unusable)?;
        let params = Params::try_from(&phc).map_err(unusable)?;
        if params.m_cost() > MAX_MEMORY_KIB || params.t_cost() > MAX_ITERATIONS {
            return Err(HashError::Unusable);
        }
        // The comparison takes the same time wherever the two differ.
        if self.compute(algorithm, version, &params, typed, &salt)? != expected {
            return Ok(Verdict::Wrong);
        }
        let current = (algorithm, version, salt.len(), &params);
        Ok(if current == (Algorithm::Argon2id, Version::V0x13, SALT_BYTES, &self.params) {
            Verdict::Right
        } else {
            Verdict::RightButOutdated
        })
    }

    /// The same work as [`Self::verify`] against a hash that no text has.
    fn verify_nothing(&self, typed: &str) -> Result<Verdict, HashError> {
        let output: [u8; OUTPUT_BYTES] = self.random();
        let decoy = self.phc(&self.random::<SALT_BYTES>(), Output::new(&output).map_err(unusable)?)?;
        self.verify(typed, &decoy).map(|_| Verdict::Wrong)
    }

    fn compute(
        &self,
        algorithm: Algorithm,
        version: Version,
        params: &Params,
        password: &str,
        salt: &[u8],
    ) -> Result<Output, HashError> {
        let argon2 = Argon2::new(algorithm, version, params.clone());
        let mut output = Zeroizing::new([0; Output::MAX_LENGTH]);
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let output = output.get_mut(..length).ok_or(HashError::Unusable)?;
        self.blocks
            .with(params.block_count(), |blocks: &mut [Block]| {
                argon2.hash_password_into_with_memory(password.as_bytes(), salt, output, blocks)
            })
            .map_err(unusable)?;
        Output::new(output).map_err(unusable)
    }

    fn phc(&self, salt: &[u8], hash: Output) -> Result<PasswordHash, HashError> {
        let phc = Phc {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params).map_err(unusable)?,
            salt: Some(Salt::new(salt).map_err(unusable)?),
            hash: Some(hash),
        };
        Ok(PasswordHash(phc.to_string()))
    }

    fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.randomness.fill(&mut bytes);
        bytes
    }
}

/// The port's error keeps no cause, so it goes to the log.
fn unusable(error: impl std::error::Error) -> HashError {
    tracing::error!(%error, "argon2 failed");
    HashError::Unusable
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OsRandomness;

    /// Few and small blocks: these tests are about the rules, not about the strength.
    const WEAK: Argon2Settings = Argon2Settings { memory_kib: 64, iterations: 1, parallelism: 1, permits: 1, queue: 1 };

    fn hasher(settings: Argon2Settings) -> Argon2Hasher {
        Argon2Hasher::new(settings, Arc::new(OsRandomness)).unwrap()
    }

    #[test]
    fn settings_that_no_hash_can_have_are_refused() {
        for bad in [
            Argon2Settings { memory_kib: 7, ..WEAK },
            Argon2Settings { memory_kib: MAX_MEMORY_KIB + 1, ..WEAK },
            Argon2Settings { iterations: 0, ..WEAK },
            Argon2Settings { iterations: MAX_ITERATIONS + 1, ..WEAK },
            Argon2Settings { parallelism: 0, ..WEAK },
            Argon2Settings { parallelism: 9, ..WEAK },
            Argon2Settings { parallelism: u32::MAX / 8 + 2, ..WEAK },
            Argon2Settings { permits: 0, ..WEAK },
            Argon2Settings { permits: usize::MAX, ..WEAK },
            Argon2Settings { queue: usize::MAX, ..WEAK },
        ] {
            assert!(Argon2Hasher::new(bad, Arc::new(OsRandomness)).is_err(), "{bad:?}");
        }
    }

    #[tokio::test]
    async fn the_hash_is_a_phc_string_that_another_implementation_reads() {
        // From test.c of the reference implementation (phc-winner-argon2).
        let hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let verdict = hasher(WEAK).verify("password", Some(&PasswordHash(hash.to_owned()))).await;
        assert_eq!(verdict, Ok(Verdict::RightButOutdated));
    }

    #[tokio::test]
    async fn beyond_the_queue_it_is_busy_and_a_text_too_long_needs_no_place() {
        let hasher = Arc::new(hasher(Argon2Settings { queue: 0, ..WEAK }));
        assert!(!hasher.is_busy());
        let (release, released) = std::sync::mpsc::channel::<()>();
        let running = tokio::spawn({
            let hasher = Arc::clone(&hasher);
            async move { hasher.run(move |_| released.recv().map_err(|_| HashError::Unusable)).await }
        });
        while !hasher.is_busy() {
            tokio::task::yield_now().await;
        }
        assert_eq!(hasher.verify("some words", None).await, Err(HashError::Busy));
        // Every place is taken, so an answer proves that nothing was hashed.
        assert_eq!(hasher.verify(&"x".repeat(1_000_000), None).await, Ok(Verdict::Wrong));
        release.send(()).unwrap();
        assert_eq!(running.await.unwrap(), Ok(()));
        assert_eq!(hasher.verify("some words", None).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn memory_is_reused_and_grows_with_the_permits_only() {
        let hasher = Arc::new(hasher(Argon2Settings { permits: 2, queue: 30, ..WEAK }));
        let tasks: Vec<_> = (0..20)
            .map(|_| {
                let hasher = Arc::clone(&hasher);
                tokio::spawn(async move { hasher.verify("some words", None).await })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), Ok(Verdict::Wrong));
        }
        assert!((1..=2).contains(&hasher.worker.blocks.idle()));
    }

    #[tokio::test]
    async fn a_hash_at_rest_cannot_demand_any_amount_of_work() {
        for parameters in ["m=4294967295,t=1,p=1", "m=64,t=4294967295,p=1"] {
            let hash = PasswordHash(format!(
                "$argon2id$v=19${parameters}$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
            ));
            assert_eq!(hasher(WEAK).verify("password", Some(&hash)).await, Err(HashError::Unusable));
        }
    }
}
