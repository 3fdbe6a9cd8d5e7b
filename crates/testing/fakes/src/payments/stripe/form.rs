//! Forms and queries.

use std::collections::BTreeMap;

use crate::encoding::percent_decoded;

/// An error: status and code.
pub(super) type Refused = (u16, &'static str);

/// Parameters, each at most once.
#[derive(Debug)]
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    pub(super) fn read(form: &[u8]) -> Result<Self, Refused> {
        let unreadable = (400, "parameter_invalid");
        let mut found = BTreeMap::new();
        let text = std::str::from_utf8(form).map_err(|_| unreadable)?;
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or(unreadable)?;
            let decoded = |text: &str| percent_decoded(&text.replace('+', " ")).ok_or(unreadable);
            if found.insert(decoded(name)?, decoded(value)?).is_some() {
                return Err(unreadable);
            }
        }
        Ok(Self(found))
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    pub(super) fn integer(&self, name: &str) -> Result<i64, Refused> {
        let text = self.get(name);
        let value = text.parse().map_err(|_| (400, "parameter_invalid_integer"))?;
        if format!("{value}") == text { Ok(value) } else { Err((400, "parameter_invalid_integer")) }
    }

    /// Demands these parameters, not empty, and no other but metadata.
    pub(super) fn only(&self, names: &[&str]) -> Result<(), Refused> {
        if names.iter().any(|name| self.get(name).is_empty()) {
            return Err((400, "parameter_missing"));
        }
        let known = |name: &str| names.contains(&name) || name.contains("metadata");
        if self.0.keys().all(|name| known(name)) { Ok(()) } else { Err((400, "parameter_unknown")) }
    }

    /// The metadata under a prefix.
    pub(super) fn metadata(&self, prefix: &str) -> BTreeMap<String, String> {
        let named = self.0.iter().filter_map(|(name, value)| {
            Some((name.strip_prefix(prefix)?.strip_suffix(']')?.to_owned(), value.clone()))
        });
        named.collect()
    }
}
