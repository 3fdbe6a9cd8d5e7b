//! The section `[session]`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use validator::{Validate, ValidationError};

/// Logins.
#[derive(Debug, Clone, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields, default)]
pub struct SessionSettings {
    /// How long a login lasts at most, in seconds.
    #[validate(range(min = 60, max = 31_536_000))]
    pub lifetime_seconds: u64,
    /// How long a login lasts without use, in seconds. Less than the above takes one look into
    /// the cache more for each request with a login.
    #[validate(range(min = 1, max = 31_536_000))]
    pub idle_seconds: u64,
    /// Name of the session cookie. Where `server.secure_cookies` is on, `__Host-` comes before it: such a cookie
    /// can be written by this very host only.
    #[validate(custom(function = "is_cookie_name"))]
    pub cookie: String,
    /// Whether sessions under the name without `__Host-` count, which versions before wrote. Switch it off a day after
    /// the upgrade: other hosts of the domain can write that cookie.
    pub read_former_cookie: bool,
}

impl SessionSettings {
    /// How long a login lasts.
    pub fn lifetime(&self) -> Duration {
        Duration::from_secs(self.lifetime_seconds)
    }
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            lifetime_seconds: 86_400,
            idle_seconds: 86_400,
            cookie: "minsu_session".to_owned(),
            read_former_cookie: true,
        }
    }
}

fn is_cookie_name(name: &str) -> Result<(), ValidationError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if (1..=64).contains(&name.len()) && name.bytes().all(allowed) {
        Ok(())
    } else {
        Err(ValidationError::new("cookie").with_message("must be 1 to 64 letters, digits, _ and -".into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_name_needs_no_quoting() {
        for (name, fine) in [("minsu_session", true), ("__Host-m", true), ("", false), ("a b", false), ("a=b", false)] {
            assert_eq!(is_cookie_name(name).is_ok(), fine, "{name:?}");
        }
    }
}
