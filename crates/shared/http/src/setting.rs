//! Checks of the settings that the cloud adapters share.

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use url::Url;

/// A setting that cannot work. Without its value, which may be a secret in the wrong place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SettingError {
    /// It must be the `http` or `https` URL of a host.
    #[error("`{0}` must be an http or https url of a host, without a name, a password or a query")]
    Url(&'static str),
    /// It must not be empty.
    #[error("`{0}` is empty or has characters that it cannot have")]
    Value(&'static str),
    /// It must be headers.
    #[error("`{0}` must be name=value, with commas between them")]
    Headers(&'static str),
}

/// A URL of a host, perhaps with a path; no name or password, which would end up in errors.
///
/// # Errors
/// [`SettingError::Url`].
pub fn host_url(setting: &'static str, value: &str) -> Result<Url, SettingError> {
    let wrong = || SettingError::Url(setting);
    let url = Url::parse(value).map_err(|_| wrong())?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    if plain { Ok(url) } else { Err(wrong()) }
}

/// A name that goes into paths and headers: visible ASCII, none of what ends or splits them.
///
/// # Errors
/// [`SettingError::Value`].
pub fn name(setting: &'static str, value: &str) -> Result<String, SettingError> {
    let fits = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'/' | b':' | b'?' | b'#' | b'"' | b'\\');
    if !value.is_empty() && value.bytes().all(fits) { Ok(value.to_owned()) } else { Err(SettingError::Value(setting)) }
}

/// A secret, which only must be there.
///
/// # Errors
/// [`SettingError::Value`].
pub fn secret(setting: &'static str, value: SecretString) -> Result<SecretString, SettingError> {
    if value.expose_secret().is_empty() { Err(SettingError::Value(setting)) } else { Ok(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_urls_of_hosts_only() {
        assert!(host_url("x", "https://upload.qiniup.com").is_ok());
        assert!(host_url("x", "http://127.0.0.1:9000/below").is_ok());
        for bad in ["", "/media", "ftp://a.example", "https://u:p@a.example", "https://a.example/?q", "https://"] {
            assert!(matches!(host_url("x", bad), Err(SettingError::Url("x"))), "{bad}");
        }
    }

    #[test]
    fn takes_names_that_split_nothing() {
        assert_eq!(name("x", "minsu-pictures").unwrap(), "minsu-pictures");
        for bad in ["", "a b", "a/b", "a:b", "a\n", "é"] {
            assert!(matches!(name("x", bad), Err(SettingError::Value("x"))), "{bad:?}");
        }
    }

    #[test]
    fn takes_secrets_that_are_there() {
        assert!(secret("x", "s".into()).is_ok());
        assert!(matches!(secret("x", "".into()), Err(SettingError::Value("x"))));
    }
}
