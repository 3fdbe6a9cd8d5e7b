//! SMS codes: six digits, bound to a mobile and a purpose, used once, burnt after a few tries.
//!
//! Who asked for a code has tries of their own: an address from which it was not asked for can neither burn
//! it for them nor learn that there is one.

mod budget;
mod check;
mod request;
mod send;

pub(crate) use check::{TypedCode, check, use_up};
pub use request::SendSmsCode;
pub use send::send;

use minsu_domain::Mobile;
use minsu_ports::CacheKey;

use crate::{ClientAddress, digest::sha256};

/// The purpose of a code: a code that was sent for one purpose is refused for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Purpose {
    /// Signing up.
    #[default]
    Registration,
    /// Setting a new password without the old one.
    PasswordReset,
    /// Changing the mobile of an account: a code to the new one, and one to the old one where the password is not
    /// given.
    MobileChange,
}

impl Purpose {
    const fn kinds(self) -> [&'static str; 2] {
        match self {
            Self::Registration => ["sms-register", "sms-register-captcha"],
            Self::PasswordReset => ["sms-reset", "sms-reset-captcha"],
            Self::MobileChange => ["sms-mobile", "sms-mobile-captcha"],
        }
    }
}

/// The keys of a mobile's code.
pub(crate) struct Keys {
    pub(crate) code: CacheKey,
    captcha: CacheKey,
}

impl Keys {
    pub(crate) fn of(purpose: Purpose, mobile: &Mobile) -> Self {
        let digest = sha256(mobile.as_str().as_bytes());
        let [code, captcha] = purpose.kinds().map(|kind| CacheKey::of_digest(kind, &digest));
        Self { code, captcha }
    }
}

/// Where an address is remembered that asked for a code of a mobile.
fn asked_key(purpose: Purpose, mobile: &Mobile, client: ClientAddress) -> CacheKey {
    let kind = match purpose {
        Purpose::Registration => "sms-register-asked",
        Purpose::PasswordReset => "sms-reset-asked",
        Purpose::MobileChange => "sms-mobile-asked",
    };
    CacheKey::of_digest(kind, &sha256(format!("{} {}", mobile.as_str(), client.counted()).as_bytes()))
}

/// Where it is noted for which address the code of a mobile was sent.
fn shares_key(purpose: Purpose, mobile: &Mobile) -> CacheKey {
    let kind = match purpose {
        Purpose::Registration => "sms-register-shares",
        Purpose::PasswordReset => "sms-reset-shares",
        Purpose::MobileChange => "sms-mobile-shares",
    };
    CacheKey::of_digest(kind, &sha256(mobile.as_str().as_bytes()))
}

/// Where the tries of one code are counted, apart for each address that asked (`asker`) and together for all
/// others: each code has its own, so that nothing gives tries back.
fn tries_of(purpose: Purpose, mobile: &Mobile, code: &[u8], asker: Option<ClientAddress>) -> CacheKey {
    let kind = match purpose {
        Purpose::Registration => "sms-register-tries",
        Purpose::PasswordReset => "sms-reset-tries",
        Purpose::MobileChange => "sms-mobile-tries",
    };
    let asker = asker.map(|asker| asker.counted().to_string()).unwrap_or_default();
    CacheKey::of_digest(kind, &sha256(&[mobile.as_str().as_bytes(), b":", code, b":", asker.as_bytes()].concat()))
}
