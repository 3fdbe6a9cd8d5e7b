//! Keeps passwords from being guessed, and their owners from being locked out by whoever guesses.
//!
//! An address from which somebody logged in before is remembered for their mobile. From there only
//! the guesses of that address against that mobile count; from anywhere else those against the
//! mobile count together, and those of the address. So a stranger slows down strangers only.

use std::time::Duration;

use bytes::Bytes;
use minsu_domain::Mobile;
use minsu_ports::CacheKey;

use crate::{App, AppError, ClientAddress, digest::sha256, limits::Guesses};

/// How long an address is remembered after the last login from it.
const REMEMBERED: Duration = Duration::from_secs(30 * 86_400);

/// A login that was let through to the comparison.
pub(super) struct LoginGuard<'a> {
    mobile: &'a Mobile,
    client: ClientAddress,
    guesses: Scope,
}

enum Scope {
    Remembered(Guesses),
    Stranger { mobile: Guesses, address: Guesses },
}

impl<'a> LoginGuard<'a> {
    /// Counts a login before its password is compared.
    ///
    /// # Errors
    /// [`AppError::TooOften`], [`AppError::CacheUnavailable`].
    pub(super) async fn begin(app: &App, mobile: &'a Mobile, client: ClientAddress) -> Result<Self, AppError> {
        let limits = &app.policy.limits;
        let (number, address) = (mobile.as_str(), client.counted());
        let guesses = if app.cache.get(&remembered(mobile, client)).await?.is_some() {
            let both = Guesses::against(app, format_args!("login {number} {address}"), limits.login_failures);
            both.begin(app).await?;
            Scope::Remembered(both)
        } else {
            let of_address =
                Guesses::against(app, format_args!("login address {address}"), limits.login_failures_address);
            of_address.begin(app).await?;
            let of_mobile = Guesses::against(app, format_args!("login mobile {number}"), limits.login_failures);
            of_mobile.begin(app).await?;
            Scope::Stranger { mobile: of_mobile, address: of_address }
        };
        Ok(Self { mobile, client, guesses })
    }

    /// The password was right.
    ///
    /// # Errors
    /// [`AppError::CacheUnavailable`].
    pub(super) async fn succeed(self, app: &App) -> Result<(), AppError> {
        match &self.guesses {
            Scope::Remembered(both) => both.forget(app).await?,
            Scope::Stranger { mobile, address } => {
                mobile.forget(app).await?;
                address.count_success(app).await?;
            }
        }
        remember(app, self.mobile, self.client).await
    }
}

/// Remembers that the owner of a mobile was at this address.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub(super) async fn remember(app: &App, mobile: &Mobile, client: ClientAddress) -> Result<(), AppError> {
    Ok(app.cache.set(&remembered(mobile, client), Bytes::from_static(b"1"), REMEMBERED).await?)
}

fn remembered(mobile: &Mobile, client: ClientAddress) -> CacheKey {
    let both = format!("{} {}", mobile.as_str(), client.counted());
    CacheKey::of_digest("login-address", &sha256(both.as_bytes()))
}
