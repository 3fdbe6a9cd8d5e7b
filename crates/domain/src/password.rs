//! Passwords: the rules for new ones.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::{Field, Invalid, Mobile, Rule, text::fold_typed};

/// Passwords of at least 8 characters from public frequency lists, one a line, lower case.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().filter(|line| !line.starts_with('#')).collect());

/// The site's rules for a new password, in addition to its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PasswordPolicy {
    /// Refuse passwords that are on the list of common ones (NIST SP 800-63B, 3.1.1.2).
    pub refuse_common: bool,
}

/// A new password: any Unicode, at least 8 characters, at most 1,024 bytes,
/// never cut, never trimmed. `Debug` does not print it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// The fewest characters (Unicode scalar values).
    pub const MIN_CHARS: usize = 8;
    /// The most bytes of UTF-8.
    pub const MAX_BYTES: usize = 1024;

    /// Checks a new password.
    ///
    /// # Errors
    /// [`Field::Password`] with [`Rule::Range`] for its length, with [`Rule::Common`] when the
    /// policy refuses it.
    pub fn new(text: String, policy: PasswordPolicy) -> Result<Self, Invalid> {
        if text.len() > Self::MAX_BYTES || text.chars().count() < Self::MIN_CHARS {
            return Err(Invalid::range(Field::Password));
        }
        if policy.refuse_common && COMMON.contains(text.to_lowercase().as_str()) {
            return Err(Invalid { field: Field::Password, rule: Rule::Common });
        }
        Ok(Self(text))
    }

    /// Checks a new password of the account with this mobile, which it may not hold: a caller that knows the mobile would
    /// try it first.
    ///
    /// # Errors
    /// As [`Password::new`]; [`Rule::HasMobile`].
    pub fn of_account(text: String, mobile: &Mobile, policy: PasswordPolicy) -> Result<Self, Invalid> {
        let password = Self::new(text, policy)?;
        let digits: String = fold_typed(&password.0).chars().filter(char::is_ascii_digit).collect();
        if digits.contains(mobile.as_str()) {
            return Err(Invalid { field: Field::Password, rule: Rule::HasMobile });
        }
        Ok(password)
    }

    /// The password itself: for the hasher only.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENIENT: PasswordPolicy = PasswordPolicy { refuse_common: false };
    const STRICT: PasswordPolicy = PasswordPolicy { refuse_common: true };

    #[test]
    fn length_counts_characters_below_and_bytes_above() {
        assert!(Password::new("1234567".into(), LENIENT).is_err());
        assert!(Password::new("密码密码密码密码".into(), LENIENT).is_ok());
        assert!(Password::new("x".repeat(1024), LENIENT).is_ok());
        assert!(Password::new("x".repeat(1025), LENIENT).is_err());
    }

    #[test]
    fn the_strict_policy_refuses_common_ones_whatever_their_case() {
        assert!(Password::new("123456789".into(), LENIENT).is_ok());
        for common in ["123456789", "Password", "QWERTYUIOP"] {
            let refused = Password::new(common.into(), STRICT);
            assert_eq!(refused, Err(Invalid { field: Field::Password, rule: Rule::Common }), "{common}");
        }
        assert!(Password::new("correct horse battery".into(), STRICT).is_ok());
    }

    #[test]
    fn the_mobile_of_the_account_is_no_password() {
        let mobile = Mobile::new("13812345678").unwrap();
        let of_account = |text: &str| Password::of_account(text.into(), &mobile, LENIENT);
        for bad in ["13812345678", "m13812345678!", "138-1234-5678", "１３８１２３４５６７８", "+86 138 1234 5678"]
        {
            assert_eq!(of_account(bad), Err(Invalid { field: Field::Password, rule: Rule::HasMobile }), "{bad}");
        }
        assert!(of_account("13812345679").is_ok());
        assert!(of_account("1234567").is_err());
    }

    #[test]
    fn debug_does_not_tell_it() {
        let password = Password::new("s3cret-words".into(), LENIENT).unwrap();
        assert!(!format!("{password:?}").contains("s3cret"));
    }
}
