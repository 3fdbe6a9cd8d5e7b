//! Errors of setting adapters up.

use minsu_cache::RedisConnectError;
use minsu_executor::BoundsError;
use minsu_http::SetupError;
use minsu_ports::StoreError;
use minsu_settings::IdentityKeyError;
use minsu_store::ConnectError;
use minsu_system::{Argon2SettingsError, SealKeyError};
use thiserror::Error;

/// An adapter that could not be set up.
#[derive(Debug, Error)]
pub enum WiringError {
    /// The database.
    #[error("cannot use the database of database.url")]
    Store(#[from] ConnectError),
    /// The cache.
    #[error("cannot use the cache of cache.url")]
    Cache(#[from] RedisConnectError),
    /// What an earlier process left of its cache.
    #[error("cannot read the cache's entries in the database")]
    CacheEntries(#[source] StoreError),
    /// A cloud needs a setting that is not there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A setting of a cloud that cannot be right.
    #[error("cannot use the object store of objects.url")]
    Objects(#[source] SetupError),
    /// A setting of a cloud that cannot be right.
    #[error("cannot use the SMS service of sms.url")]
    Sms(#[source] SetupError),
    /// A setting of a payment provider that cannot be right.
    #[error("cannot use the payment provider of payment.url")]
    Payment(#[source] SetupError),
    /// The client for calendars of other sites.
    #[error("cannot fetch calendars of other sites")]
    Calendars(#[source] SetupError),
    /// What calls webhooks.
    #[error("cannot call webhooks with the settings of [outbound]")]
    Webhooks(#[source] SetupError),
    /// A setting of the traces that cannot be right.
    #[error("cannot send traces with the settings of [traces]")]
    Traces(#[source] SetupError),
    /// The bounds of the picture pipeline.
    #[error("cannot process pictures with the settings of [pictures]")]
    Pictures(#[from] BoundsError),
    /// The scheduler before heavy work.
    #[error("cannot share turns with the permits and queues of the settings")]
    Scheduler(#[source] BoundsError),
    /// The captcha painter or speaker.
    #[error("cannot make captchas")]
    Captcha(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The password hasher.
    #[error("cannot hash passwords with the settings of [passwords]")]
    Passwords(#[from] Argon2SettingsError),
    /// The keys of real-name data.
    #[error("cannot read the keys of real-name data")]
    IdentityKeys(#[from] IdentityKeyError),
    /// Where a test stops the work of the clock.
    #[error("cannot stop at testing.stop_at: it {0}")]
    StopAt(&'static str),
    /// The sealer of real-name data.
    #[error("cannot seal real-name data with the keys of identity.keys")]
    Sealer(#[from] SealKeyError),
}
