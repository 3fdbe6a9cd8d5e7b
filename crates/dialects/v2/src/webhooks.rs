//! Webhooks.

use actix_web::{HttpRequest, HttpResponse, Responder, web};
use minsu_application::{
    AccountError, App, AppError, WebhookError,
    webhooks::{self, ChangeWebhook, CreateWebhook, ListDeliveries},
};
use minsu_domain::{Change, DeliveryId, DeliveryState, EventKinds, Scope, WebhookId};
use minsu_ports::Webhook;
use minsu_web::{
    api_error::ApiError,
    native_fault::FieldRule,
    openapi::{
        call::{Call, Input, Verb},
        refusals::{self, ConcatAll},
    },
    pages::json,
};
use serde_json::Value;
use utoipa::IntoParams;

use crate::{
    acting::{Caller, Site},
    cursor,
    fields::{Fields, boolean, string},
    listing_changes::expected,
    listings::{id_in_path, invalid_parameters},
    query::{Query, id},
    repeats::KeptBody,
    reply::{Reply, no_content},
    tokens::unconfirmed,
    values, version,
    webhook_dto::{DeliveryData, DeliveryPage, WebhookBody, WebhookData, WebhookPatch, Webhooks},
    webhook_states::DELIVERY_STATES,
};

/// The list whose cursors these are.
const LIST: &str = "webhook-deliveries";

const ID: Input = Input::new("id", "the webhook", values::id);
const DELIVERY: Input = Input::new("delivery", "the delivery", values::id);

fn not_found() -> Vec<ApiError> {
    refusals::app([AppError::Webhook(WebhookError::NotFound)])
}

fn address_refused() -> Vec<ApiError> {
    refusals::app([AppError::Webhook(WebhookError::AddressRefused)])
}

/// A webhook with its version.
fn seen(webhook: Webhook) -> Reply<WebhookData> {
    let webhook = WebhookData::from(webhook);
    let tag = version::tag(webhook.version());
    Reply::ok(webhook).with(tag)
}

/// The answer that shows a secret, which no repetition shows again.
fn with_secret(
    request: &HttpRequest,
    shown: WebhookData,
    reply: impl FnOnce(WebhookData) -> Reply<WebhookData>,
) -> Result<HttpResponse, ApiError> {
    let kept = json(&shown.without_secret())?;
    let tag = version::tag(shown.version());
    let mut response = reply(shown).with(tag).respond_to(request);
    response.extensions_mut().insert(KeptBody(kept));
    Ok(response)
}

/// Names of kinds of events.
fn kinds(value: &Value) -> Result<EventKinds, FieldRule> {
    let names = value.as_array().ok_or(FieldRule::Type)?;
    let names: Result<Vec<_>, _> = names.iter().map(|name| name.as_str().ok_or(FieldRule::Type)).collect();
    Ok(EventKinds::new(names?)?)
}

pub(crate) const LIST_CALL: Call = Call::get::<Webhooks>("/webhooks", "webhooks", "One's webhooks.")
    .says("The webhooks, the newest first. Their URLs and secrets are not shown.")
    .needs_scope(Scope::WebhooksRead);

pub(crate) async fn list(site: Site, caller: Caller) -> Result<Reply<Webhooks>, ApiError> {
    let webhooks = webhooks::list(site.app(), caller.0).await?;
    Ok(Reply::ok(Webhooks { items: webhooks.into_iter().map(WebhookData::from).collect() }))
}

pub(crate) const CREATE: Call = Call::post::<WebhookData>("/webhooks", "create_webhook", "Makes a webhook.")
    .says(
        "Sends the events of one's listings and orders from now on to a URL, as POST of `{id, type, at, data}`, \
         signed by the scheme of Standard Webhooks with the secret that this answer shows once. Each event is sent at \
         least once, under the same id; those of one order keep their order. What is not answered by a status of \
         success in time is sent again after 5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours; redirects are \
         not followed. There are at most 20 webhooks.",
    )
    .has_location()
    .has_tag()
    .needs_scope(Scope::WebhooksWrite)
    .with_json::<WebhookBody>()
    .refuses(|| {
        [
            address_refused(),
            refusals::app([AppError::Webhook(WebhookError::TooMany), AppError::Account(AccountError::NotFound)]),
        ]
        .concat_all()
    })
    .leads("/id", &[("webhook", "id"), ("delete_webhook", "id"), ("test_webhook", "id")]);

