//! The tokens of the page: an attempt's number that only the sandbox can have made into one.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use minsu_domain::AttemptNumber;
use ring::hmac::{HMAC_SHA256, Key, sign, verify};
use secrecy::{ExposeSecret, SecretString};

/// Makes and reads tokens.
pub(super) struct Tokens(Key);

impl Tokens {
    /// Tokens by the sandbox's secret.
    pub(super) fn new(secret: &SecretString) -> Self {
        Self(Key::new(HMAC_SHA256, secret.expose_secret().as_bytes()))
    }

    /// The token of an attempt, for a path.
    pub(super) fn token(&self, number: &AttemptNumber) -> String {
        format!("{}.{}", number.as_str(), URL_SAFE_NO_PAD.encode(sign(&self.0, &text(number))))
    }

    /// The attempt of a token.
    pub(super) fn read(&self, token: &str) -> Option<AttemptNumber> {
        let (number, signature) = token.split_once('.')?;
        let number = AttemptNumber::parse(number)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        verify(&self.0, &text(&number), &signature).is_ok().then_some(number)
    }
}

/// Notices begin with a digit, so no signature of one is a token.
fn text(number: &AttemptNumber) -> Vec<u8> {
    format!("page.{}", number.as_str()).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_attempt_to_its_maker_only() {
        let number = AttemptNumber::from_random([3; AttemptNumber::BYTES]);
        let tokens = Tokens::new(&"secret".into());
        let token = tokens.token(&number);
        assert_eq!(tokens.read(&token), Some(number.clone()));
        assert_eq!(Tokens::new(&"other".into()).read(&token), None);
        let other = token.replace(number.as_str(), AttemptNumber::from_random([4; AttemptNumber::BYTES]).as_str());
        for bad in ["", ".", number.as_str(), &other, &token[..token.len() - 1]] {
            assert_eq!(tokens.read(bad), None, "{bad}");
        }
    }
}
