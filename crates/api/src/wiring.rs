//! From settings to a running application: each port gets the adapter that its URL's scheme
//! names, in one `match` each.

mod clouds;
mod figures;
mod order_states;
mod traces;

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::Duration,
};

pub use traces::{start_traces, traces};

use minsu_application::{App, Policy};
use minsu_cache::{
    MemoryCache, MemoryCacheOptions, PageOptions, RedisCache, RedisConnectError, RedisOptions, TwoTierPages,
};
use minsu_captcha::{CaptchaOptions, JpegCaptchaPainter, WavCaptchaSpeaker};
use minsu_domain::{BookingPolicy, PasswordPolicy, StayRule};
use minsu_metrics::Metrics;
use minsu_objects::DiskObjects;
use minsu_pictures::{ImagePictures, PictureOptions};
use minsu_ports::{Cache, Clock, DevOutbox, ObjectStore, PageCache, Randomness, SmsSender};
use minsu_sms::Outbox;
use minsu_store::{ConnectError, SqlStore, StoreOptions};
use minsu_system::{
    Argon2Hasher, Argon2Settings, Argon2SettingsError, ChaChaSealer, OsRandomness, SealKeyError, SystemClock,
};
use order_states::OrderStates;
use thiserror::Error;

use crate::{
    dialect::classic,
    http::{
        request_limiter::RequestLimiter,
        state::{HttpSettings, State},
    },
    settings::{
        CacheAdapter, ClassicData, CountedIn, IdentityKeyError, ObjectsAdapter, Profile, Settings, SmsAdapter,
        dev_seal_key,
    },
};

