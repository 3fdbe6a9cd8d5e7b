//! The signature of the merchant.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use hyper::{
    Method, Request,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT},
};

use super::{merchant, orders::Refused};
use crate::payments::keys;

const SIGN_ERROR: Refused = (401, "SIGN_ERROR");

/// Checks the headers of a request, and returns its nonce.
pub(super) fn check(request: &Request<Bytes>, now: DateTime<Utc>) -> Result<String, Refused> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if header(ACCEPT.as_str()) != "application/json" || header(USER_AGENT.as_str()).is_empty() {
        return Err((406, "NOT_ACCEPTABLE"));
    }
    if request.method() == Method::POST && header(CONTENT_TYPE.as_str()) != "application/json" {
        return Err((415, "UNSUPPORTED_MEDIA_TYPE"));
    }
    let serial = header("wechatpay-serial");
    if !serial.is_empty() && serial != merchant::KEY_ID {
        return Err((400, "PARAM_ERROR"));
    }
    let fields = header(AUTHORIZATION.as_str()).strip_prefix("WECHATPAY2-SHA256-RSA2048 ").ok_or(SIGN_ERROR)?;
    let fields: Option<Vec<_>> = fields
        .split(',')
        .map(|field| {
            let (name, value) = field.split_once('=')?;
            Some((name, value.strip_prefix('"')?.strip_suffix('"')?))
        })
        .collect();
    let fields: BTreeMap<_, _> = fields.ok_or(SIGN_ERROR)?.into_iter().collect();
    if fields.keys().copied().collect::<Vec<_>>() != ["mchid", "nonce_str", "serial_no", "signature", "timestamp"] {
        return Err(SIGN_ERROR);
    }
    let (time, nonce) = (fields["timestamp"], fields["nonce_str"]);
    let seconds: i64 = time.parse().map_err(|_| SIGN_ERROR)?;
    let in_time = now.timestamp().abs_diff(seconds) < 300;
    let known = fields["mchid"] == merchant::MERCHANT_ID && fields["serial_no"] == merchant::SERIAL;
    let target = request.uri().path_and_query().unwrap().as_str();
    let head = format!("{}\n{target}\n{time}\n{nonce}\n", request.method());
    let text = [head.as_bytes(), request.body(), b"\n"].concat();
    if in_time && known && (1..=32).contains(&nonce.len()) && keys::is_of_merchant(&text, fields["signature"]) {
        Ok(nonce.to_owned())
    } else {
        Err(SIGN_ERROR)
    }
}
