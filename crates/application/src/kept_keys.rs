//! Which entries of the cache outlive the process where the cache is its memory.

use minsu_ports::CacheKey;

/// Whether an entry outlives a process that keeps its cache in memory: logins, captchas and SMS codes (one
/// that was used must not work again), addresses from which people logged in before, and the counts of SMS,
/// which cost money. Counts of wrong passwords, of captchas a minute and cached pages begin anew.
pub fn is_kept(key: &CacheKey) -> bool {
    let kind = key.kind();
    matches!(kind, "session" | "user-session" | "captcha" | "captcha-spoken" | "login-address")
        || kind.starts_with("sms-")
        || kind.starts_with("limit-sms-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sessions::SessionToken;

    #[test]
    fn what_logs_people_out_or_costs_money_is_kept() {
        assert!(is_kept(&SessionToken::from_random([1; 32]).key()));
        for kind in ["user-session", "captcha", "captcha-spoken", "sms-register", "sms-reset-tries", "limit-sms-day"] {
            assert!(is_kept(&CacheKey::of_number(kind, 1)), "{kind}");
        }
        for kind in ["guesses", "guesses-gate", "limit-captcha-address-minute", "page", "stamp"] {
            assert!(!is_kept(&CacheKey::of_number(kind, 1)), "{kind}");
        }
    }
}
