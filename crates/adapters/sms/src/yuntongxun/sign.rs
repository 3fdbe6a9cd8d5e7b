//! Signatures of Yuntongxun: an MD5 over account, secret and time.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use md5::{Digest, Md5};
use secrecy::{ExposeSecret, SecretString};

/// The signature and the authorization of a request.
pub(super) struct Signed {
    pub(super) signature: String,
    pub(super) authorization: String,
}

impl Signed {
    pub(super) fn new(account_sid: &str, auth_token: &SecretString, now: DateTime<Utc>) -> Self {
        // The service reads the time in China, which has had no summer time since 1991.
        let timestamp = (now + TimeDelta::hours(8)).format("%Y%m%d%H%M%S").to_string();
        let mut md5 = Md5::new();
        for part in [account_sid, auth_token.expose_secret(), &timestamp] {
            md5.update(part);
        }
        Self {
            signature: md5.finalize().iter().map(|byte| format!("{byte:02X}")).collect(),
            authorization: STANDARD.encode(format!("{account_sid}:{timestamp}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the service's documentation of its REST interface; the time is one in China.
    #[test]
    fn signs_as_the_documentation_does() {
        let now = "2014-04-16T06:20:30Z".parse().unwrap();
        let signed = Signed::new("SID", &"TOKEN".into(), now);
        assert_eq!(signed.signature, "9310F115E275871859C152A4578607BE");
        assert_eq!(signed.authorization, "U0lEOjIwMTQwNDE2MTQyMDMw");
    }
}
