//! SMS codes: six digits, bound to a mobile and a purpose, used once, burnt after a few tries.

mod check;
mod send;

pub(crate) use check::{check, use_up};
pub use send::{SendSmsCode, send};

use minsu_domain::Mobile;
use minsu_ports::CacheKey;

use crate::digest::sha256;

/// The three keys of a registration code.
struct Keys {
    code: CacheKey,
    tries: CacheKey,
    captcha: CacheKey,
}

impl Keys {
    fn registration(mobile: &Mobile) -> Self {
        let digest = sha256(mobile.as_str().as_bytes());
        Self {
            code: CacheKey::of_digest("sms-register", &digest),
            tries: CacheKey::of_digest("sms-register-tries", &digest),
            captcha: CacheKey::of_digest("sms-register-captcha", &digest),
        }
    }
}
