//! Signatures by HMAC-SHA256.

use hmac::{Hmac, KeyInit, Mac};
use minsu_ports::Signer;
use secrecy::ExposeSecret;
use sha2::Sha256;

use crate::{SealKey, SealKeyError};

/// Keeps these keys apart from what else the site's keys are used for.
const CONTEXT: &[u8] = b"minsu signature 1";
/// The fewest bytes of a signature that are verified.
const SHORTEST: usize = 16;

/// HMAC-SHA256 under keys that are derived from the keys of the identity data: signatures are worth
/// little, and need no key that the site owner would have to care for. The first key signs, all verify.
pub struct HmacSigner {
    keys: Vec<Hmac<Sha256>>,
}

impl HmacSigner {
    /// Derives the keys.
    ///
    /// # Errors
    /// [`SealKeyError::None`].
    pub fn new(keys: &[SealKey]) -> Result<Self, SealKeyError> {
        if keys.is_empty() {
            return Err(SealKeyError::None);
        }
        let derived = |key: &SealKey| {
            let mut derive = mac(key.key.expose_secret());
            derive.update(CONTEXT);
            mac(&derive.finalize().into_bytes().into())
        };
        Ok(Self { keys: keys.iter().map(derived).collect() })
    }
}

fn mac(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = [0; 64];
    block[..32].copy_from_slice(key);
    // A key of a whole block is the same key with zeros behind it (RFC 2104), and of the length that the
    // type demands.
    Hmac::new(&block.into())
}

/// The purpose ends with a byte that no purpose has.
fn fed(key: &Hmac<Sha256>, purpose: &str, text: &[u8]) -> Hmac<Sha256> {
    let mut mac = key.clone();
    mac.update(purpose.as_bytes());
    mac.update(&[0]);
    mac.update(text);
    mac
}

impl Signer for HmacSigner {
    fn sign(&self, purpose: &'static str, text: &[u8]) -> [u8; 32] {
        self.keys.first().map_or([0; 32], |key| fed(key, purpose, text).finalize().into_bytes().into())
    }

    fn verify(&self, purpose: &'static str, text: &[u8], signature: &[u8]) -> bool {
        signature.len() >= SHORTEST
            && self.keys.iter().any(|key| fed(key, purpose, text).verify_truncated_left(signature).is_ok())
    }
}
