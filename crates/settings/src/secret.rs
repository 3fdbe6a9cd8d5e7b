//! Values that must not be shown.

use std::{convert::Infallible, fmt, str::FromStr};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// The text shown instead of a secret wherever settings are printed.
pub(super) const MASK: &str = "******";

/// A secret of the settings: wiped when dropped, and masked by `Debug` and by serialisation, so
/// that printed settings never hold it.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// The secret itself, for the adapter that needs it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<Secret> for SecretString {
    fn from(secret: Secret) -> Self {
        secret.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl<'de> Deserialize<'de> for Secret {
    /// Takes a text. Other values are refused in words of our own: serde would repeat the value.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(text) => Ok(Self(text.into())),
            _ => Err(D::Error::custom("must be a text in quotes")),
        }
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(MASK)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize, Serialize)]
    struct Holder {
        secret: Secret,
    }

    #[test]
    fn it_reads_back_for_its_user_only() {
        let holder: Holder = toml::from_str("secret = 'geheim'").unwrap();
        assert_eq!(holder.secret.expose(), "geheim");
        assert_eq!(toml::to_string(&holder).unwrap(), "secret = \"******\"\n");
        assert!(!format!("{holder:?}").contains("geheim"));
        assert_eq!(SecretString::from(holder.secret).expose_secret(), "geheim");
    }

    #[test]
    fn a_secret_of_the_wrong_type_is_not_repeated() {
        for text in ["secret = 12345678", "secret = ['12345678']", "secret = 12345678.5"] {
            let error = toml::from_str::<Holder>(text).unwrap_err();
            assert_eq!(error.message(), "must be a text in quotes", "{text}");
        }
    }
}
