//! What one SMS takes from: the mobile, the address and its networks, and the site.
//!
//! The site's SMS of a day are spent in slices of an hour, apart for signing up, for resets, and for resets
//! from an address that the owner of the mobile logged in from. An address and its networks are counted by
//! the codes that were not used: a neighbourhood that signs up has no limit of its own, a machine that asks for
//! codes of other people's mobiles has a small one. While more than half of an hour's slice is unused, it
//! is a quarter of that.

use std::time::Duration;

use minsu_ports::{CacheKey, Signal};

use super::{Purpose, SendSmsCode, shares_key};
use crate::{
    App, AppError, ClientAddress, Limits, SmsPool,
    limits::{self, Counted, Share},
    remembered_addresses,
};

/// How long a sent code counts as unused, if it is not used.
const HOUR: Duration = Duration::from_secs(3600);

/// The shares of one SMS.
pub(super) struct Budget {
    limits: Limits,
    minute: Share,
    mobile: Share,
    site: Share,
    /// Of the address and its networks; empty for a reset from a known address, which no neighbour stops.
    address: Vec<Share>,
    pool: SmsPool,
}

impl Budget {
    /// The shares of an SMS that is asked for.
    ///
    /// # Errors
    /// [`AppError::CacheUnavailable`].
    pub(super) async fn of(app: &App, command: &SendSmsCode) -> Result<Self, AppError> {
        let pool = match command.purpose {
            Purpose::Registration | Purpose::MobileChange => SmsPool::SignUp,
            Purpose::PasswordReset
                if remembered_addresses::is_remembered(app, &command.mobile, command.client).await? =>
            {
                SmsPool::KnownReset
            }
            Purpose::PasswordReset => SmsPool::Reset,
        };
        let address = match pool {
            SmsPool::KnownReset => Vec::new(),
            SmsPool::SignUp | SmsPool::Reset => of_address(command.client),
        };
        let of_mobile = |counted| Share(counted, command.mobile.as_str().to_owned());
        Ok(Self {
            limits: limits_now(app, pool).await?,
            minute: of_mobile(Counted::SmsOfMobileMinute),
            mobile: of_mobile(Counted::SmsOfMobile),
            site: Share(Counted::SmsOfSite(pool), String::new()),
            address,
            pool,
        })
    }

    /// Refuses where the address or the site has no room, before a captcha is used up for nothing. The mobile is
    /// not asked about: without a captcha that would tell whether it got a code.
    ///
    /// # Errors
    /// [`AppError::TooOften`] with the time until both have room, [`AppError::CacheUnavailable`].
    pub(super) async fn demand_room(&self, app: &App) -> Result<(), AppError> {
        let mut shares = self.address.clone();
        shares.push(self.site.clone());
        let wait = limits::full_for(app, &self.limits, &shares).await?;
        if wait.is_zero() {
            return Ok(());
        }
        app.telemetry.count(Signal::SmsOverBudget);
        Err(AppError::TooOften(wait))
    }

    /// Counts the SMS in every share, or in none of them.
    ///
    /// # Errors
    /// [`AppError::TooOften`] with the time until all have room, [`AppError::CacheUnavailable`].
    pub(super) async fn take(&self, app: &App) -> Result<(), AppError> {
        let taken = limits::take(app, &self.limits, &self.shares()).await;
        match &taken {
            Ok(()) if self.pool != SmsPool::KnownReset => {
                app.cache.increment(&unused(self.pool), HOUR).await?;
            }
            Err(AppError::TooOften(_)) => app.telemetry.count(Signal::SmsOverBudget),
            Ok(()) | Err(_) => {}
        }
        taken
    }

