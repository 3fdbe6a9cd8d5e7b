//! From settings to a running application: each port gets the adapter that its URL's scheme
//! names, in one `match` each.

mod caches;
mod calendars;
mod clouds;
mod error;
mod job_ages;
mod metrics;
mod order_states;
mod outbound;
mod payment_backlog;
mod payments;
mod public_base;
mod scheduler;
mod testing;
mod traces;
mod web;
mod webhooks;

use std::{sync::Arc, time::Duration};

pub(crate) use caches::cache;
pub use error::WiringError;
pub use payments::{Payments, payments, site_url};
pub use traces::{start_traces, traces};
pub use web::{
    registered as registered_dialects, registered_with_payments as registered_dialects_with_payments, with_pages,
};

use job_ages::JobAges;
use minsu_application::{App, Policy};
use minsu_captcha::{JpegCaptchaPainter, WavCaptchaSpeaker};
use minsu_domain::{PasswordPolicy, PaymentPolicy};
use minsu_executor::Bounds;
use minsu_metrics::Metrics;
use minsu_objects::DiskObjects;
use minsu_pictures::{ImagePictures, PictureOptions};
use minsu_ports::{Clock, DevOutbox, ObjectStore, Randomness, Signer, SmsSender};
use minsu_settings::{DatabasePooler, ObjectsAdapter, Profile, Settings, SmsAdapter, dev_seal_key};
use minsu_sms::Outbox;
use minsu_store::{ConnectError, Pooler, SqlStore, StoreOptions};
use minsu_system::{Argon2Hasher, Argon2Settings, ChaChaSealer, HmacSigner, OsRandomness, SealKey};
use minsu_traces::TraceContexts;
use minsu_web::{
    invalidation::PageInvalidation, request_limiter::RequestLimiter, state::State, upload_budget::UploadBudget,
    upload_turns::UploadTurns,
};
use order_states::OrderStates;
use payment_backlog::PaymentBacklog;
use public_base::public_base;
use testing::{clock, fault_points};

use crate::openapi;

/// A running application, and the metrics that count it.
pub struct Site {
    /// The state of its handlers.
    pub state: State,
    /// Its metrics.
    pub metrics: Arc<Metrics>,
}

/// Connects to everything that the settings name.
///
/// # Errors
/// [`WiringError`] for the first adapter that cannot be set up.
pub async fn wire(settings: &Settings) -> Result<Site, WiringError> {
    let randomness: Arc<dyn Randomness> = Arc::new(OsRandomness);
    let clock = clock(settings);
    let outbox = (settings.profile == Profile::Dev).then(|| Arc::new(Outbox::new(settings.dev_outbox())));
    let Inside { captchas, speaker, passwords, sealer, signer } = inside(settings, &randomness)?;
    let store = Arc::new(store(settings).await?);
    let (cache, redis) = caches::durable(cache(settings).await?, &store, &clock).await?;
    let pages = caches::pages(settings, &caches::page_store(settings, &cache).await?, &clock);
    let payments = payments(settings, clock.clone())?;
    let signer: Arc<dyn Signer> = Arc::new(signer);
    let orders = OrderStates::new(store.clone());
    let jobs = JobAges::new(store.clone(), clock.clone());
    let payment_backlog = PaymentBacklog::new(store.clone(), clock.clone());
    let sources = metrics::sources(settings, store.clone(), redis, pages.clone(), &orders, &jobs, &payment_backlog);
    let metrics = Arc::new(Metrics::new(sources).refreshed_by(metrics::refresh(orders, jobs, payment_backlog)));
    let app = App {
        store,
        cache,
        sms: sms(settings, outbox.as_ref(), clock.clone())?,
        objects: objects(settings, clock.clone())?,
        pictures: Arc::new(ImagePictures::new(PictureOptions {
            permits: settings.pictures.permits(),
            queue: settings.pictures.queue,
            max_pixels: settings.pictures.max_pixels,
            max_side: settings.pictures.max_side,
            max_memory: settings.pictures.max_memory_bytes,
        })?),
        captchas: Arc::new(captchas),
        speaker: Arc::new(speaker),
        passwords: Arc::new(passwords),
        scheduler: Arc::new(scheduler::scheduler(settings)?),
        sealer: Arc::new(sealer),
        feed_fetcher: Arc::new(calendars::fetcher(settings)?),
        calendar_feeds: Arc::new(calendars::calendars(settings, signer.clone())?),
        signer,
        webhooks: webhooks::webhooks(settings)?,
        payment: payments.provider.clone(),
        clock,
        randomness,
        dev_outbox: outbox.map(|outbox| outbox as Arc<dyn DevOutbox>),
        subscribers: vec![Arc::new(PageInvalidation::new(pages.clone())), metrics.clone()],
        telemetry: metrics.clone(),
        feed_polls: Arc::default(),
        fault_points: fault_points(settings)?,
        policy: policy(settings)?,
        claim: None,
    };
    let limiter = RequestLimiter::new(settings.limits.requests_per_second, settings.limits.request_burst);
    let state = State {
        app,
        pages,
        http: web::options(settings),
        dialects: web::dialects(settings, &payments),
        openapi: || openapi::TEXT.as_str(),
        metrics: metrics.clone(),
        traces: Arc::new(TraceContexts),
        limiter,
        uploads: UploadTurns::default(),
        upload_budget: UploadBudget::new(settings.server.upload_budget_bytes),
    };
    Ok(Site { state, metrics })
}

