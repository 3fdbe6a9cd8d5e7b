//! The options of traces.

use std::time::Duration;

use minsu_http::SettingError;
use secrecy::{ExposeSecret, SecretString};

/// The setting of the headers, as errors name it.
const HEADERS: &str = "traces.headers";

/// The collector, and how many requests are traced.
#[derive(Debug, Clone)]
pub struct TracesOptions {
    /// The whole URL that takes them, such as `http://127.0.0.1:4318/v1/traces`.
    pub endpoint: String,
    /// Headers of every call: `name=value`, with commas between them.
    pub headers: Option<SecretString>,
    /// Which part of the requests is recorded, from 0 to 1.
    pub part: f64,
    /// How long one delivery may take, repetitions included.
    pub deadline: Duration,
    /// The time between two deliveries.
    pub interval: Duration,
    /// How many spans may wait for their delivery; the others are lost.
    pub queue: usize,
    /// The name of the service.
    pub service: String,
    /// Its release.
    pub version: String,
    /// A name for this process among those of the service.
    pub instance: String,
}

impl TracesOptions {
    /// The headers, apart.
    pub(crate) fn headers(&self) -> Result<Vec<(String, SecretString)>, SettingError> {
        let text = self.headers.as_ref().map_or("", |headers| headers.expose_secret());
        let pairs = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').ok_or(SettingError::Headers(HEADERS))?;
            let name = name.trim();
            let fine = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let readable = value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
            if fine && readable {
                Ok((name.to_owned(), value.trim().into()))
            } else {
                Err(SettingError::Headers(HEADERS))
            }
        };
        pairs.map(pair).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(headers: &str) -> Option<Vec<String>> {
        let options = TracesOptions {
            endpoint: String::new(),
            headers: Some(headers.into()),
            part: 1.0,
            deadline: Duration::ZERO,
            interval: Duration::ZERO,
            queue: 1,
            service: String::new(),
            version: String::new(),
            instance: String::new(),
        };
        let pairs = options.headers().ok()?;
        Some(pairs.into_iter().map(|(name, value)| format!("{name}: {}", value.expose_secret())).collect())
    }

    #[test]
    fn headers_are_pairs_with_commas() {
        assert_eq!(names(""), Some(vec![]));
        assert_eq!(
            names("authorization=Basic a3==, x-project = p1,"),
            Some(vec!["authorization: Basic a3==".to_owned(), "x-project: p1".to_owned()])
        );
        for wrong in ["authorization", "=a", "a b=c", "a=b\nc"] {
            assert_eq!(names(wrong), None, "{wrong}");
        }
    }
}