    /// Counts an answer that sends nothing for the address alone.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub(super) async fn take_of_address(&self, app: &App) -> Result<(), AppError> {
        limits::take(app, &self.limits, &self.address).await
    }

    /// Nothing was sent.
    ///
    /// # Errors
    /// [`AppError::CacheUnavailable`].
    pub(super) async fn give_back(&self, app: &App) -> Result<(), AppError> {
        limits::give_back(app, &self.shares()).await?;
        self.no_longer_unused(app).await
    }

    /// It is not known whether anything was sent: the same mobile may ask again at once, and the longer times
    /// keep what may have cost money.
    ///
    /// # Errors
    /// [`AppError::CacheUnavailable`].
    pub(super) async fn give_back_minute(&self, app: &App) -> Result<(), AppError> {
        limits::give_back(app, std::slice::from_ref(&self.minute)).await
    }

    /// Notes whose shares the code gives back when it is used.
    ///
    /// # Errors
    /// [`AppError::CacheUnavailable`].
    pub(super) async fn note(&self, app: &App, command: &SendSmsCode) -> Result<(), AppError> {
        if self.pool == SmsPool::KnownReset {
            return Ok(());
        }
        let address = command.client.counted().to_string();
        let key = shares_key(command.purpose, &command.mobile);
        Ok(app.cache.set(&key, address.into(), app.policy.sms_code_lifetime).await?)
    }

    async fn no_longer_unused(&self, app: &App) -> Result<(), AppError> {
        if self.pool != SmsPool::KnownReset {
            app.cache.decrement(&unused(self.pool)).await?;
        }
        Ok(())
    }

    fn shares(&self) -> Vec<Share> {
        let mut shares = self.address.clone();
        shares.extend([self.minute.clone(), self.mobile.clone(), self.site.clone()]);
        shares
    }
}

/// A code was used: it no longer counts against the address that asked for it, nor against its networks.
///
/// # Errors
/// [`AppError::CacheUnavailable`].
pub(super) async fn used(app: &App, purpose: Purpose, mobile: &minsu_domain::Mobile) -> Result<(), AppError> {
    app.telemetry.count(Signal::SmsCodeUsed);
    let Some(address) = app.cache.take(&shares_key(purpose, mobile)).await? else { return Ok(()) };
    let parsed = std::str::from_utf8(&address).ok().and_then(|address| address.parse().ok());
    if let Some(address) = parsed {
        limits::give_back(app, &unused_of(ClientAddress::new(address))).await?;
    }
    let pool = match purpose {
        Purpose::Registration | Purpose::MobileChange => SmsPool::SignUp,
        Purpose::PasswordReset => SmsPool::Reset,
    };
    Ok(app.cache.decrement(&unused(pool)).await?)
}

/// The limits that hold while so many codes are not used.
async fn limits_now(app: &App, pool: SmsPool) -> Result<Limits, AppError> {
    let limits = app.policy.limits;
    let slice = limits.sms_per_hour(pool);
    if slice == 0 || pool == SmsPool::KnownReset {
        return Ok(limits);
    }
    let unused = app.cache.count_of(&unused(pool)).await?.map_or(0, |count| count.value);
    Ok(if unused > slice / 2 { limits.tightened() } else { limits })
}

fn unused(pool: SmsPool) -> CacheKey {
    CacheKey::single(match pool {
        SmsPool::SignUp => "sms-unused-sign-up",
        SmsPool::Reset | SmsPool::KnownReset => "sms-unused-reset",
    })
}

fn of_address(client: ClientAddress) -> Vec<Share> {
    let mut shares = unused_of(client);
    shares.push(Share(Counted::SmsOfAddress, client.counted().to_string()));
    shares
}

fn unused_of(client: ClientAddress) -> Vec<Share> {
    let networks = client.networks();
    let mut shares = vec![
        Share(Counted::UnusedOfAddress, client.counted().to_string()),
        Share(Counted::UnusedOfNetwork, networks.narrow.to_string()),
    ];
    shares.extend(networks.wide.map(|wide| Share(Counted::UnusedOfWideNetwork, wide.to_string())));
    shares
}
