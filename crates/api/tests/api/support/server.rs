//! A server in this process: real adapters on a temporary folder, a real socket on a free port.

use std::{net::TcpListener, path::PathBuf, sync::Arc, time::Duration};

use minsu_api::{
    openapi,
    serve::{ServeOptions, serve},
    wiring::registered_dialects,
};
use minsu_application::{App, Limits, Policy, Quotas};
use minsu_cache::{MemoryCache, MemoryCacheOptions, TwoTierCache};
use minsu_captcha::{JpegCaptchaPainter, WavCaptchaSpeaker};
use minsu_executor::Bounds;
use minsu_http::{OutboundOptions, OutboundRules};
use minsu_ical::{HttpFeedFetcher, IcalCalendars, IcalOptions};
use minsu_metrics::Metrics;
use minsu_objects::DiskObjects;
use minsu_pictures::{ImagePictures, PictureOptions};
use minsu_ports::{NoFaultPoints, Randomness};
use minsu_sms::Outbox;
use minsu_store::{SqlStore, StoreOptions};
use minsu_system::{
    Argon2Hasher, Argon2Settings, ChaChaSealer, FairWorkScheduler, HmacSigner, OsRandomness, SealKey, SystemClock,
    WorkBounds, WorkSchedulerOptions,
};
use minsu_traces::TraceContexts;
use minsu_web::{
    invalidation::PageInvalidation,
    options::{ForwardedHeader, HttpOptions},
    request_limiter::RequestLimiter,
    state::State,
    upload_budget::UploadBudget,
    upload_turns::UploadTurns,
};
use minsu_webhooks::HttpWebhooks;
use tempfile::TempDir;

/// For tests of other features.
const NO_LIMITS: Limits = Limits {
    sms_per_mobile_minute: 0,
    sms_per_mobile_hour: 0,
    sms_per_mobile_day: 0,
    sms_per_address_day: 0,
    sms_unused_per_address_hour: 0,
    sms_unused_per_network_hour: 0,
    sms_unused_per_wide_network_hour: 0,
    sms_per_day: 0,
    captchas_per_address_minute: 0,
    spoken_captchas_per_address_day: 0,
    login_failures: 0,
    login_failures_address: 0,
    login_failures_per_mobile_day: 0,
    login_delay: Duration::from_secs(2),
    login_delay_max: Duration::from_secs(900),
    waiting_orders_per_guest: 0,
    messages_per_mobile_hour: 0,
    messages_per_mobile_day: 0,
    messages_per_day: 0,
};

/// For tests of other features.
const NO_QUOTAS: Quotas = Quotas {
    pictures_per_house: 0,
    houses_per_landlord: 0,
    picture_bytes_per_landlord: 0,
    publications_per_day: 0,
    orders_per_day: 0,
    waiting_days_per_guest: 0,
};

/// A running server; its folder goes with it.
pub struct TestServer {
    pub base: String,
    pub outbox: PathBuf,
    pub metrics: Arc<Metrics>,
    folder: Arc<TempDir>,
}

impl TestServer {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts a server on the state as `change` leaves it.
    pub async fn start_with(change: impl FnOnce(&mut State)) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let outbox = folder.path().join("dev-outbox.jsonl");
        let metrics = Arc::new(Metrics::new(Vec::new()));
        let mut state = state(&folder, &base, outbox.clone(), metrics.clone()).await;
        change(&mut state);
        Self::serve(listener, state, outbox, metrics, folder)
    }

    /// A second server on the data of this one, with a state of its own.
    pub fn sharing_cache_with(&self, state: State) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self::serve(listener, state, self.outbox.clone(), self.metrics.clone(), self.folder.clone())
    }

    fn serve(
        listener: TcpListener,
        state: State,
        outbox: PathBuf,
        metrics: Arc<Metrics>,
        folder: Arc<TempDir>,
    ) -> Self {
        let base = format!("http://{}", listener.local_addr().unwrap());
        let options = ServeOptions {
            workers: 2,
            shutdown_timeout: Duration::from_secs(1),
            held: false,
            keep_alive: Duration::from_secs(5),
            write_timeout: Duration::from_secs(60),
            request_timeout: Duration::from_secs(5),
        };
        // The thread ends with the test process.
        std::thread::spawn(move || actix_web::rt::System::new().block_on(serve(listener, state, options)).unwrap());
        Self { base, outbox, metrics, folder }
    }
}

