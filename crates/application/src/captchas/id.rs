//! The id that a page gives its captcha.

use minsu_domain::{Field, Invalid};
use minsu_ports::CacheKey;

use crate::digest::sha256;

/// The name under which a client asks for a captcha and answers it: 1 to 64 of `[A-Za-z0-9-]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptchaId(String);

impl CaptchaId {
    /// Checks an id as the classic pages make them: UUIDs and integers alike.
    ///
    /// # Errors
    /// [`Field::Id`].
    pub fn new(text: &str) -> Result<Self, Invalid> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if (1..=64).contains(&text.len()) && text.bytes().all(known) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::format(Field::Id))
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The cache key of the answer; with an id a client can address captchas, and no entry of another kind.
    pub(crate) fn key(&self) -> CacheKey {
        CacheKey::of_digest("captcha", &sha256(self.0.as_bytes()))
    }

    /// An id that the site makes: 128 random bits in hexadecimal digits.
    pub(crate) fn random(bits: u128) -> Self {
        Self(format!("{bits:032x}"))
    }

    /// Where the picture is kept, where it is asked for later.
    pub(crate) fn picture_key(&self) -> CacheKey {
        CacheKey::of_digest("captcha-picture", &sha256(self.0.as_bytes()))
    }

    /// The key of the counter of how often this answer was spoken; a newer answer under the same id has its own.
    pub(crate) fn spoken_key(&self, answer: &[u8]) -> CacheKey {
        CacheKey::of_digest("captcha-spoken", &sha256(&[self.0.as_bytes(), b":", answer].concat()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_and_integers_are_ids() {
        for good in ["123", "f78a6c48-70fc-4b6a-b564-7e8043903e24", &"a".repeat(64)] {
            assert!(CaptchaId::new(good).is_ok(), "{good}");
        }
        for bad in ["", &"a".repeat(65), "a b", "a:b", "session:1", "ä", "*"] {
            assert!(CaptchaId::new(bad).is_err(), "{bad}");
        }
    }
}
