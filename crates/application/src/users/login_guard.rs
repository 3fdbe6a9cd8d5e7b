//! Limits the guesses of a password without locking its owner out.
//!
//! An address of an earlier login is remembered for that mobile. From there only
//! the guesses of that address against that mobile count; from any other address the guesses against the
//! mobile count together, and those of the address, with a much larger limit: a delay of an address hits all of its
//! users. So guesses from unknown addresses delay only logins from unknown addresses.
//!
//! Guesses from unknown addresses against a mobile also have a number for the day. A login of the owner from such an
//! address neither counts against it nor gives the guessers more. Where it is used up, the owner logs in from an
//! address that is remembered, or takes a new password by SMS, which makes the address one.

use minsu_domain::Mobile;

use crate::{App, AppError, ClientAddress, limits::Guesses, remembered_addresses};

/// A login whose password may be compared.
pub(super) struct LoginGuard<'a> {
    mobile: &'a Mobile,
    client: ClientAddress,
    guesses: Counted,
}

enum Counted {
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
        let guesses = if remembered_addresses::is_remembered(app, mobile, client).await? {
            let both = Guesses::against(app, format_args!("login {number} {address}"), limits.login_failures);
            both.begin(app).await?;
            Counted::Remembered(both)
        } else {
            let of_address =
                Guesses::against(app, format_args!("login address {address}"), limits.login_failures_address);
            let of_mobile = Guesses::against(app, format_args!("login mobile {number}"), limits.login_failures)
                .at_most(limits.login_failures_per_mobile_day);
            let begun = match of_address.begin(app).await {
                Ok(()) => of_mobile.begin(app).await,
                refused => refused,
            };
            if let Err(AppError::TooOften(wait)) = begun {
                // Both delays have to be over for the next try.
                let both = of_address.shut_for(app).await?.max(of_mobile.shut_for(app).await?);
                return Err(AppError::TooOften(wait.max(both)));
            }
            begun?;
            Counted::Stranger { mobile: of_mobile, address: of_address }
        };
        Ok(Self { mobile, client, guesses })
    }

    /// The password was right.
    ///
    /// # Errors
    /// [`AppError::CacheUnavailable`].
    pub(super) async fn succeed(self, app: &App) -> Result<(), AppError> {
        match &self.guesses {
            Counted::Remembered(both) => both.forget(app).await?,
            Counted::Stranger { mobile, address } => {
                mobile.count_success(app).await?;
                address.count_success(app).await?;
            }
        }
        remembered_addresses::remember(app, self.mobile, self.client).await
    }
}