/// Strangers of tests are on this machine.
fn loopback() -> OutboundOptions {
    let rules = OutboundRules { allow_loopback: true, ..OutboundRules::default() };
    OutboundOptions { rules, deadline: Duration::from_secs(3), ..OutboundOptions::default() }
}

async fn state(folder: &TempDir, base: &str, outbox: PathBuf, metrics: Arc<Metrics>) -> State {
    let url = format!("sqlite://{}/minsu.sqlite3", folder.path().display());
    minsu_store::migrate_up(&url).await.unwrap();
    let randomness: Arc<dyn Randomness> = Arc::new(OsRandomness);
    let outbox = Arc::new(Outbox::new(outbox));
    // Weak parameters: what is tested here is not how slow a hash is.
    let argon2 = Argon2Settings { memory_kib: 64, iterations: 1, parallelism: 1, permits: 2, queue: 1000 };
    let key = SealKey { id: "test".into(), key: secrecy::SecretBox::new(Box::new([7; 32])) };
    let signer = Arc::new(HmacSigner::new(std::slice::from_ref(&key)).unwrap());
    let pages = Arc::new(TwoTierCache::alone(1 << 20));
    // Everybody here has the same address: nothing is refused that the work behind it takes.
    let wide = WorkBounds {
        bounds: Bounds { permits: 1000, queue: 1000 },
        of_one_party: 1000,
        patience: Duration::from_secs(30),
    };
    let scheduler = WorkSchedulerOptions { hashing: wide, pictures: wide, searches: wide, exports: wide };
    State {
        app: App {
            store: Arc::new(SqlStore::connect(&StoreOptions::new(url)).await.unwrap()),
            cache: Arc::new(MemoryCache::new(MemoryCacheOptions::default())),
            sms: outbox.clone(),
            objects: Arc::new(DiskObjects::new(folder.path().join("media"), format!("{base}/media"))),
            pictures: Arc::new(ImagePictures::new(PictureOptions::default()).unwrap()),
            captchas: Arc::new(JpegCaptchaPainter::new(Bounds { permits: 2, queue: 100 }, randomness.clone()).unwrap()),
            speaker: Arc::new(WavCaptchaSpeaker::new(Bounds { permits: 2, queue: 100 }, randomness.clone()).unwrap()),
            passwords: Arc::new(Argon2Hasher::new(argon2, randomness.clone()).unwrap()),
            signer: signer.clone(),
            scheduler: Arc::new(FairWorkScheduler::new(&scheduler).unwrap()),
            sealer: Arc::new(ChaChaSealer::new(vec![key], randomness.clone()).unwrap()),
            webhooks: Arc::new(webhooks()),
            payment: None,
            feed_fetcher: Arc::new(HttpFeedFetcher::new(loopback()).unwrap()),
            calendar_feeds: Arc::new(
                IcalCalendars::new(IcalOptions::new(chrono_tz::Asia::Shanghai), signer.clone()).unwrap(),
            ),
            clock: Arc::new(SystemClock),
            feed_polls: Arc::default(),
            fault_points: Arc::new(NoFaultPoints),
            randomness,
            dev_outbox: Some(outbox),
            subscribers: vec![Arc::new(PageInvalidation::new(pages.clone())), metrics.clone()],
            telemetry: metrics.clone(),
            // All clients here have the same address, and some ask for two codes at once.
            policy: Policy {
                limits: NO_LIMITS,
                quotas: NO_QUOTAS,
                captcha_audio: true,
                accounts_per_identity: 0,
                ..Policy::default()
            },
            claim: None,
        },
        pages,
        metrics,
        dialects: registered_dialects(minsu_dialect_classic::Options::default()),
        openapi: || openapi::TEXT.as_str(),
        traces: Arc::new(TraceContexts),
        http: HttpOptions {
            business_status: false,
            session_cookie: "minsu_session".into(),
            former_session_cookie: None,
            secure_cookies: false,
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            forwarded_header: ForwardedHeader::XForwardedFor,
            body_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(60),
            json_limit: 65_536,
            upload_limit: 10 << 20,
            docs: true,
        },
        limiter: RequestLimiter::new(0, 1),
        uploads: UploadTurns::default(),
        upload_budget: UploadBudget::new(256 << 20),
    }
}

/// What calls webhooks.
fn webhooks() -> HttpWebhooks {
    HttpWebhooks::new(OutboundOptions { deadline: Duration::from_secs(2), ..loopback() }).unwrap()
}
