//! Errors in the settings of an adapter that calls a service.

use std::error::Error as StdError;

use thiserror::Error;

use crate::SettingError;

/// The error of making an adapter.
#[derive(Debug, Error)]
pub enum SetupError {
    /// A setting.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// Not the URL of a proxy. Without the cause, which shows it.
    #[error("the proxy is not a url that can be used")]
    Proxy,
    /// TLS cannot be set up, for example because the system has no root certificates.
    #[error("the http client cannot be set up")]
    Client(#[source] reqwest::Error),
    /// A part that a library makes, by its name.
    #[error("{0} cannot be set up")]
    Part(&'static str, #[source] Box<dyn StdError + Send + Sync>),
}

impl SetupError {
    /// For `map_err`: the part of this name cannot be set up.
    pub fn part<E: StdError + Send + Sync + 'static>(name: &'static str) -> impl FnOnce(E) -> Self {
        move |error| Self::Part(name, Box::new(error))
    }
}
