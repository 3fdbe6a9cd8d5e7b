//! A server in this process: real adapters on a temporary folder, a real socket on a free port.

use std::{net::TcpListener, path::PathBuf, sync::Arc, time::Duration};

use minsu_api::{
    dialect::classic::ClassicData,
    http::{
        request_limiter::RequestLimiter,
        state::{HttpSettings, State},
    },
    serve::{ServeOptions, serve},
    settings::ForwardedHeader,
};
use minsu_application::{App, Limits, Policy};
use minsu_cache::{MemoryCache, MemoryCacheOptions, TwoTierPages};
use minsu_captcha::{CaptchaOptions, JpegCaptchaPainter, WavCaptchaSpeaker};
use minsu_metrics::Metrics;
use minsu_objects::DiskObjects;
use minsu_pictures::{ImagePictures, PictureOptions};
use minsu_ports::Randomness;
use minsu_sms::Outbox;
use minsu_store::{SqlStore, StoreOptions};
use minsu_system::{Argon2Hasher, Argon2Settings, ChaChaSealer, OsRandomness, SealKey, SystemClock};
use tempfile::TempDir;

/// For tests of anything else.
const NO_LIMITS: Limits = Limits {
    sms_per_mobile_minute: 0,
    sms_per_mobile_hour: 0,
    sms_per_mobile_day: 0,
    sms_per_address_day: 0,
    sms_per_day: 0,
    captchas_per_address_minute: 0,
    login_failures: 0,
    login_failures_address: 0,
    login_delay: Duration::from_secs(2),
    login_delay_max: Duration::from_secs(900),
    waiting_orders_per_guest: 0,
};

/// A running server; its folder goes with it.
pub struct TestServer {
    pub base: String,
    pub outbox: PathBuf,
    _folder: TempDir,
}

impl TestServer {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts a server after `change` had its way with the state.
    pub async fn start_with(change: impl FnOnce(&mut State)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let outbox = folder.path().join("dev-outbox.jsonl");
        let mut state = state(&folder, &base, outbox.clone()).await;
        change(&mut state);
        let options = ServeOptions {
            workers: 2,
            shutdown_timeout: Duration::from_secs(1),
            held: false,
            keep_alive: Duration::from_secs(5),
            request_timeout: Duration::from_secs(5),
        };
        // The thread ends with the test process.
        std::thread::spawn(move || actix_web::rt::System::new().block_on(serve(listener, state, options)).unwrap());
        Self { base, outbox, _folder: folder }
    }
}

async fn state(folder: &TempDir, base: &str, outbox: PathBuf) -> State {
    let url = format!("sqlite://{}/minsu.sqlite3", folder.path().display());
    minsu_store::migrate_up(&url).await.unwrap();
    let randomness: Arc<dyn Randomness> = Arc::new(OsRandomness);
    let outbox = Arc::new(Outbox::new(outbox));
    // Weak parameters: what is tested here is not how slow a hash is.
    let argon2 = Argon2Settings { memory_kib: 64, iterations: 1, parallelism: 1, permits: 2, queue: 1000 };
    let key = SealKey { id: "test".into(), key: secrecy::SecretBox::new(Box::new([7; 32])) };
    let metrics = Arc::new(Metrics::new(Vec::new()));
    State {
        app: App {
            store: Arc::new(SqlStore::connect(&StoreOptions::new(url)).await.unwrap()),
            cache: Arc::new(MemoryCache::new(MemoryCacheOptions::default())),
            pages: Arc::new(TwoTierPages::alone(1 << 20)),
            sms: outbox.clone(),
            objects: Arc::new(DiskObjects::new(folder.path().join("media"), format!("{base}/media"))),
            pictures: Arc::new(ImagePictures::new(PictureOptions::default())),
            captchas: Arc::new(
                JpegCaptchaPainter::new(CaptchaOptions { permits: 2, queue: 100 }, randomness.clone()).unwrap(),
            ),
            speaker: Arc::new(
                WavCaptchaSpeaker::new(CaptchaOptions { permits: 2, queue: 100 }, randomness.clone()).unwrap(),
            ),
            passwords: Arc::new(Argon2Hasher::new(argon2, randomness.clone()).unwrap()),
            sealer: Arc::new(ChaChaSealer::new(vec![key], randomness.clone()).unwrap()),
            clock: Arc::new(SystemClock),
            randomness,
            dev_outbox: Some(outbox),
            events: metrics.clone(),
            // Everybody here has the same address, and some ask for two codes at once.
            policy: Policy { limits: NO_LIMITS, ..Policy::default() },
        },
        metrics,
        http: HttpSettings {
            business_status: false,
            session_cookie: "minsu_session".into(),
            secure_cookies: false,
            allowed_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            forwarded_header: ForwardedHeader::XForwardedFor,
            body_timeout: Duration::from_secs(30),
            json_limit: 65_536,
            upload_limit: 10 << 20,
            docs: true,
            classic_data: ClassicData::Documented,
        },
        limiter: RequestLimiter::new(0, 1),
    }
}
