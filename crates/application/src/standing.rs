//! The limits of the site as a client has used them.

pub use crate::limits::Standing;
use crate::{
    App, AppError, ClientAddress,
    limits::{self, Counted, Guesses},
};

/// A group of limits that count a client address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitedBy {
    /// Captchas, drawn and spoken.
    Captchas,
    /// SMS codes.
    SmsCodes,
    /// Logins that failed.
    Logins,
}

impl LimitedBy {
    /// Its name: letters and hyphens.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Captchas => "captchas",
            Self::SmsCodes => "sms-codes",
            Self::Logins => "logins",
        }
    }
}

/// The limit as an address has used it; none where the site has no such limit.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub async fn of(app: &App, limit: LimitedBy, client: ClientAddress) -> Result<Option<Standing>, AppError> {
    let address = client.counted().to_string();
    match limit {
        LimitedBy::Captchas => limits::standing(app, Counted::CaptchasOfAddress, &address).await,
        LimitedBy::SmsCodes => limits::standing(app, Counted::SmsOfAddress, &address).await,
        LimitedBy::Logins => {
            let from = app.policy.limits.login_failures_address;
            Guesses::against(app, format_args!("login address {address}"), from).standing(app).await
        }
    }
}
