//! The sealed part of a notice.

use base64::{Engine, engine::general_purpose::STANDARD};
use minsu_http::SettingError;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// The sealed part, as it is received.
#[derive(Deserialize)]
pub(super) struct Resource {
    algorithm: String,
    ciphertext: String,
    #[serde(default)]
    associated_data: String,
    nonce: String,
}

/// Opens with the key of notices.
pub(super) struct Opener(LessSafeKey);

impl std::fmt::Debug for Opener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opener(…)")
    }
}

impl Opener {
    /// Takes a key of 32 ASCII characters.
    pub(super) fn new(setting: &'static str, key: &SecretString) -> Result<Self, SettingError> {
        let bytes = key.expose_secret().as_bytes();
        let key = UnboundKey::new(&AES_256_GCM, bytes).ok().filter(|_| bytes.is_ascii());
        key.map(|key| Self(LessSafeKey::new(key))).ok_or(SettingError::Value(setting))
    }

    /// The content; none where it was sealed otherwise.
    pub(super) fn open(&self, resource: &Resource) -> Option<Vec<u8>> {
        if resource.algorithm != "AEAD_AES_256_GCM" {
            return None;
        }
        let nonce = Nonce::try_assume_unique_for_key(resource.nonce.as_bytes()).ok()?;
        let mut sealed = STANDARD.decode(&resource.ciphertext).ok()?;
        let content = self.0.open_in_place(nonce, Aad::from(resource.associated_data.as_bytes()), &mut sealed).ok()?;
        Some(content.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEALED: &str = "9ImNR4QA+CqggMkDTzyZ+0t+yZahvC3vT1yHvzZpblJ5cayBLM/wr7lnyRyE2DFgIHCSYm3nPUNuxfK95TGenmui";

    fn resource(ciphertext: &str, associated_data: &str, nonce: &str) -> Resource {
        Resource {
            algorithm: "AEAD_AES_256_GCM".to_owned(),
            ciphertext: ciphertext.to_owned(),
            associated_data: associated_data.to_owned(),
            nonce: nonce.to_owned(),
        }
    }

    #[test]
    fn opens_the_published_vector() {
        let opener = Opener::new("api_key", &"0123456789abcdefghijklmnopqrstuv".into()).unwrap();
        let content = opener.open(&resource(SEALED, "transaction", "minsu0000001")).unwrap();
        assert_eq!(content, br#"{"trade_state":"SUCCESS","amount":{"total":19999}}"#);
        for bad in [
            resource(SEALED, "", "minsu0000001"),
            resource(SEALED, "transaction", "minsu0000002"),
            resource(SEALED, "transaction", "minsu00000012"),
            resource("AAAA", "transaction", "minsu0000001"),
            resource("?", "transaction", "minsu0000001"),
        ] {
            assert_eq!(opener.open(&bad), None);
        }
        assert_eq!(format!("{opener:?}"), "Opener(…)");
    }

    #[test]
    fn a_key_has_32_ascii_characters() {
        for bad in ["", "0123456789abcdefghijklmnopqrstu", "0123456789abcdefghijklmnopqrst民"] {
            assert!(Opener::new("api_key", &bad.into()).is_err(), "{bad}");
        }
    }
}
