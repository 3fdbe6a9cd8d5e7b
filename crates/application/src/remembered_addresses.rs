//! Addresses from which the owner of a mobile proved to be its owner before.

use std::time::Duration;

use bytes::Bytes;
use minsu_domain::Mobile;
use minsu_ports::CacheKey;

use crate::{App, AppError, ClientAddress, digest::sha256};

/// How long an address is remembered after the last login from it.
const REMEMBERED: Duration = Duration::from_secs(30 * 86_400);

/// Remembers that the owner of a mobile was at this address.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub(crate) async fn remember(app: &App, mobile: &Mobile, client: ClientAddress) -> Result<(), AppError> {
    Ok(app.cache.set(&key(mobile, client), Bytes::from_static(b"1"), REMEMBERED).await?)
}

/// Whether the owner of a mobile was at this address in the last 30 days.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub(crate) async fn is_remembered(app: &App, mobile: &Mobile, client: ClientAddress) -> Result<bool, AppError> {
    Ok(app.cache.get(&key(mobile, client)).await?.is_some())
}

fn key(mobile: &Mobile, client: ClientAddress) -> CacheKey {
    let both = format!("{} {}", mobile.as_str(), client.counted());
    CacheKey::of_digest("login-address", &sha256(both.as_bytes()))
}
