//! Calls to the collector.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use minsu_http::{CallError, HttpClient, HttpOptions, SetupError};
use opentelemetry_http::{Bytes, HttpError, Request, Response};
use secrecy::ExposeSecret;
use thiserror::Error;
use tokio::runtime::{Builder, Runtime};

use crate::options::TracesOptions;

/// The most that is read of an answer.
const MOST: usize = 64 * 1024;

/// Calls the collector from the thread that delivers. That thread has no runtime, so this has one of its
/// own: no part of a call runs on the runtime that answers requests.
pub(crate) struct Collector {
    client: HttpClient,
    runtime: Runtime,
    /// Whether the last call failed: the log tells of changes only.
    down: AtomicBool,
}

impl Collector {
    pub(crate) fn new(options: &TracesOptions) -> Result<Self, SetupError> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(SetupError::part("the thread that delivers traces"))?;
        Ok(Self { client: client(options)?, runtime, down: AtomicBool::new(false) })
    }

    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (head, body) = request.into_parts();
        let call = self.client.client().request(head.method, head.uri.to_string()).headers(head.headers).body(body);
        let answer = self.client.answer(call, MOST).await?;
        let mut response = Response::new(answer.body);
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }

    fn tell(&self, result: &Result<Response<Bytes>, HttpError>) {
        let fault = match result {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answers {}", answer.status())),
            Err(error) => Some(error.to_string()),
        };
        match fault {
            Some(fault) if !self.down.swap(true, Ordering::Relaxed) => {
                tracing::warn!(fault, "the collector takes no traces: they are lost");
            }
            None if self.down.swap(false, Ordering::Relaxed) => tracing::info!("the collector takes traces again"),
            _ => {}
        }
    }
}

impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Collector")
    }
}

#[async_trait]
impl opentelemetry_http::HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let result = self.runtime.block_on(self.call(request));
        self.tell(&result);
        result
    }
}

fn client(options: &TracesOptions) -> Result<HttpClient, SetupError> {
    HttpClient::new(&HttpOptions { deadline: options.deadline, ..HttpOptions::default() })
}

/// The collector did not accept a delivery.
#[derive(Debug, Error)]
pub enum ProbeError {
    /// The client cannot be made.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// No answer.
    #[error("the collector does not answer")]
    Call(#[from] CallError),
    /// A status that is no success.
    #[error("the collector answers {0}")]
    Refused(u16),
}

/// Whether the collector takes an empty delivery.
///
/// # Errors
/// [`ProbeError`].
pub async fn probe(options: &TracesOptions) -> Result<(), ProbeError> {
    let client = client(options)?;
    let mut call = client.client().post(&options.endpoint).header("content-type", "application/x-protobuf");
    for (name, value) in options.headers().map_err(SetupError::from)? {
        call = call.header(name, value.expose_secret());
    }
    // A message without fields has no bytes.
    match client.answer(call.body(Bytes::new()), MOST).await?.status {
        status if status.is_success() => Ok(()),
        status => Err(ProbeError::Refused(status.as_u16())),
    }
}
