//! The section `[identity]`: the keys that real-name data are sealed with.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use minsu_ports::Randomness;
use minsu_system::SealKey;
use secrecy::SecretBox;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use validator::Validate;
use zeroize::Zeroizing;

use super::{Secret, list};

/// Sealing of real-name data.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct IdentitySettings {
    /// Keys as `id:key`, the key being 32 random bytes in base64. The first one seals, all of them
    /// open. Profile dev makes one in the data directory when there is none.
    #[serde(deserialize_with = "list::read")]
    pub keys: Vec<Secret>,
    /// File that holds the keys, one a line.
    pub keys_file: Option<PathBuf>,
    /// Whether a session shows one's own identity number whole, as pages of before expect. Masked otherwise.
    pub show_whole: bool,
    /// How many accounts may have one identity number; 0: any number. Accounts that were verified before this rule
    /// count once `minsu rotate-keys` has run. Profile dev: 0.
    #[validate(range(max = 1000))]
    pub accounts_per_number: u32,
}

impl Default for IdentitySettings {
    fn default() -> Self {
        Self { keys: Vec::new(), keys_file: None, show_whole: false, accounts_per_number: 1 }
    }
}

/// Why there are no keys.
#[derive(Debug, Error)]
pub enum IdentityKeyError {
    /// Not `id:key`, or not 32 bytes.
    #[error("identity.keys: item {0} must be id:key, the key being 32 bytes in base64")]
    Malformed(usize),
    /// The key file of profile dev cannot be read or written.
    #[error("cannot read or write the key file {path}")]
    File {
        /// Its path.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

impl IdentitySettings {
    /// The configured keys.
    ///
    /// # Errors
    /// [`IdentityKeyError::Malformed`].
    pub fn seal_keys(&self) -> Result<Vec<SealKey>, IdentityKeyError> {
        let read = |(index, secret): (usize, &Secret)| read_key(secret).ok_or(IdentityKeyError::Malformed(index + 1));
        self.keys.iter().enumerate().map(read).collect()
    }
}

/// The key of profile dev, made at the first start: `identity.key` in the data directory, readable
/// by its owner only.
///
/// # Errors
/// [`IdentityKeyError`].
pub fn dev_seal_key(data_dir: &Path, randomness: &dyn Randomness) -> Result<SealKey, IdentityKeyError> {
    let path = data_dir.join("identity.key");
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_key_file(&path, randomness).and_then(|()| fs::read_to_string(&path))
        }
        other => other,
    };
    let text = Zeroizing::new(text.map_err(|source| IdentityKeyError::File { path, source })?);
    read_key(&Secret::from(text.trim())).ok_or(IdentityKeyError::Malformed(1))
}

/// Makes the file, unless another process has it made meanwhile. It is there with its whole content or not at all.
fn make_key_file(path: &Path, randomness: &dyn Randomness) -> io::Result<()> {
    let mut key = Zeroizing::new([0; 32]);
    randomness.fill(key.as_mut());
    let text = format!("dev:{}\n", BASE64_STANDARD.encode(key.as_ref()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut suffix = [0; 8];
    randomness.fill(&mut suffix);
    let unfinished = path.with_extension(format!("key.{:016x}", u64::from_le_bytes(suffix)));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&unfinished)?.write_all(text.as_bytes())?;
    let made = fs::hard_link(&unfinished, path);
    fs::remove_file(&unfinished)?;
    match made {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

fn read_key(secret: &Secret) -> Option<SealKey> {
    let (id, key) = secret.expose().split_once(':')?;
    let bytes = Zeroizing::new(BASE64_STANDARD.decode(key).ok()?);
    let key: [u8; 32] = bytes.as_slice().try_into().ok()?;
    Some(SealKey { id: id.to_owned(), key: SecretBox::new(Box::new(key)) })
}

#[cfg(test)]
mod tests {
    use minsu_system::OsRandomness;
    use secrecy::ExposeSecret;

    use super::*;

    fn settings(keys: &[&str]) -> IdentitySettings {
        IdentitySettings { keys: keys.iter().map(|key| Secret::from(*key)).collect(), ..IdentitySettings::default() }
    }

    #[test]
    fn keys_are_an_id_and_32_bytes() {
        let zeros = format!("2026:{}", BASE64_STANDARD.encode([0; 32]));
        let ones = format!("2025:{}", BASE64_STANDARD.encode([1; 32]));
        let keys = settings(&[&zeros, &ones]).seal_keys().unwrap();
        assert_eq!(keys.iter().map(|key| &*key.id).collect::<Vec<_>>(), ["2026", "2025"]);
        assert_eq!(*keys[1].key.expose_secret(), [1; 32]);
        for bad in ["", "2026", "2026:", "2026:AAAA", "2026:not base64"] {
            let error = settings(&[&zeros, bad]).seal_keys().unwrap_err();
            assert_eq!(error.to_string(), "identity.keys: item 2 must be id:key, the key being 32 bytes in base64");
        }
    }

    #[test]
    fn the_key_of_profile_dev_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join("data");
        let first = dev_seal_key(&data_dir, &OsRandomness).unwrap();
        let again = dev_seal_key(&data_dir, &OsRandomness).unwrap();
        assert_eq!(first.id, "dev");
        assert_eq!(first.key.expose_secret(), again.key.expose_secret());
        assert_ne!(*first.key.expose_secret(), [0; 32]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(data_dir.join("identity.key")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn processes_that_start_at_once_have_one_key() {
        for _ in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let start = std::sync::Barrier::new(8);
            let keys: Vec<_> = std::thread::scope(|all| {
                let made = || {
                    start.wait();
                    *dev_seal_key(folder.path(), &OsRandomness).unwrap().key.expose_secret()
                };
                let threads: Vec<_> = (0..8).map(|_| all.spawn(made)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert!(keys.iter().all(|key| *key == keys[0]));
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "an unfinished file is left");
        }
    }

    #[test]
    fn a_spoilt_key_file_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("identity.key"), "spoilt").unwrap();
        assert!(matches!(dev_seal_key(folder.path(), &OsRandomness), Err(IdentityKeyError::Malformed(1))));
        assert_eq!(fs::read_to_string(folder.path().join("identity.key")).unwrap(), "spoilt");
    }
}