/// The adapters that work inside the process, without a call to another one.
pub(crate) struct Inside {
    captchas: JpegCaptchaPainter,
    speaker: WavCaptchaSpeaker,
    passwords: Argon2Hasher,
    sealer: ChaChaSealer,
    signer: HmacSigner,
}

/// Builds them.
///
/// # Errors
/// [`WiringError`] for the first part whose settings cannot be.
pub(crate) fn inside(settings: &Settings, randomness: &Arc<dyn Randomness>) -> Result<Inside, WiringError> {
    let keys = keys(settings, randomness.as_ref())?;
    let captcha_bounds = Bounds { permits: settings.captcha.permits(), queue: settings.captcha.queue };
    Ok(Inside {
        captchas: JpegCaptchaPainter::new(captcha_bounds, randomness.clone())
            .map_err(|error| WiringError::Captcha(error.into()))?,
        speaker: WavCaptchaSpeaker::new(captcha_bounds, randomness.clone())
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
        signer: HmacSigner::new(&keys)?,
        sealer: ChaChaSealer::new(keys, randomness.clone())?,
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
        search_timeout: Duration::from_millis(database.search_timeout_ms).min(statement_timeout),
        pooler: match database.pooler {
            DatabasePooler::None => Pooler::None,
            DatabasePooler::Session => Pooler::Session,
            DatabasePooler::Transaction => Pooler::Transaction,
        },
    })
    .await
}

pub(crate) fn objects(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Arc<dyn ObjectStore>, WiringError> {
    Ok(match settings.objects.url.adapter() {
        ObjectsAdapter::File => Arc::new(DiskObjects::new(settings.media_dir(), public_base(settings))),
        ObjectsAdapter::Qiniu => Arc::new(clouds::qiniu(&settings.objects, clock)?),
        ObjectsAdapter::S3 => Arc::new(clouds::s3(&settings.objects)?),
    })
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

/// The keys of the site; profile dev makes one of its own.
fn keys(settings: &Settings, randomness: &dyn Randomness) -> Result<Vec<SealKey>, WiringError> {
    let mut keys = settings.identity.seal_keys()?;
    if keys.is_empty() && settings.profile == Profile::Dev {
        keys.push(dev_seal_key(&settings.data_dir, randomness)?);
    }
    Ok(keys)
}

fn policy(settings: &Settings) -> Result<Policy, WiringError> {
    let mut booking = settings.booking.policy();
    if settings.payment.is_on() {
        booking.orders.payment = PaymentPolicy::Required;
    }
    Ok(Policy {
        booking,
        payment: payments::rules(settings)?,
        messages: settings.messages.rules(),
        passwords: PasswordPolicy { refuse_common: settings.passwords.refuse_common },
        time_zone: settings.site.time_zone,
        default_avatar: settings.site.default_avatar.clone(),
        page_size: settings.site.page_size,
        max_results: settings.search.max_results,
        session_lifetime: Duration::from_secs(settings.session.lifetime_seconds),
        captcha_language: settings.captcha.language(),
        proof_of_work: settings.captcha.proof_of_work,
        session_idle: Duration::from_secs(settings.session.idle_seconds),
        tell_registered: settings.classic.tell_registered,
        captcha_audio: settings.captcha.audio,
        show_whole_identity: settings.identity.show_whole,
        accounts_per_identity: settings.identity.accounts_per_number,
        reserved_names: settings.site.reserved_names.clone(),
        limits: settings.limits.limits(),
        quotas: settings.quotas.quotas(),
        real_name_to_order: settings.booking.real_name_to_order,
        occupants_required: settings.booking.occupants_required,
        retention: settings.retention.policy(),
        old_pages: settings.booking.old_pages(),
        ..Policy::default()
    })
}
