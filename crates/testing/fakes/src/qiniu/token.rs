//! Upload tokens and their policies.

use base64::{Engine, engine::general_purpose::URL_SAFE};
use serde_json::Value;

use super::account::{self, Refused};
use crate::encoding::hmac_sha1;

/// What a token allows.
#[derive(Debug)]
pub(super) struct Policy {
    pub(super) scope: String,
    pub(super) insert_only: bool,
    pub(super) size_limit: Option<u64>,
    pub(super) media_types: Option<Vec<String>>,
}

/// Checks a token and takes its policy out of it.
pub(super) fn policy_of(token: &str, now: i64) -> Result<Policy, Refused> {
    let parts: Vec<_> = token.split(':').collect();
    let [access_key, sign, encoded] = parts[..] else { return Err((401, "bad token")) };
    if access_key != account::ACCESS_KEY {
        return Err((401, "bad token: no such access key"));
    }
    // Both decoders want the padding.
    let sign = URL_SAFE.decode(sign).map_err(|_| (401, "bad token"))?;
    if sign != hmac_sha1(account::SECRET_KEY, encoded) {
        return Err((401, "bad token: wrong signature"));
    }
    let policy = URL_SAFE.decode(encoded).map_err(|_| (401, "bad token"))?;
    let policy: Value = serde_json::from_slice(&policy).map_err(|_| (401, "bad token: policy"))?;
    let deadline = policy["deadline"].as_i64().ok_or((401, "bad token: deadline"))?;
    if deadline < now {
        return Err((401, "expired token"));
    }
    let scope = policy["scope"].as_str().ok_or((401, "bad token: scope"))?.to_owned();
    Ok(Policy {
        scope,
        insert_only: policy["insertOnly"].as_i64().is_some_and(|flag| flag != 0),
        size_limit: policy["fsizeLimit"].as_u64(),
        media_types: policy["mimeLimit"].as_str().map(|types| types.split(';').map(str::to_owned).collect()),
    })
}
