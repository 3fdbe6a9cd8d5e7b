//! The URL of a service: its scheme chooses the adapter, the rest may hold a password.

use std::{fmt, str::FromStr};

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use thiserror::Error;

use super::secret::MASK;

/// The adapters of a port and the schemes that choose them.
pub trait Scheme: Copy + 'static {
    /// Every scheme, with the adapter that it chooses.
    const ALL: &'static [(&'static str, Self)];

    /// Whether the adapter works on this machine alone: such a URL is a path and has no password.
    fn is_local(self) -> bool;
}

/// The URL of a service. `Debug` and serialisation mask its password and the values of its query.
#[derive(Clone)]
pub struct ServiceUrl<S> {
    adapter: S,
    text: SecretString,
}

impl<S: Scheme> ServiceUrl<S> {
    /// A URL that is known to be one: the default of a section.
    pub(super) fn new(scheme: &str, adapter: S, rest: &str) -> Self {
        Self { adapter, text: format!("{scheme}:{rest}").into() }
    }

    /// The adapter that the scheme chooses.
    pub fn adapter(&self) -> S {
        self.adapter
    }

    /// The whole URL, password included.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// The part behind `scheme:` or `scheme://`.
    pub fn rest(&self) -> &str {
        let rest = self.expose().split_once(':').map_or("", |(_, rest)| rest);
        rest.strip_prefix("//").unwrap_or(rest)
    }

    /// The URL for people's eyes. Masks rather too much than too little: everything from the
    /// first colon to the last `@`, because a password may hold any character.
    fn masked(&self) -> String {
        let text = self.expose();
        let Some((scheme, rest)) = text.split_once("://").filter(|_| !self.adapter.is_local()) else {
            return text.to_owned();
        };
        let rest = match rest.rsplit_once('@') {
            Some((credentials, host)) => match credentials.split_once(':') {
                Some((user, _)) => format!("{user}:{MASK}@{host}"),
                None => rest.to_owned(),
            },
            None => rest.to_owned(),
        };
        match rest.split_once('?') {
            Some((address, query)) => {
                let query: Vec<_> = query.split('&').map(mask_value).collect();
                format!("{scheme}://{address}?{}", query.join("&"))
            }
            None => format!("{scheme}://{rest}"),
        }
    }
}

fn mask_value(pair: &str) -> String {
    format!("{}={MASK}", pair.split_once('=').map_or(pair, |(name, _)| name))
}

/// Why a text is no URL of a service: the schemes that would do. It does not repeat the text, which
/// may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("must be a URL with one of these schemes: {}", .0.join(", "))]
pub struct ServiceUrlError(Vec<&'static str>);

impl<S: Scheme> FromStr for ServiceUrl<S> {
    type Err = ServiceUrlError;

    fn from_str(text: &str) -> Result<Self, ServiceUrlError> {
        let known = |(name, adapter): &(&str, S)| {
            let rest = text.strip_prefix(name)?.strip_prefix(':')?;
            (adapter.is_local() || rest.starts_with("//")).then_some(*adapter)
        };
        match S::ALL.iter().find_map(known) {
            Some(adapter) if !text.contains(char::is_control) => Ok(Self { adapter, text: text.into() }),
            _ => Err(ServiceUrlError(S::ALL.iter().map(|(name, _)| *name).collect())),
        }
    }
}

impl<'de, S: Scheme> Deserialize<'de> for ServiceUrl<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The scheme's own words for other values too: serde would repeat the value.
        let value = toml::Value::deserialize(deserializer)?;
        value.as_str().unwrap_or_default().parse().map_err(D::Error::custom)
    }
}

impl<S: Scheme> Serialize for ServiceUrl<S> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        serializer.serialize_str(&self.masked())
    }
}

impl<S: Scheme> fmt::Debug for ServiceUrl<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CacheAdapter, DatabaseEngine};

    fn database(text: &str) -> Result<ServiceUrl<DatabaseEngine>, ServiceUrlError> {
        text.parse()
    }

    #[test]
    fn the_scheme_chooses_the_adapter() {
        assert_eq!(database("sqlite://data/a.db").unwrap().adapter(), DatabaseEngine::Sqlite);
        assert_eq!(database("postgres://h/d").unwrap().adapter(), DatabaseEngine::Postgres);
        let cache: ServiceUrl<CacheAdapter> = "redis+sentinel://a:1,b:2/main".parse().unwrap();
        assert_eq!((cache.adapter(), cache.rest()), (CacheAdapter::Redis, "a:1,b:2/main"));
        let cache: ServiceUrl<CacheAdapter> = "memory:".parse().unwrap();
        assert_eq!((cache.adapter(), cache.rest()), (CacheAdapter::Memory, ""));
    }

    #[test]
    fn other_schemes_are_refused_without_repeating_the_url() {
        for bad in ["", "oracle://a:geheim@h", "postgres", "postgres:h", "POSTGRES://h", " postgres://h", "mysql://a\n"]
        {
            let error = database(bad).unwrap_err().to_string();
            assert_eq!(error, "must be a URL with one of these schemes: sqlite, postgres, postgresql, mysql", "{bad}");
        }
    }

    #[test]
    fn passwords_are_masked_whatever_they_look_like() {
        for (text, shown) in [
            ("sqlite:///srv/a@b:c/minsu.db", "sqlite:///srv/a@b:c/minsu.db"),
            ("postgres://h/d", "postgres://h/d"),
            ("postgres://minsu@h/d", "postgres://minsu@h/d"),
            ("postgres://minsu:geheim@h:5432/d", "postgres://minsu:******@h:5432/d"),
            ("mysql://minsu:ge@heim/?:@h/d", "mysql://minsu:******@h/d"),
            ("postgres://h/d?user=minsu&password=geheim", "postgres://h/d?user=******&password=******"),
        ] {
            let url = database(text).unwrap();
            assert_eq!(url.expose(), text);
            assert_eq!(format!("{url:?}"), shown);
        }
        let cache: ServiceUrl<CacheAdapter> = "redis+sentinel://:geheim@a:1,b:2/main".parse().unwrap();
        assert_eq!(format!("{cache:?}"), "redis+sentinel://:******@a:1,b:2/main");
        for (text, shown) in [
            ("rediss://:geheim@a:1/2", "rediss://:******@a:1/2"),
            (
                "rediss+sentinel://u:geheim@a:1/main?sentinel_password=geheim",
                "rediss+sentinel://u:******@a:1/main?sentinel_password=******",
            ),
            ("rediss+cluster://:geheim@a:1,b:2", "rediss+cluster://:******@a:1,b:2"),
        ] {
            let cache: ServiceUrl<CacheAdapter> = text.parse().unwrap();
            assert_eq!((cache.adapter(), format!("{cache:?}").as_str()), (CacheAdapter::Redis, shown));
        }
    }
}
