//! A collector of OpenTelemetry: takes traces as protobuf over HTTP.

mod protobuf;
mod spans;

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use hyper::{
    Method, Request, Response,
    header::{AUTHORIZATION, CONTENT_TYPE},
};

pub use spans::Span;

use crate::{
    Faults,
    server::{Server, Service},
};

/// A running collector that wants a token.
#[derive(Debug)]
pub struct Collector {
    server: Server,
    taken: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    spans: Mutex<Vec<Span>>,
    /// Every body, for tests that search it for data that must not be in it.
    bodies: Mutex<Vec<Bytes>>,
}

impl Collector {
    /// What the header `authorization` must say.
    pub const AUTHORIZATION: &'static str = "Bearer fake-token";

    /// Starts one.
    pub async fn start() -> Self {
        let taken = Arc::new(State::default());
        Self { server: Server::start(taken.clone()).await, taken }
    }

    /// The URL that takes traces.
    pub fn url(&self) -> String {
        format!("{}/v1/traces", self.server.url())
    }

    /// Its faults. A refusal's code is a status.
    pub fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// The spans that it has accepted so far.
    pub fn spans(&self) -> Vec<Span> {
        self.taken.spans.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether these bytes were in anything that was sent.
    pub fn was_told(&self, text: &str) -> bool {
        let bodies = self.taken.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        bodies.iter().any(|body| body.windows(text.len()).any(|window| window == text.as_bytes()))
    }
}

#[async_trait]
impl Service for State {
    async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        self.bodies.lock().unwrap_or_else(PoisonError::into_inner).push(request.body().clone());
        if (request.method(), request.uri().path()) != (&Method::POST, "/v1/traces") {
            return status(404);
        }
        if header(AUTHORIZATION) != Some(Collector::AUTHORIZATION) {
            return status(401);
        }
        if header(CONTENT_TYPE) != Some("application/x-protobuf") {
            return status(415);
        }
        match spans::read(request.body()) {
            Ok(spans) => {
                self.spans.lock().unwrap_or_else(PoisonError::into_inner).extend(spans);
                // A response without fields has no bytes.
                status(200)
            }
            Err(_) => status(400),
        }
    }

    fn refusal(&self, code: &str, _: &Request<Bytes>) -> Response<Bytes> {
        status(code.parse().unwrap())
    }
}

fn status(status: u16) -> Response<Bytes> {
    Response::builder().status(status).header(CONTENT_TYPE, "application/x-protobuf").body(Bytes::new()).unwrap()
}
