//! ACS3-HMAC-SHA256, as the receiver reads it.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::NaiveDateTime;
use hyper::{Request, header::AUTHORIZATION};
use minsu_ports::Clock;

use super::account::{self, Refused};
use crate::{
    SetClock,
    encoding::{hmac_sha256_hex, percent_decoded, sha256_hex},
};

/// The headers that must be signed.
const SIGNED: [&str; 6] =
    ["host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"];

/// A request whose signature holds.
#[derive(Debug)]
pub(super) struct Signed {
    pub(super) action: String,
    pub(super) version: String,
    pub(super) nonce: String,
    pub(super) parameters: BTreeMap<String, String>,
}

pub(super) fn check(request: &Request<Bytes>, clock: &SetClock) -> Result<Signed, Refused> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let missing = (400, "MissingParameter", "a header is missing");
    let content = header("x-acs-content-sha256").ok_or(missing)?;
    if content != sha256_hex(request.body()) {
        return Err((400, "InvalidContentSha256", "the body is not what was signed"));
    }
    let sent = NaiveDateTime::parse_from_str(header("x-acs-date").ok_or(missing)?, "%Y-%m-%dT%H:%M:%SZ");
    let sent = sent.map_err(|_| (400, "IllegalTimestamp", "the date has the wrong format"))?;
    if (clock.now().naive_utc() - sent).num_minutes().abs() >= 15 {
        return Err((400, "InvalidTimeStamp.Expired", "the date has expired"));
    }
    check_signature(request, content)?;
    let query = request.uri().query().unwrap_or_default();
    let mut parameters = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').ok_or((400, "InvalidParameter", "query"))?;
        let decoded = percent_decoded(name).zip(percent_decoded(value));
        let (name, value) = decoded.ok_or((400, "InvalidParameter", "query"))?;
        parameters.insert(name, value);
    }
    Ok(Signed {
        action: header("x-acs-action").ok_or(missing)?.to_owned(),
        version: header("x-acs-version").ok_or(missing)?.to_owned(),
        nonce: header("x-acs-signature-nonce").ok_or(missing)?.to_owned(),
        parameters,
    })
}

fn check_signature(request: &Request<Bytes>, content: &str) -> Result<(), Refused> {
    let wrong = (400, "SignatureDoesNotMatch", "the signature does not match");
    let authorization = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let fields = authorization.and_then(|value| value.strip_prefix("ACS3-HMAC-SHA256 ")).ok_or(wrong)?;
    let fields: BTreeMap<_, _> = fields.split(',').filter_map(|field| field.split_once('=')).collect();
    if fields.get("Credential") != Some(&account::ACCESS_KEY_ID) {
        return Err((404, "InvalidAccessKeyId.NotFound", "no such access key"));
    }
    if fields.get("SignedHeaders") != Some(&SIGNED.join(";").as_str()) {
        return Err(wrong);
    }
    // The query is signed as it is sent; what is not sorted and encoded in full was signed wrongly.
    let query = request.uri().query().unwrap_or_default();
    let pairs: Vec<_> = query.split('&').collect();
    if !pairs.is_sorted() || query.contains(['+', '*', '(', ')', '!', '\'']) {
        return Err(wrong);
    }
    let headers: Vec<_> = SIGNED
        .iter()
        .map(|name| {
            let value = request.headers().get(*name).and_then(|value| value.to_str().ok()).unwrap_or_default();
            format!("{name}:{}\n", value.trim())
        })
        .collect();
    let canonical =
        [request.method().as_str(), request.uri().path(), query, &headers.concat(), &SIGNED.join(";"), content];
    let to_sign = format!("ACS3-HMAC-SHA256\n{}", sha256_hex(canonical.join("\n").as_bytes()));
    let expected = hmac_sha256_hex(account::ACCESS_KEY_SECRET, &to_sign);
    if fields.get("Signature") == Some(&expected.as_str()) { Ok(()) } else { Err(wrong) }
}
