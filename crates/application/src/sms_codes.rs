//! SMS codes: six digits, bound to a mobile and a purpose, used once, burnt after a few tries.

mod check;
mod send;

pub(crate) use check::{check, use_up};
pub use send::{SendSmsCode, send};

use minsu_domain::Mobile;
use minsu_ports::CacheKey;

use crate::digest::sha256;

/// What a code is for: one that was sent for one purpose is worth nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// Signing up.
    #[default]
    Registration,
    /// Setting a new password without the old one.
    PasswordReset,
}

impl Purpose {
    const fn kinds(self) -> [&'static str; 3] {
        match self {
            Self::Registration => ["sms-register", "sms-register-tries", "sms-register-captcha"],
            Self::PasswordReset => ["sms-reset", "sms-reset-tries", "sms-reset-captcha"],
        }
    }
}

/// The three keys of a code.
struct Keys {
    code: CacheKey,
    tries: CacheKey,
    captcha: CacheKey,
}

impl Keys {
    fn of(purpose: Purpose, mobile: &Mobile) -> Self {
        let digest = sha256(mobile.as_str().as_bytes());
        let [code, tries, captcha] = purpose.kinds().map(|kind| CacheKey::of_digest(kind, &digest));
        Self { code, tries, captcha }
    }
}
