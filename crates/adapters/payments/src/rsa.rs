//! RSA signatures, PKCS#1 v1.5 with SHA-256, in Base64.

use base64::{Engine, engine::general_purpose::STANDARD};
use minsu_http::SettingError;
use ring::{
    rand::SystemRandom,
    rsa::KeyPair,
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey},
};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::der::rsa_public_key;

/// Signs as the merchant.
pub(crate) struct RsaSigner {
    key: KeyPair,
    random: SystemRandom,
}

impl std::fmt::Debug for RsaSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RsaSigner(…)")
    }
}

impl RsaSigner {
    /// Reads a private key of at least 2048 bits: PKCS#8 or PKCS#1, as PEM or as bare Base64.
    pub(crate) fn new(setting: &'static str, text: &SecretString) -> Result<Self, SettingError> {
        let wrong = SettingError::Value(setting);
        let der = Zeroizing::new(decoded(text.expose_secret()).ok_or(wrong)?);
        let key = KeyPair::from_pkcs8(&der).or_else(|_| KeyPair::from_der(&der)).map_err(|_| wrong)?;
        Ok(Self { key, random: SystemRandom::new() })
    }

    /// The signature of a text. Empty where the system has no randomness, which blinds the computation: no provider
    /// takes that.
    pub(crate) fn sign(&self, text: &[u8]) -> String {
        let mut signature = vec![0; self.key.public().modulus_len()];
        match self.key.sign(&RSA_PKCS1_SHA256, &self.random, text, &mut signature) {
            Ok(()) => STANDARD.encode(signature),
            Err(_) => String::new(),
        }
    }
}

/// A public key of a provider.
#[derive(Debug, Clone)]
pub(crate) struct RsaPublicKey(Vec<u8>);

impl RsaPublicKey {
    /// Reads a public key of at least 2048 bits: `SubjectPublicKeyInfo`, PKCS#1 or a certificate, as PEM or as bare
    /// Base64.
    pub(crate) fn new(setting: &'static str, text: &str) -> Result<Self, SettingError> {
        let der = decoded(text).ok_or(SettingError::Value(setting))?;
        rsa_public_key(&der).map(|key| Self(key.to_vec())).ok_or(SettingError::Value(setting))
    }

    /// Whether this Base64 is the signature of the text.
    pub(crate) fn verifies(&self, text: &[u8], signature: &str) -> bool {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0);
        STANDARD.decode(signature).is_ok_and(|signature| key.verify(text, &signature).is_ok())
    }
}

/// The bytes of PEM or of bare Base64.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
    let bare: Zeroizing<String> = Zeroizing::new(lines.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect());
    STANDARD.decode(bare.as_bytes()).ok().filter(|der| !der.is_empty())
}

#[cfg(test)]
pub(crate) mod tests {
    use ring::digest::{SHA256, digest};

    use super::*;

    /// The key of the published vectors, which plays merchant and provider.
    pub(crate) const KEY: &str = include_str!("../tests/key.txt");

    pub(crate) fn signer() -> RsaSigner {
        RsaSigner::new("key", &KEY.into()).unwrap()
    }

    pub(crate) fn public_key() -> RsaPublicKey {
        RsaPublicKey(signer().key.public().as_ref().to_vec())
    }

    /// The digest of the signature of a text, as the vectors give it.
    pub(crate) fn digest_of_signature(text: &[u8]) -> String {
        let signature = STANDARD.decode(signer().sign(text)).unwrap();
        digest(&SHA256, &signature).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn a_signature_verifies_for_its_text_only() {
        let (signature, key) = (signer().sign("民宿".as_bytes()), public_key());
        assert!(key.verifies("民宿".as_bytes(), &signature));
        assert!(!key.verifies(b"other", &signature));
        for bad in ["", "====", "AAAA", &signature[1..]] {
            assert!(!key.verifies("民宿".as_bytes(), bad), "{bad}");
        }
    }

    #[test]
    fn private_keys_are_read_in_each_of_their_forms() {
        let pkcs8 = STANDARD.decode(KEY.trim()).unwrap();
        // Behind the version, the algorithm and the head of the octet string.
        let pkcs1 = STANDARD.encode(&pkcs8[26..]);
        let wrapped: Vec<_> = KEY.trim().as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
        let pem = format!("-----BEGIN PRIVATE KEY-----\r\n{}\r\n-----END PRIVATE KEY-----\r\n", wrapped.join("\r\n"));
        for form in [KEY, &pkcs1, &pem] {
            let other = RsaSigner::new("key", &form.into()).unwrap();
            assert_eq!(other.sign(b"text"), signer().sign(b"text"));
        }
        for bad in ["", "no base64", "AAAA", &pkcs1[4..]] {
            let error = RsaSigner::new("key", &bad.into()).unwrap_err();
            assert_eq!(error, SettingError::Value("key"), "{bad}");
        }
    }

    #[test]
    fn keys_are_not_shown() {
        assert_eq!(format!("{:?}", signer()), "RsaSigner(…)");
    }
}