pub(crate) async fn create(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    mut body: Fields,
) -> Result<HttpResponse, ApiError> {
    let url = body.need("url", string);
    let kinds = body.may("events", kinds).unwrap_or_default();
    let command = body.finish(url.map(|url| CreateWebhook { url, kinds }))?;
    let created = webhooks::create(site.app(), caller.0, command).await?;
    let shown = WebhookData::from(created.webhook).with_secret(created.secret);
    let path = format!("/webhooks/{}", shown.id());
    with_secret(&request, shown, |shown| Reply::created(&path, shown))
}

pub(crate) const WEBHOOK: Call = Call::get::<WebhookData>("/webhooks/{id}", "webhook", "One webhook.")
    .says("A webhook. The `ETag` is its version.")
    .needs_scope(Scope::WebhooksRead)
    .has_tag()
    .with_path(ID)
    .refuses(not_found);

pub(crate) async fn webhook(site: Site, caller: Caller, id: web::Path<String>) -> Result<Reply<WebhookData>, ApiError> {
    Ok(seen(webhooks::find(site.app(), caller.0, id_in_path(&id)?).await?))
}

pub(crate) const PATCH: Call = Call::patch::<WebhookData>("/webhooks/{id}", "change_webhook", "Changes a webhook.")
    .says(
        "A JSON merge patch (RFC 7396): what is absent stays, and `null` for `events` means all. One that is turned off \
         parks what waits for it; turned on again it is sent the events from then on.",
    )
    .needs_scope(Scope::WebhooksWrite)
    .edits()
    .with_path(ID)
    .with_json::<WebhookPatch>()
    .refuses(|| [not_found(), address_refused()].concat_all());

pub(crate) async fn patch(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    id: web::Path<String>,
    mut body: Fields,
) -> Result<Reply<WebhookData>, ApiError> {
    let id: WebhookId = id_in_path(&id)?;
    webhooks::find(site.app(), caller.0, id).await?;
    let expected = expected(&request)?;
    let url = body.may("url", string);
    let kinds = match body.change("events", kinds) {
        Change::Keep => None,
        Change::Clear => Some(EventKinds::ALL),
        Change::Set(kinds) => Some(kinds),
    };
    let enabled = body.may("enabled", boolean);
    let command = body.finish(Some(ChangeWebhook { url, kinds, enabled }))?;
    Ok(seen(webhooks::change(site.app(), caller.0, id, command, expected).await?))
}

pub(crate) const DELETE: Call =
    Call::without_content(Verb::Delete, "/webhooks/{id}", "delete_webhook", "Deletes a webhook.")
        .says("Deletes a webhook with its deliveries. What is being sent at this moment may still arrive.")
        .needs_scope(Scope::WebhooksWrite)
        .with_path(ID)
        .refuses(not_found);

pub(crate) async fn delete(site: Site, caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    webhooks::remove(site.app(), caller.0, id_in_path(&id)?).await?;
    Ok(no_content())
}

pub(crate) const SECRET: Call =
    Call::post::<WebhookData>("/webhooks/{id}/secret", "renew_webhook_secret", "Gives a webhook another secret.")
        .says(
            "Another secret, shown here once. For 24 hours the one before signs beside it: `webhook-signature` has two \
             signatures then. The session must be confirmed.",
        )
        .needs_confirmation()
        .with_status(200)
        .has_tag()
        .with_path(ID)
        .refuses(|| {
            let stale = refusals::app([AppError::Webhook(WebhookError::VersionStale)]);
            [unconfirmed(), not_found(), stale].concat_all()
        });

pub(crate) async fn secret(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let renewed = webhooks::new_secret(site.app(), caller.0, id_in_path(&id)?).await?;
    let shown = WebhookData::from(renewed.webhook).with_secret(renewed.secret);
    with_secret(&request, shown, Reply::ok)
}

