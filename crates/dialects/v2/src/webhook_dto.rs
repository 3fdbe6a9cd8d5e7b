//! Webhooks and their deliveries in answers and bodies.

use minsu_domain::DeliveryState;
use minsu_ports::{Cargo, Delivery, OrderedEvent, Webhook};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    dto::instant,
    values,
    webhook_states::{DELIVERY_STATES, WEBHOOK_STATES, name_of},
};

/// The kind of a test.
const TEST: &str = "webhook.test";

/// A webhook to be.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct WebhookBody {
    /// Where to: `https`, at a host of the internet. It is a secret, and never shown again.
    #[schema(value_type = values::WebhookUrl)]
    url: String,
    /// Which kinds of events; all where absent or empty.
    #[schema(value_type = Option<values::EventKinds>, nullable = false)]
    events: Option<Vec<String>>,
}

/// Changes of a webhook: what is absent stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct WebhookPatch {
    /// Where to.
    #[schema(value_type = Option<values::WebhookUrl>, nullable = false)]
    url: Option<String>,
    /// Which kinds of events; null for all.
    #[schema(value_type = Option<values::EventKinds>)]
    events: Option<Vec<String>>,
    /// Whether it is sent events.
    #[schema(nullable = false, examples(true))]
    enabled: Option<bool>,
}

/// A webhook.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WebhookData {
    /// The id.
    #[schema(examples(5))]
    id: i64,
    /// The host of its URL.
    #[schema(examples("receiver.example"))]
    host: String,
    /// The kinds of events that it takes; absent where it takes all.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<values::EventKinds>, nullable = false)]
    events: Option<Vec<&'static str>>,
    /// Whether it is sent events; `given_up` where the site turned it off, because it took nothing for five days.
    #[schema(value_type = values::WebhookState, examples("on"))]
    state: &'static str,
    /// The secret that signs, `whsec_` and Base64; in the answer that makes it, once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))]
    secret: Option<String>,
    /// Until when the secret before the last one signs beside it, or did; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-11-29T08:30:00Z"), format = DateTime)]
    former_secret_until: Option<String>,
    /// Since when it has taken nothing; absent where its last attempt succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-11-28T08:30:00Z"), format = DateTime)]
    failing_since: Option<String>,
    /// When it was made.
    #[schema(examples("2026-11-26T08:30:00Z"), format = DateTime)]
    created_at: String,
    #[serde(skip)]
    version: u32,
}

impl WebhookData {
    /// The version, for `ETag`.
    pub(crate) fn version(&self) -> u32 {
        self.version
    }

    /// The id.
    pub(crate) fn id(&self) -> i64 {
        self.id
    }

    /// The same with its secret.
    pub(crate) fn with_secret(self, secret: String) -> Self {
        Self { secret: Some(secret), ..self }
    }

    /// The same as it is kept: without a secret.
    pub(crate) fn without_secret(&self) -> Self {
        Self { secret: None, ..self.clone() }
    }
}

impl From<Webhook> for WebhookData {
    fn from(webhook: Webhook) -> Self {
        Self {
            id: webhook.id.get(),
            host: webhook.host,
            events: webhook.kinds.names().map(<[_]>::to_vec),
            state: name_of(&WEBHOOK_STATES, webhook.state),
            secret: None,
            former_secret_until: webhook.former_until.map(instant),
            failing_since: webhook.failing_since.map(instant),
            created_at: instant(webhook.created_at),
            version: webhook.version.get(),
        }
    }
}

/// One's webhooks.
#[derive(Debug, Serialize, ToSchema)]
pub struct Webhooks {
    /// The webhooks, the newest first.
    pub(crate) items: Vec<WebhookData>,
}

/// An event on its way to a webhook, or there.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryData {
    /// The id of the delivery.
    #[schema(examples(812))]
    id: i64,
    /// The header `webhook-id`: the id of the event.
    #[schema(examples("evt_42"))]
    event_id: String,
    /// The kind of the event, `webhook.test` for a test.
    #[serde(rename = "type")]
    #[schema(examples("order.placed"))]
    kind: &'static str,
    /// Whether it waits for an attempt, was taken, or is not tried again by itself.
    #[schema(value_type = values::DeliveryState, examples("delivered"))]
    state: &'static str,
    /// How many attempts were begun.
    #[schema(examples(1))]
    attempts: u32,
    /// The status of the last answer; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples(204))]
    status: Option<u16>,
    /// What went wrong at the last attempt: `status`, `redirect`, `timeout`, `no_connection`, `unknown_host`,
    /// `address_refused`, `too_large` and others; absent behind a success.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("timeout"))]
    error: Option<String>,
    /// How long the last attempt took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples(87))]
    duration_ms: Option<u32>,
    /// When the next attempt is due; absent where none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-11-28T08:35:00Z"), format = DateTime)]
    next_attempt_at: Option<String>,
    /// When it was made.
    #[schema(examples("2026-11-28T08:30:00Z"), format = DateTime)]
    created_at: String,
    /// When it was delivered or parked; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-11-28T08:30:01Z"), format = DateTime)]
    ended_at: Option<String>,
}

impl From<Delivery> for DeliveryData {
    fn from(delivery: Delivery) -> Self {
        let (event_id, kind) = match delivery.cargo {
            Cargo::Event { position, kind } => (OrderedEvent::id_at(position), kind),
            Cargo::Test => (format!("test_{}", delivery.id), TEST),
        };
        let waits = delivery.state == DeliveryState::Waiting;
        let (status, error, duration_ms) =
            delivery.last.map_or((None, None, None), |last| (last.status, last.error, Some(last.millis)));
        Self {
            id: delivery.id.get(),
            event_id,
            kind,
            state: name_of(&DELIVERY_STATES, delivery.state),
            attempts: delivery.attempts,
            status,
            error,
            duration_ms,
            next_attempt_at: waits.then(|| instant(delivery.next_at)),
            created_at: instant(delivery.created_at),
            ended_at: delivery.ended_at.map(instant),
        }
    }
}

/// A page of deliveries.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryPage {
    /// The deliveries, the newest first.
    pub(crate) items: Vec<DeliveryData>,
    /// Where the next page begins; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("c2lnbmF0dXJl…"))]
    pub(crate) next: Option<String>,
}
