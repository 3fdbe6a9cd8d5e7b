//! The signature of Standard Webhooks: `v1,` and the Base64 of HMAC-SHA256 over `id.timestamp.body`, one for each secret,
//! with blanks between them.

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use minsu_domain::WebhookSecret;
use sha2::Sha256;

/// The signatures of a message; none where there is no secret that can sign.
pub(crate) fn signatures(id: &str, timestamp: i64, body: &[u8], secrets: &[WebhookSecret]) -> String {
    let signed: Vec<_> = secrets.iter().filter_map(|secret| signature(id, timestamp, body, secret.reveal())).collect();
    signed.join(" ")
}

fn signature(id: &str, timestamp: i64, body: &[u8], key: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(id.as_bytes());
    mac.update(format!(".{timestamp}.").as_bytes());
    mac.update(body);
    Some(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> Vec<u8> {
        BASE64_STANDARD.decode(text).unwrap()
    }

    /// The vectors of the reference libraries and of the specification.
    #[test]
    fn the_published_vectors_are_signed() {
        for (secret, id, timestamp, body, signed) in [
            (
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                r#"{"test": 2432232314}"#,
                "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            ),
            (
                "plJ3nmyCDGBKInavdOK15jsl",
                "msg_loFOjxBNrRLzqYUf",
                1_731_705_121,
                r#"{"event_type":"ping","data":{"success":true}}"#,
                "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
            ),
        ] {
            assert_eq!(signature(id, timestamp, body.as_bytes(), &key(secret)).as_deref(), Some(signed));
        }
    }

    #[test]
    fn each_secret_signs_by_itself() {
        let [one, other] = [1, 2].map(|byte| WebhookSecret::new([byte; 32]).unwrap());
        let both = signatures("id", 1, b"{}", &[one.clone(), other.clone()]);
        assert_eq!(both, format!("{} {}", signatures("id", 1, b"{}", &[one]), signatures("id", 1, b"{}", &[other])));
    }
}
