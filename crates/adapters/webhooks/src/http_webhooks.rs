//! Webhooks over HTTP.

use async_trait::async_trait;
use bytes::Bytes;
use minsu_http::{OutboundClient, OutboundError, OutboundOptions, SetupError};
use minsu_ports::{WebhookCall, WebhookFailure, WebhookSender, WebhookUrlError};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::{body::body, signature::signatures};

/// The most bytes of an answer; what it says is not looked at.
pub const MOST_ANSWER_BYTES: usize = 64 << 10;

/// Sends messages by POST.
#[derive(Debug, Clone)]
pub struct HttpWebhooks {
    client: OutboundClient,
}

impl HttpWebhooks {
    /// Sends to what these options let through, within their deadline; answers have at most [`MOST_ANSWER_BYTES`].
    ///
    /// # Errors
    /// [`SetupError`].
    pub fn new(options: OutboundOptions) -> Result<Self, SetupError> {
        Ok(Self { client: OutboundClient::new(OutboundOptions { most: MOST_ANSWER_BYTES, ..options })? })
    }
}

#[async_trait]
impl WebhookSender for HttpWebhooks {
    async fn host(&self, url: &str) -> Result<String, WebhookUrlError> {
        let url = Url::parse(url).map_err(|_| WebhookUrlError::Malformed)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(WebhookUrlError::Malformed)?.to_owned();
        match self.client.check(&url).await {
            Err(error) if error.is_refusal() => Err(WebhookUrlError::Refused),
            // A name may be known later; an attempt finds out.
            Ok(()) | Err(_) => Ok(host),
        }
    }

    #[tracing::instrument(level = "trace", name = "webhook", skip_all, fields(otel.kind = "client"))]
    async fn send<'a>(&self, call: WebhookCall<'a>) -> Result<u16, WebhookFailure> {
        let url = Url::parse(call.url).map_err(|_| WebhookFailure::Refused(OutboundError::Url.code()))?;
        let body = body(call.id, &call.message).map_err(|_| WebhookFailure::Unanswered("body"))?;
        let headers = headers(&call, &body).ok_or(WebhookFailure::Unanswered("headers"))?;
        match self.client.post(&url, &headers, Bytes::from(body)).await {
            Ok(answer) if answer.status.is_success() => Ok(answer.status.as_u16()),
            Ok(answer) => Err(WebhookFailure::Status(answer.status.as_u16())),
            Err(error) if error.is_refusal() => Err(WebhookFailure::Refused(error.code())),
            Err(error) => Err(WebhookFailure::Unanswered(error.code())),
        }
    }
}

/// The headers of a message.
fn headers(call: &WebhookCall<'_>, body: &[u8]) -> Option<HeaderMap> {
    let timestamp = call.at.timestamp();
    let signature = signatures(call.id, timestamp, body, call.secrets);
    let values = [
        (HeaderName::from_static("webhook-id"), HeaderValue::try_from(call.id).ok()?),
        (HeaderName::from_static("webhook-timestamp"), HeaderValue::from(timestamp)),
        (HeaderName::from_static("webhook-signature"), HeaderValue::try_from(signature).ok()?),
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
    ];
    Some(values.into_iter().collect())
}