/// An adapter that could not be set up.
#[derive(Debug, Error)]
pub enum WiringError {
    /// The database.
    #[error("cannot use the database of database.url")]
    Store(#[from] ConnectError),
    /// The cache.
    #[error("cannot use the cache of cache.url")]
    Cache(#[from] RedisConnectError),
    /// A cloud needs a setting that is not there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A setting of a cloud that cannot be right.
    #[error("cannot use the object store of objects.url")]
    Objects(#[from] minsu_objects::SetupError),
    /// A setting of a cloud that cannot be right.
    #[error("cannot use the SMS service of sms.url")]
    Sms(#[from] minsu_sms::SetupError),
    /// A setting of the traces that cannot be right.
    #[error("cannot send traces with the settings of [traces]")]
    Traces(#[from] minsu_traces::SetupError),
    /// The captcha painter or speaker.
    #[error("cannot make captchas")]
    Captcha(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The password hasher.
    #[error("cannot hash passwords with the settings of [passwords]")]
    Passwords(#[from] Argon2SettingsError),
    /// The keys of real-name data.
    #[error("cannot read the keys of real-name data")]
    IdentityKeys(#[from] IdentityKeyError),
    /// The sealer of real-name data.
    #[error("cannot seal real-name data with the keys of identity.keys")]
    Sealer(#[from] SealKeyError),
}

/// How long pages are kept at most that were read from a replica.
const BEHIND_REPLICA: Duration = Duration::from_secs(2);

/// Connects to everything that the settings name.
///
/// # Errors
/// [`WiringError`] for the first adapter that cannot be set up.
pub async fn wire(settings: &Settings) -> Result<State, WiringError> {
    let randomness: Arc<dyn Randomness> = Arc::new(OsRandomness);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let outbox = (settings.profile == Profile::Dev).then(|| Arc::new(Outbox::new(settings.dev_outbox())));
    let Inside { captchas, speaker, passwords, sealer } = inside(settings, &randomness)?;
    let store = Arc::new(store(settings).await?);
    let (cache, redis) = cache(settings).await?;
    let pages = pages(settings, &cache, &clock);
    let orders = OrderStates::new(store.clone());
    let sources = figures::sources(settings, store.clone(), redis, pages.clone(), &orders);
    let metrics = Arc::new(Metrics::new(sources).refreshed_by(orders.refresh()));
    let app = App {
        store,
        pages,
        cache,
        sms: sms(settings, outbox.as_ref(), clock.clone())?,
        objects: objects(settings, clock.clone())?,
        pictures: Arc::new(ImagePictures::new(PictureOptions {
            permits: settings.pictures.permits(),
            queue: settings.pictures.queue,
            max_pixels: settings.pictures.max_pixels,
            max_side: settings.pictures.max_side,
        })),
        captchas: Arc::new(captchas),
        speaker: Arc::new(speaker),
        passwords: Arc::new(passwords),
        sealer: Arc::new(sealer),
        clock,
        randomness,
        dev_outbox: outbox.map(|outbox| outbox as Arc<dyn DevOutbox>),
        events: metrics.clone(),
        policy: policy(settings),
    };
    let limiter = RequestLimiter::new(settings.limits.requests_per_second, settings.limits.request_burst);
    Ok(State { app, http: http(settings), metrics, limiter })
}

/// What works inside the process and asks nobody.
pub(crate) struct Inside {
    captchas: JpegCaptchaPainter,
    speaker: WavCaptchaSpeaker,
    passwords: Argon2Hasher,
    sealer: ChaChaSealer,
}

/// Makes it.
///
/// # Errors
/// [`WiringError`] for the first part whose settings cannot be.
pub(crate) fn inside(settings: &Settings, randomness: &Arc<dyn Randomness>) -> Result<Inside, WiringError> {
    let captcha_options = CaptchaOptions { permits: settings.captcha.permits(), queue: settings.captcha.queue };
    Ok(Inside {
        captchas: JpegCaptchaPainter::new(captcha_options, randomness.clone())
            .map_err(|error| WiringError::Captcha(error.into()))?,
        speaker: WavCaptchaSpeaker::new(captcha_options, randomness.clone())
            .map_err(|error| WiringError::Captcha(error.into()))?,
        passwords: Argon2Hasher::new(
            Argon2Settings {
                memory_kib: settings.passwords.memory_kib,
                iterations: settings.passwords.iterations,
                parallelism: settings.passwords.parallelism,
                permits: settings.passwords.permits(),
                queue: settings.passwords.queue,
            },
            randomness.clone(),
        )?,
        sealer: sealer(settings, randomness.clone())?,
    })
}

/// The store of the settings.
///
/// # Errors
/// [`ConnectError`].
pub async fn store(settings: &Settings) -> Result<SqlStore, ConnectError> {
    store_with(settings, settings.database.statement_timeout()).await
}

/// The same, whose statements may take so long.
///
/// # Errors
/// [`ConnectError`].
pub async fn store_with(settings: &Settings, statement_timeout: Duration) -> Result<SqlStore, ConnectError> {
    let database = &settings.database;
    SqlStore::connect(&StoreOptions {
        url: database.url.expose().to_owned(),
        replica_url: database.replica_url.as_ref().map(|url| url.expose().to_owned()),
        max_connections: database.max_connections,
        acquire_timeout: Duration::from_millis(database.acquire_timeout_ms),
        statement_timeout,
    })
    .await
}

/// The cache, and once more as what it is where that is Redis: its connections are counted.
pub(crate) async fn cache(settings: &Settings) -> Result<(Arc<dyn Cache>, Option<Arc<RedisCache>>), RedisConnectError> {
    Ok(match settings.cache.url.adapter() {
        CacheAdapter::Memory => (Arc::new(MemoryCache::new(MemoryCacheOptions::default())), None),
        CacheAdapter::Redis => {
            let options = RedisOptions {
                url: settings.cache.url.expose().into(),
                ca_file: settings.cache.ca_certificates.clone(),
                prefix: settings.cache.prefix.clone(),
                deadline: settings.cache.deadline(),
                handles: workers(settings),
            };
            let redis = Arc::new(RedisCache::connect(&options).await?);
            (redis.clone(), Some(redis))
        }
    })
}

/// Ready pages. Processes share them where what they print is the same: the release and every
/// setting that a page shows.
fn pages(settings: &Settings, cache: &Arc<dyn Cache>, clock: &Arc<dyn Clock>) -> Arc<dyn PageCache> {
    let local_bytes = settings.cache.page_memory_bytes;
    if settings.cache.url.adapter() == CacheAdapter::Memory {
        return Arc::new(TwoTierPages::alone(local_bytes));
    }
    let shown = (
        env!("CARGO_PKG_VERSION"),
        public_base(settings),
        settings.site.page_size,
        settings.site.time_zone,
        settings.search.max_results,
    );
    // The same in every process of a release, and that is enough.
    let mut hasher = DefaultHasher::new();
    format!("{shown:?}").hash(&mut hasher);
    let release = format!("{:016x}", hasher.finish());
    // A page that was read from a replica may be behind: it must not stay for long.
    let lifetime = match settings.database.replica_url {
        Some(_) => settings.cache.page_lifetime().min(BEHIND_REPLICA),
        None => settings.cache.page_lifetime(),
    };
    Arc::new(TwoTierPages::shared(PageOptions { local_bytes, lifetime, release }, cache.clone(), clock.clone()))
}

/// Worker threads of the server.
fn workers(settings: &Settings) -> usize {
    match settings.server.workers {
        0 => std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        workers => workers,
    }
}

pub(crate) fn objects(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Arc<dyn ObjectStore>, WiringError> {
    Ok(match settings.objects.url.adapter() {
        ObjectsAdapter::File => Arc::new(DiskObjects::new(settings.media_dir(), public_base(settings))),
        ObjectsAdapter::Qiniu => Arc::new(clouds::qiniu(&settings.objects, clock)?),
        ObjectsAdapter::S3 => Arc::new(clouds::s3(&settings.objects)?),
    })
}

/// Where browsers get pictures. A path alone becomes a whole URL in profile dev, where the server
/// is its own front; in production only the site owner knows the host that visitors see.
fn public_base(settings: &Settings) -> String {
    let base = &settings.objects.public_base;
    if settings.profile == Profile::Dev && base.starts_with('/') {
        format!("http://{}{base}", settings.server.listen)
    } else {
        base.clone()
    }
}

pub(crate) fn sms(
    settings: &Settings,
    outbox: Option<&Arc<Outbox>>,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn SmsSender>, WiringError> {
    Ok(match settings.sms.url.adapter() {
        SmsAdapter::Outbox => match outbox {
            Some(outbox) => outbox.clone(),
            None => Arc::new(Outbox::new(settings.dev_outbox())),
        },
        SmsAdapter::Yuntongxun => Arc::new(clouds::yuntongxun(&settings.sms, clock)?),
        SmsAdapter::Aliyun => Arc::new(clouds::aliyun(&settings.sms, clock)?),
    })
}

fn sealer(settings: &Settings, randomness: Arc<dyn Randomness>) -> Result<ChaChaSealer, WiringError> {
    let mut keys = settings.identity.seal_keys()?;
    if keys.is_empty() && settings.profile == Profile::Dev {
        keys.push(dev_seal_key(&settings.data_dir, randomness.as_ref())?);
    }
    Ok(ChaChaSealer::new(keys, randomness)?)
}

fn policy(settings: &Settings) -> Policy {
    Policy {
        booking: BookingPolicy {
            rule: match settings.booking.rule {
                CountedIn::Days => StayRule::Days,
                CountedIn::Nights => StayRule::Nights,
            },
            max_stay_days: settings.booking.max_stay_days,
            horizon_days: settings.booking.horizon_days,
        },
        passwords: PasswordPolicy { refuse_common: settings.passwords.refuse_common },
        time_zone: settings.site.time_zone,
        page_size: settings.site.page_size,
        max_results: settings.search.max_results,
        session_lifetime: Duration::from_secs(settings.session.lifetime_seconds),
        captcha_language: settings.captcha.language(),
        session_idle: Duration::from_secs(settings.session.idle_seconds),
        tell_registered: settings.classic.tell_registered,
        limits: settings.limits.limits(),
        ..Policy::default()
    }
}

fn http(settings: &Settings) -> HttpSettings {
    HttpSettings {
        business_status: settings.server.business_status,
        session_cookie: settings.session.cookie.clone(),
        secure_cookies: settings.server.secure_cookies,
        allowed_origins: settings.server.allowed_origins.clone(),
        trusted_proxies: settings.server.trusted_proxies.clone(),
        forwarded_header: settings.server.forwarded_header,
        body_timeout: Duration::from_secs(settings.server.body_timeout_seconds),
        json_limit: settings.server.json_limit_bytes,
        upload_limit: settings.server.upload_limit_bytes,
        docs: settings.server.docs,
        classic_data: match settings.classic.data {
            ClassicData::Documented => classic::ClassicData::Documented,
            ClassicData::Pages => classic::ClassicData::Pages,
        },
    }
}
