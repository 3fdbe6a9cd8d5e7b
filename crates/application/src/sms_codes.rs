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
    const fn kinds(self) -> [&'static str; 2] {
        match self {
            Self::Registration => ["sms-register", "sms-register-captcha"],
            Self::PasswordReset => ["sms-reset", "sms-reset-captcha"],
        }
    }
}

/// The keys of a mobile's code.
struct Keys {
    code: CacheKey,
    captcha: CacheKey,
}

impl Keys {
    fn of(purpose: Purpose, mobile: &Mobile) -> Self {
        let digest = sha256(mobile.as_str().as_bytes());
        let [code, captcha] = purpose.kinds().map(|kind| CacheKey::of_digest(kind, &digest));
        Self { code, captcha }
    }
}

/// Where the tries of one code are counted: each code has its own, so that nothing gives tries back, and
/// guesses where no code is leave nothing.
fn tries_of(purpose: Purpose, mobile: &Mobile, code: &[u8]) -> CacheKey {
    let kind = match purpose {
        Purpose::Registration => "sms-register-tries",
        Purpose::PasswordReset => "sms-reset-tries",
    };
    CacheKey::of_digest(kind, &sha256(&[mobile.as_str().as_bytes(), b":", code].concat()))
}
