//! A receiver of webhooks.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU16, Ordering},
    },
    time::{Duration, Instant, UNIX_EPOCH},
};

use async_trait::async_trait;
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use hyper::{Method, Request, Response, StatusCode, header::LOCATION};
use serde_json::Value;
use sha2::Sha256;

use crate::{
    Faults,
    server::{Server, Service},
};

/// By how many seconds the clocks of sender and receiver may differ.
const TOLERANCE: u64 = 300;

/// A message that was sent to the receiver.
#[derive(Debug, Clone, PartialEq)]
pub struct WebhookDelivery {
    /// The header `webhook-id`.
    pub id: String,
    /// The body.
    pub body: Value,
    /// How many signatures it had, and how many of them are by the secret of the receiver.
    pub signatures: (usize, usize),
    /// The status that it was answered with.
    pub status: u16,
    /// When it came.
    pub at: Instant,
}

impl WebhookDelivery {
    /// The kind of event.
    pub fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    /// The order that it is about.
    pub fn order(&self) -> i64 {
        self.body["data"]["order_id"].as_i64().unwrap_or_default()
    }
}

#[derive(Default)]
struct State {
    secret: Mutex<String>,
    ahead: AtomicI64,
    status: AtomicU16,
    deliveries: Mutex<Vec<WebhookDelivery>>,
}

/// Takes messages as Standard Webhooks says: only those with a fresh timestamp and a signature by its secret. It can be
/// told to answer with any status, and to fail.
pub struct WebhookReceiver {
    state: Arc<State>,
    server: Server,
}

impl WebhookReceiver {
    /// Starts one without a secret: it refuses everything.
    pub async fn start() -> Self {
        let state = Arc::new(State::default());
        state.status.store(204, Ordering::SeqCst);
        let server = Server::start(Arc::new(Receiving(state.clone()))).await;
        Self { state, server }
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("{}/hooks/8f1e", self.server.url())
    }

    /// The secret that it knows from now on, `whsec_…`.
    pub fn knows(&self, secret: &str) {
        secret.clone_into(&mut self.state.secret.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What it answers from now on to a message that is signed; a redirect leads to itself.
    pub fn answers(&self, status: u16) {
        self.state.status.store(status, Ordering::SeqCst);
    }

    /// By how many seconds its clock is ahead of the machine's from now on.
    pub fn is_ahead(&self, seconds: i64) {
        self.state.ahead.store(seconds, Ordering::SeqCst);
    }

    /// How it fails.
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// Every message so far.
    pub fn deliveries(&self) -> Vec<WebhookDelivery> {
        self.state.deliveries.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The messages that were taken, each id once, in the order in which each was taken first.
    pub fn taken(&self) -> Vec<WebhookDelivery> {
        let mut taken: Vec<WebhookDelivery> = Vec::new();
        for delivery in self.deliveries().into_iter().filter(|delivery| delivery.status < 300) {
            if !taken.iter().any(|known| known.id == delivery.id) {
                taken.push(delivery);
            }
        }
        taken
    }

    /// Waits until so many messages were taken.
    ///
    /// # Panics
    /// When they were not in this time.
    pub async fn takes(&self, count: usize, within: Duration) -> Vec<WebhookDelivery> {
        let begun = Instant::now();
        loop {
            let taken = self.taken();
            if taken.len() >= count {
                return taken;
            }
            assert!(begun.elapsed() < within, "{} of {count} came: {:#?}", taken.len(), self.deliveries());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

struct Receiving(Arc<State>);

impl Receiving {
    /// How many signatures a message has, and how many are by our secret; none for one that is no message.
    fn signatures(&self, request: &Request<Bytes>) -> Option<(usize, usize)> {
        let header = |name: &str| request.headers().get(name)?.to_str().ok();
        let (id, timestamp, signed) =
            (header("webhook-id")?, header("webhook-timestamp")?, header("webhook-signature")?);
        let now = UNIX_EPOCH.elapsed().ok()?.as_secs().cast_signed() + self.0.ahead.load(Ordering::SeqCst);
        let is_fresh = timestamp.parse::<i64>().ok()?.abs_diff(now) <= TOLERANCE;
        let is_json = header("content-type")? == "application/json";
        if request.method() != Method::POST || !is_fresh || !is_json {
            return None;
        }
        let secret = self.0.secret.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).ok()?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(request.body());
        let ours = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
        let all: Vec<_> = signed.split(' ').collect();
        Some((all.len(), all.iter().filter(|signature| **signature == ours).count()))
    }
}

#[async_trait]
impl Service for Receiving {
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let signatures = self.signatures(&request).unwrap_or_default();
        let status = if signatures.1 == 0 { 401 } else { self.0.status.load(Ordering::SeqCst) };
        let id = request.headers().get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
        let body = serde_json::from_slice(request.body()).unwrap_or_default();
        let delivery = WebhookDelivery { id, body, signatures, status, at: Instant::now() };
        self.0.deliveries.lock().unwrap_or_else(PoisonError::into_inner).push(delivery);
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        if response.status().is_redirection() {
            response.headers_mut().insert(LOCATION, request.uri().path().parse().unwrap());
        }
        response
    }

    fn refusal(&self, code: &str, _: &Request<Bytes>) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = code.parse().unwrap();
        response
    }
}
