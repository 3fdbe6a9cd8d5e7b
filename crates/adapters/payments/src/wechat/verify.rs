//! The signatures of answers and notices.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use minsu_http::SettingError;
use minsu_ports::NoticeRefused;

use crate::rsa::RsaPublicKey;

/// A signature is refused from so many seconds on.
const STALE: u64 = 300;
/// What the ids of public keys begin with; the serial numbers of certificates do not.
const KEY_ID: &str = "PUB_KEY_ID_";

/// The keys of WeChat Pay by their serials.
#[derive(Debug)]
pub(super) struct Keys(BTreeMap<String, RsaPublicKey>);

impl Keys {
    /// Reads `serial:key` each.
    pub(super) fn new(setting: &'static str, keys: &[String]) -> Result<Self, SettingError> {
        let read = |text: &String| {
            let (serial, key) = text.trim().split_once(':').ok_or(SettingError::Value(setting))?;
            let serial = minsu_http::name(setting, serial.trim())?;
            Ok((serial, RsaPublicKey::new(setting, key)?))
        };
        let keys = keys.iter().map(read).collect::<Result<BTreeMap<_, _>, _>>()?;
        if keys.is_empty() { Err(SettingError::Value(setting)) } else { Ok(Self(keys)) }
    }

    /// The id of the public key that answers should be signed with, where there is one.
    pub(super) fn wanted(&self) -> Option<&str> {
        self.0.keys().map(String::as_str).find(|serial| serial.starts_with(KEY_ID))
    }

    /// Whether the headers are a signature of this body, of now.
    pub(super) fn check<'a>(
        &self,
        header: impl Fn(&'static str) -> Option<&'a str>,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), NoticeRefused> {
        let header = |name| header(name).ok_or(NoticeRefused::Signature);
        let (time, nonce) = (header("wechatpay-timestamp")?, header("wechatpay-nonce")?);
        let (serial, signature) = (header("wechatpay-serial")?, header("wechatpay-signature")?);
        // WeChat Pay's own test of whether signatures are checked: it is no Base64 and must fail.
        if signature.starts_with("WECHATPAY/SIGNTEST/") {
            return Err(NoticeRefused::Signature);
        }
        let text = [time.as_bytes(), b"\n", nonce.as_bytes(), b"\n", body, b"\n"].concat();
        if !self.0.get(serial).is_some_and(|key| key.verifies(&text, signature)) {
            return Err(NoticeRefused::Signature);
        }
        let seconds: i64 = time.parse().map_err(|_| NoticeRefused::Malformed)?;
        if now.timestamp().abs_diff(seconds) >= STALE { Err(NoticeRefused::Stale) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rsa::tests::{digest_of_signature, signer};

    const TIME: i64 = 1_795_694_400;
    const BODY: &str = r#"{"id":"EV-1","event_type":"TRANSACTION.SUCCESS","resource":{"algorithm":"AEAD_AES_256_GCM","ciphertext":"9ImNR4QA+CqggMkDTzyZ+0t+yZahvC3vT1yHvzZpblJ5cayBLM/wr7lnyRyE2DFgIHCSYm3nPUNuxfK95TGenmui","associated_data":"transaction","nonce":"minsu0000001"}}"#;
    const NONCE: &str = "5K8264ILTKCH16CQ2502SI8ZNMTM67VS";
    const SERIAL: &str = "PUB_KEY_ID_0114232134912410000000000000";

    fn keys(serials: &[&str]) -> Keys {
        let key = crate::rsa::tests::public_key();
        Keys(serials.iter().map(|serial| ((*serial).to_owned(), key.clone())).collect())
    }

    fn checked(keys: &Keys, serial: &str, signature: &str, off: i64) -> Result<(), NoticeRefused> {
        let time = TIME.to_string();
        let header = |name| match name {
            "wechatpay-timestamp" => Some(time.as_str()),
            "wechatpay-nonce" => Some(NONCE),
            "wechatpay-serial" => Some(serial),
            "wechatpay-signature" => Some(signature),
            _ => None,
        };
        keys.check(header, BODY.as_bytes(), DateTime::from_timestamp(TIME + off, 0).unwrap())
    }

    #[test]
    fn a_notice_is_signed_as_the_published_vector() {
        let text = format!("{TIME}\n{NONCE}\n{BODY}\n");
        let expected = "bdd923c53ca3cf906b36cafd5cf37edcc4dcc18acfeab5923f481b6a1c786b17";
        assert_eq!(digest_of_signature(text.as_bytes()), expected);
        let signature = signer().sign(text.as_bytes());
        // During a switch both kinds of keys are there.
        let certificate = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
        for serial in [SERIAL, certificate] {
            assert_eq!(checked(&keys(&[SERIAL, certificate]), serial, &signature, 0), Ok(()));
        }
        assert_eq!(checked(&keys(&[certificate]), SERIAL, &signature, 0), Err(NoticeRefused::Signature));
    }

    #[test]
    fn probes_other_texts_and_stale_ones_are_refused() {
        let keys = keys(&[SERIAL]);
        let signature = signer().sign(format!("{TIME}\n{NONCE}\n{BODY}\n").as_bytes());
        for bad in [&format!("WECHATPAY/SIGNTEST/{signature}"), "", &signer().sign(b"other")] {
            assert_eq!(checked(&keys, SERIAL, bad, 0), Err(NoticeRefused::Signature), "{bad}");
        }
        for (off, expected) in [(299, Ok(())), (300, Err(NoticeRefused::Stale)), (360, Err(NoticeRefused::Stale))] {
            assert_eq!(checked(&keys, SERIAL, &signature, off), expected, "{off}");
            assert_eq!(checked(&keys, SERIAL, &signature, -off), expected, "{off}");
        }
    }

    #[test]
    fn keys_need_their_serials() {
        for bad in [&[][..], &["no serial".to_owned()], &["PUB_KEY_ID_1:AAAA".to_owned()]] {
            assert!(Keys::new("public_keys", bad).is_err(), "{bad:?}");
        }
        assert_eq!(keys(&["5157F09E", SERIAL]).wanted(), Some(SERIAL));
        assert_eq!(keys(&["5157F09E"]).wanted(), None);
    }
}
