//! Requests: parameters, and the signature of the merchant.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use encoding_rs::{Encoding, UTF_8};
use serde_json::Value;

use super::merchant;
use crate::{encoding::percent_decoded, payments::keys};

/// The parameters that every call has.
const COMMON: [&str; 9] =
    ["app_id", "method", "format", "charset", "sign_type", "timestamp", "version", "biz_content", "sign"];

/// The decoded parameters of a form.
#[derive(Debug, Default)]
pub(super) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// None for what is no form, or where a parameter is there twice.
    pub(super) fn read(form: &[u8]) -> Option<Self> {
        let mut found = BTreeMap::new();
        for pair in std::str::from_utf8(form).ok()?.split('&') {
            let (name, value) = pair.split_once('=')?;
            let decoded = |text: &str| percent_decoded(&text.replace('+', " "));
            if found.insert(decoded(name)?, decoded(value)?).is_some() {
                return None;
            }
        }
        Some(Self(found))
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    fn optional(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

/// A call whose signature holds.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: String,
    pub(super) content: Value,
    pub(super) notify_url: Option<String>,
    pub(super) return_url: Option<String>,
}

impl Call {
    /// Reads and checks; otherwise the method and a code.
    pub(super) fn read(form: &[u8], now: DateTime<Utc>) -> Result<Self, (String, String)> {
        let nothing = || (String::new(), "isv.missing-parameter".to_owned());
        let parameters = Parameters::read(form).ok_or_else(nothing)?;
        let method = parameters.get("method").to_owned();
        let refuse = |code: &str| (method.clone(), code.to_owned());
        let mut signed = parameters.0.clone();
        signed.remove("sign");
        if !keys::is_of_merchant(signed_text(&signed).as_bytes(), parameters.get("sign")) {
            return Err(refuse("isv.invalid-signature"));
        }
        let known = |name: &str| COMMON.contains(&name) || matches!(name, "notify_url" | "return_url");
        if let Some(odd) = parameters.0.keys().find(|name| !known(name)) {
            panic!("a parameter that is not part of the protocol: {odd}");
        }
        for (name, expected) in [
            ("app_id", merchant::APP_ID),
            ("format", "JSON"),
            ("charset", "utf-8"),
            ("sign_type", "RSA2"),
            ("version", "1.0"),
        ] {
            if parameters.get(name) != expected {
                return Err(refuse(&format!("isv.invalid-{}", name.replace('_', "-"))));
            }
        }
        let timestamp = parameters.get("timestamp");
        let sent = NaiveDateTime::parse_from_str(timestamp, "%Y-%m-%d %H:%M:%S").ok().filter(|_| timestamp.len() == 19);
        // The zone must be right; how exact the clock is does not matter here.
        let off = sent.map(|sent| (sent - china(now)).num_hours().abs());
        if off.is_none_or(|hours| hours >= 4) {
            return Err(refuse("isv.invalid-timestamp"));
        }
        let content: Value = serde_json::from_str(parameters.get("biz_content")).unwrap_or_default();
        if !content.is_object() {
            return Err(refuse("isv.invalid-parameter"));
        }
        let (notify_url, return_url) = (parameters.optional("notify_url"), parameters.optional("return_url"));
        Ok(Self { method, content, notify_url, return_url })
    }
}

/// The time in China.
pub(super) fn china(instant: DateTime<Utc>) -> NaiveDateTime {
    instant.naive_utc() + chrono::TimeDelta::hours(8)
}

/// The text that is signed: parameters that are not empty, sorted by name.
pub(super) fn signed_text(parameters: &BTreeMap<String, String>) -> String {
    let pairs = parameters.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join("&")
}

/// A form of these parameters in UTF-8.
pub(super) fn encoded(parameters: &BTreeMap<String, String>) -> String {
    encoded_in(UTF_8, parameters)
}

/// A form of these parameters in some charset.
pub(super) fn encoded_in(charset: &'static Encoding, parameters: &BTreeMap<String, String>) -> String {
    let escaped = |text: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let escape = |byte: u8| match byte {
            b' ' => "+".to_owned(),
            byte if plain(byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        };
        charset.encode(text).0.iter().copied().map(escape).collect()
    };
    let pairs: Vec<_> =
        parameters.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
    pairs.join("&")
}
