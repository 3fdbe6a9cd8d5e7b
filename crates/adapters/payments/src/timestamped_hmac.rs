//! Signatures with a time: `t=…,v1=…`, the hex HMAC-SHA256 of `t.` and the body. Stripe's, and the sandbox's.

use chrono::{DateTime, Utc};
use minsu_ports::{NoticeRefused, RawNotice};
use ring::hmac::{HMAC_SHA256, Key, sign, verify};
use secrecy::{ExposeSecret, SecretString};

/// How far the time of a signature may be from ours, in seconds.
const TOLERANCE: u64 = 300;
/// More parts than any header has.
const MAX_PARTS: usize = 20;

/// The header for a body.
pub(crate) fn signed_at(secret: &SecretString, body: &[u8], now: DateTime<Utc>) -> String {
    let time = now.timestamp().to_string();
    let signature = sign(&key(secret), &text(&time, body));
    format!("t={time},v1={}", hex(signature.as_ref()))
}

/// Whether a message has this signature by one of the secrets and is of now.
pub(crate) fn check(notice: &RawNotice, header: &str, secrets: &[SecretString]) -> Result<(), NoticeRefused> {
    let header = notice.header(header).ok_or(NoticeRefused::Signature)?;
    let parts: Vec<_> = header.split(',').filter_map(|part| part.trim().split_once('=')).take(MAX_PARTS).collect();
    let mut times = parts.iter().filter(|(name, _)| *name == "t").map(|(_, time)| *time);
    let time = times.next().filter(|_| times.next().is_none()).ok_or(NoticeRefused::Signature)?;
    let seconds: i64 = time.parse().map_err(|_| NoticeRefused::Signature)?;
    let text = text(time, &notice.body);
    let candidates: Vec<_> = parts.iter().filter(|(name, _)| *name == "v1").filter_map(|(_, hex)| bytes(hex)).collect();
    let is_signed = secrets.iter().any(|secret| {
        let key = key(secret);
        candidates.iter().any(|candidate| verify(&key, &text, candidate).is_ok())
    });
    if !is_signed {
        return Err(NoticeRefused::Signature);
    }
    let off = notice.received_at.timestamp().abs_diff(seconds);
    if off > TOLERANCE { Err(NoticeRefused::Stale) } else { Ok(()) }
}

fn key(secret: &SecretString) -> Key {
    Key::new(HMAC_SHA256, secret.expose_secret().as_bytes())
}

fn text(time: &str, body: &[u8]) -> Vec<u8> {
    [time.as_bytes(), b".", body].concat()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(hex: &str) -> Option<[u8; 32]> {
    let mut out = [0; 32];
    let digits = hex.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16);
        *byte = u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"id":"evt_1","type":"checkout.session.completed"}"#;
    const TIME: i64 = 1_795_694_400;
    const SIGNATURE: &str = "f3552f7b75268a3b6b8c12c54e609933153b99312cf7fcd056055f94438c4a75";

    fn check_at(header: &str, seconds: i64, secrets: &[&str]) -> Result<(), NoticeRefused> {
        let headers = vec![("stripe-signature".to_owned(), header.to_owned())];
        let received_at = DateTime::from_timestamp(seconds, 0).unwrap();
        let notice = RawNotice { headers, body: BODY.to_vec(), received_at };
        let secrets: Vec<SecretString> = secrets.iter().map(|secret| (*secret).into()).collect();
        check(&notice, "stripe-signature", &secrets)
    }

    #[test]
    fn signs_as_the_published_vector() {
        let now = DateTime::from_timestamp(TIME, 0).unwrap();
        assert_eq!(signed_at(&"whsec_minsu_test".into(), BODY, now), format!("t={TIME},v1={SIGNATURE}"));
        assert_eq!(check_at(&format!("t={TIME},v1={SIGNATURE}"), TIME, &["whsec_minsu_test"]), Ok(()));
    }

    #[test]
    fn any_signature_by_any_secret_will_do() {
        let other = "0".repeat(64);
        for header in [
            format!("t={TIME},v1={other},v1={SIGNATURE}"),
            format!("t={TIME},v1={SIGNATURE},v1={other},v0=x"),
            format!("v1={SIGNATURE},t={TIME}"),
        ] {
            assert_eq!(check_at(&header, TIME, &["old", "whsec_minsu_test"]), Ok(()), "{header}");
            assert_eq!(check_at(&header, TIME, &["old"]), Err(NoticeRefused::Signature), "{header}");
        }
    }

    #[test]
    fn five_minutes_are_the_most() {
        let header = format!("t={TIME},v1={SIGNATURE}");
        for (off, expected) in [(300, Ok(())), (301, Err(NoticeRefused::Stale)), (360, Err(NoticeRefused::Stale))] {
            assert_eq!(check_at(&header, TIME + off, &["whsec_minsu_test"]), expected, "{off}");
            assert_eq!(check_at(&header, TIME - off, &["whsec_minsu_test"]), expected, "{off}");
        }
    }

    #[test]
    fn anything_else_is_no_signature() {
        for header in [
            String::new(),
            format!("v1={SIGNATURE}"),
            format!("t={TIME}"),
            format!("t={TIME},t={TIME},v1={SIGNATURE}"),
            format!("t=x,v1={SIGNATURE}"),
            format!("t={TIME},v1={}", &SIGNATURE[2..]),
            format!("t={TIME},v0={SIGNATURE}"),
            format!("t={},v1={SIGNATURE}", TIME + 1),
        ] {
            assert_eq!(check_at(&header, TIME, &["whsec_minsu_test"]), Err(NoticeRefused::Signature), "{header}");
        }
    }
}