pub(crate) const TEST: Call = Call::post::<DeliveryData>("/webhooks/{id}/test", "test_webhook", "Tries a webhook.")
    .says(
        "Sends a message of the kind `webhook.test`, also to a webhook that is turned off. It is tried once, within \
         seconds; the list of deliveries tells what came of it.",
    )
    .needs_scope(Scope::WebhooksWrite)
    .with_status(202)
    .with_path(ID)
    .refuses(|| [not_found(), refusals::app([refusals::too_often()])].concat_all());

pub(crate) async fn test(site: Site, caller: Caller, id: web::Path<String>) -> Result<Reply<DeliveryData>, ApiError> {
    Ok(Reply::accepted(webhooks::test(site.app(), caller.0, id_in_path(&id)?).await?.into()))
}

/// The deliveries of a webhook, for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the document shows it; the handler reads the parameters one by one")]
pub struct DeliveryParams {
    /// Only deliveries in this state; several times, or with commas between them.
    #[param(inline, value_type = Option<Vec<values::DeliveryState>>)]
    state: Option<Vec<String>>,
    /// `next` of the page before.
    #[param(inline, value_type = Option<values::After>)]
    after: Option<String>,
    /// How many deliveries a page has; 20 where absent.
    #[param(inline, value_type = Option<values::Limit>)]
    limit: Option<u32>,
}

fn states(text: &str) -> Result<Vec<DeliveryState>, FieldRule> {
    let known = |name: &str| DELIVERY_STATES.into_iter().find(|(known, _)| *known == name).map(|(_, state)| state);
    text.split(',').map(|name| known(name).ok_or(FieldRule::Format)).collect()
}

fn read(app: &App, query: &str) -> Result<ListDeliveries, ApiError> {
    let mut query = Query::of(query);
    let command = ListDeliveries {
        states: query.list("state", states).unwrap_or_default(),
        after: query.may("after", |text| {
            let place = cursor::opened(app, LIST, text).ok_or(FieldRule::Mismatch)?;
            id::<DeliveryId>(&place).map_err(|_| FieldRule::Mismatch)
        }),
        limit: query.limit(),
    };
    query.finish()?;
    Ok(command)
}

pub(crate) const DELIVERIES: Call = Call::get::<DeliveryPage>(
    "/webhooks/{id}/deliveries",
    "deliveries",
    "What was sent to a webhook.",
)
.says("The deliveries of a webhook, the newest first, a page at a time. Those that ended are kept for some weeks.")
.needs_scope(Scope::WebhooksRead)
.with_path(ID)
.with_query::<DeliveryParams>()
.refuses(|| [not_found(), invalid_parameters()].concat_all());

pub(crate) async fn deliveries(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    id: web::Path<String>,
) -> Result<Reply<DeliveryPage>, ApiError> {
    let (app, id) = (site.app(), id_in_path(&id)?);
    webhooks::find(app, caller.0, id).await?;
    let page = webhooks::view_deliveries(app, caller.0, id, &read(app, request.query_string())?).await?;
    Ok(Reply::ok(DeliveryPage {
        next: page.next.map(|last| cursor::sealed(app, LIST, &last.to_string())),
        items: page.deliveries.into_iter().map(DeliveryData::from).collect(),
    }))
}

pub(crate) const REDELIVER: Call = Call::post::<DeliveryData>(
    "/webhooks/{id}/deliveries/{delivery}/redeliver",
    "redeliver",
    "Sends something to a webhook once more.",
)
.says(
    "Makes a delivery that ended due again, under the same id, from its first attempt on; also one that was taken. To a \
     webhook that is turned off it is tried once.",
)
.needs_scope(Scope::WebhooksWrite)
.with_status(202)
.with_path(ID)
.and_path(DELIVERY)
.refuses(|| [not_found(), refusals::app([AppError::Webhook(WebhookError::Waiting)])].concat_all());

pub(crate) async fn redeliver(
    site: Site,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Result<Reply<DeliveryData>, ApiError> {
    let (id, delivery) = (id_in_path(&path.0)?, id_in_path(&path.1)?);
    Ok(Reply::accepted(webhooks::redeliver(site.app(), caller.0, id, delivery).await?.into()))
}
