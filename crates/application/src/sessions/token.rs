//! The token that a browser keeps.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use minsu_ports::CacheKey;

use crate::digest::sha256;

/// 256 random bits, printed as 43 characters of URL-safe base64. `Debug` does not print it.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    const BYTES: usize = 32;

    pub(crate) fn from_random(bytes: [u8; Self::BYTES]) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads what a client sent as its token; `None` for anything that cannot be one, so that
    /// garbage costs no look-up.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == Self::BYTES).then(|| Self(text.to_owned()))
    }

    /// The token as the cookie carries it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digest of the token in hexadecimal digits.
    pub(crate) fn digest_text(&self) -> String {
        let key = CacheKey::of_digest("", &sha256(self.0.as_bytes()));
        key.as_str().trim_start_matches(':').to_owned()
    }

    /// The cache key of the session whose token has this digest.
    pub(crate) fn key_of(digest_text: &str) -> CacheKey {
        CacheKey::of_parsed("session", format_args!("{digest_text}"))
    }

    /// The cache key of the session: under the digest, so that an attacker who reads the cache
    /// cannot log in with its keys.
    pub(crate) fn key(&self) -> CacheKey {
        CacheKey::of_digest("session", &sha256(self.0.as_bytes()))
    }
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shape_of_a_token_is_looked_up() {
        let token = SessionToken::from_random([7; 32]);
        assert_eq!(SessionToken::parse(token.as_str()), Some(token.clone()));
        for bad in ["", "1", &"A".repeat(42), &"A".repeat(44), &"ä".repeat(43), "../../etc/passwd"] {
            assert_eq!(SessionToken::parse(bad), None, "{bad}");
        }
        assert_eq!(SessionToken::key_of(&token.digest_text()), token.key());
        assert!(!token.key().as_str().contains(token.as_str()));
        assert_eq!(format!("{token:?}"), "SessionToken(…)");
    }
}
