//! A person's webhooks: the list, and one with its deliveries.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::{
    AppError, users,
    webhooks::{self, ChangeWebhook, CreateWebhook, ListDeliveries, MAX_URL_CHARS},
};
use minsu_domain::{
    DeliveryId, DeliveryState, Event, EventKinds, Means, PageLimit, Principal, WebhookId, WebhookState,
};
use minsu_ports::{Cargo, Delivery, OrderedEvent, Webhook};
use minsu_web::{api_error::ApiError, fields::parse_id, login::LoggedIn, present, state::State};

use crate::{
    answer::answer,
    done,
    form::{Fields, MemberForm},
    frame::{self, Frame},
    listing::id_in_path,
    local,
};

/// A webhook in the list.
struct Item {
    id: i64,
    host: String,
    state: WebhookState,
    is_failing: bool,
    kinds: Option<String>,
}

struct Kind {
    name: &'static str,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "host_webhooks.html")]
struct ListPage {
    f: Frame,
    tab: &'static str,
    items: Vec<Item>,
    kinds: Vec<Kind>,
    url: String,
    longest_url: usize,
}

/// A delivery of a webhook.
struct Sent {
    id: i64,
    event: String,
    kind: &'static str,
    state: DeliveryState,
    attempts: u32,
    result: Option<String>,
    at: String,
    next_at: Option<String>,
}

#[derive(Template)]
#[template(path = "host_webhook.html")]
struct WebhookPage {
    f: Frame,
    tab: &'static str,
    item: Item,
    since: String,
    failing_since: Option<String>,
    former_until: Option<String>,
    /// The secret, right after it was made.
    secret: Option<String>,
    deliveries: Vec<Sent>,
    /// Behind which delivery the list goes on.
    next: Option<i64>,
}

fn item(webhook: &Webhook) -> Item {
    Item {
        id: webhook.id.get(),
        host: webhook.host.clone(),
        state: webhook.state,
        is_failing: webhook.failing_since.is_some(),
        kinds: webhook.kinds.names().map(|names| names.join(", ")),
    }
}

async fn listed(
    state: &State,
    request: &HttpRequest,
    f: Frame,
    viewer: Principal,
    typed: &Fields,
) -> Result<HttpResponse, ApiError> {
    let webhooks = webhooks::list(&state.app, viewer).await?;
    let chosen: Vec<&str> = typed.all("events").collect();
    let kind = |name: &&'static str| Kind { name, chosen: chosen.contains(name) };
    let page = ListPage {
        f,
        tab: "webhooks",
        items: webhooks.iter().map(item).collect(),
        kinds: Event::FOLLOWED.iter().map(kind).collect(),
        url: typed.get("url").to_owned(),
        longest_url: MAX_URL_CHARS,
    };
    frame::personal(request, state, &page, &page.f)
}

fn sent(state: &State, delivery: Delivery) -> Sent {
    let (event, kind) = match delivery.cargo {
        Cargo::Event { position, kind } => (OrderedEvent::id_at(position), kind),
        Cargo::Test => (format!("test_{}", delivery.id), "webhook.test"),
    };
    let app = &state.app;
    let result = delivery.last.map(|last| match (last.status, last.error) {
        (Some(status), _) => format!("{status} · {} ms", last.millis),
        (None, error) => format!("{} · {} ms", error.unwrap_or_default(), last.millis),
    });
    let waits = delivery.state == DeliveryState::Waiting;
    Sent {
        id: delivery.id.get(),
        event,
        kind,
        state: delivery.state,
        attempts: delivery.attempts,
        result,
        at: present::date_time(app, delivery.created_at),
        next_at: waits.then(|| present::date_time(app, delivery.next_at)),
    }
}

async fn shown(
    state: &State,
    request: &HttpRequest,
    f: Frame,
    viewer: Principal,
    id: WebhookId,
    secret: Option<String>,
) -> Result<HttpResponse, ApiError> {
    let app = &state.app;
    let webhook = webhooks::find(app, viewer, id).await?;
    let after = Fields::of_query(request).filled("after").and_then(|text| parse_id::<DeliveryId>(text).ok());
    let query = ListDeliveries { states: vec![], after, limit: PageLimit::USUAL };
    let deliveries = webhooks::view_deliveries(app, viewer, id, &query).await?;
    let now = app.clock.now();
    let page = WebhookPage {
        f,
        tab: "webhooks",
        item: item(&webhook),
        since: present::date_time(app, webhook.created_at),
        failing_since: webhook.failing_since.map(|since| present::date_time(app, since)),
        former_until: webhook.former_until.filter(|until| *until > now).map(|until| present::date_time(app, until)),
        secret,
        next: deliveries.next.map(DeliveryId::get),
        deliveries: deliveries.deliveries.into_iter().map(|delivery| sent(state, delivery)).collect(),
    };
    frame::personal(request, state, &page, &page.f)
}

/// `GET /host/webhooks`
pub async fn list(state: web::Data<State>, request: HttpRequest, viewer: LoggedIn) -> Result<HttpResponse, ApiError> {
    let fields = Fields::of_query(&request);
    let frame = done::told(Frame::of(&request, &state), &fields);
    listed(&state, &request, frame, viewer.0, &Fields::known(vec![])).await
}

/// `POST /host/webhooks`: the page of the new webhook shows its secret, this once.
pub async fn create(state: web::Data<State>, request: HttpRequest, form: MemberForm) -> Result<HttpResponse, ApiError> {
    let command = EventKinds::new(form.fields.all("events"))
        .map(|kinds| CreateWebhook { url: form.fields.get("url").trim().to_owned(), kinds });
    let created = match command {
        Ok(command) => webhooks::create(&state.app, form.viewer, command).await,
        Err(invalid) => Err(AppError::from(invalid)),
    };
    let done = match created {
        Ok(created) => {
            let frame = Frame::of(&request, &state);
            shown(&state, &request, frame, form.viewer, created.webhook.id, Some(created.secret)).await
        }
        Err(error) => Err(error.into()),
    };
    answer(&state, &request, done, async |frame| listed(&state, &request, frame, form.viewer, &form.fields).await).await
}

/// `GET /host/webhooks/{id}`
pub async fn look(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let frame = done::told(Frame::of(&request, &state), &Fields::of_query(&request));
    shown(&state, &request, frame, viewer.0, id_in_path(&id)?, None).await
}

/// Leads back to the page of a webhook, or shows it with what was refused.
async fn answered(
    state: &State,
    request: &HttpRequest,
    viewer: Principal,
    id: WebhookId,
    result: Result<&'static str, AppError>,
) -> Result<HttpResponse, ApiError> {
    let path = |done| local::redirect(&format!("/host/webhooks/{id}?done={done}"));
    let done = result.map(path).map_err(ApiError::from);
    answer(state, request, done, async |frame| shown(state, request, frame, viewer, id, None).await).await
}

/// `POST /host/webhooks/{id}/test`
pub async fn test(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id = id_in_path(&id)?;
    let tested = webhooks::test(&state.app, form.viewer, id).await;
    answered(&state, &request, form.viewer, id, tested.map(|_| "tested")).await
}

/// `POST /host/webhooks/{id}/state`: turns it on or off.
pub async fn turn(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id = id_in_path(&id)?;
    let enabled = form.fields.get("enabled") == "1";
    let command = ChangeWebhook { enabled: Some(enabled), ..ChangeWebhook::default() };
    let changed = webhooks::change(&state.app, form.viewer, id, command, None).await;
    let done = if enabled { "hook_on" } else { "hook_off" };
    answered(&state, &request, form.viewer, id, changed.map(|_| done)).await
}

/// `POST /host/webhooks/{id}/secret`: its page shows the new secret, this once.
pub async fn renew(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id = id_in_path(&id)?;
    let renewed = async {
        users::confirm_session(&state.app, form.viewer, &form.token, form.fields.get("password")).await?;
        let confirmed = Principal { means: Means::Session { confirmed: true }, ..form.viewer };
        webhooks::new_secret(&state.app, confirmed, id).await
    };
    let done = match renewed.await {
        Ok(renewed) => {
            shown(&state, &request, Frame::of(&request, &state), form.viewer, id, Some(renewed.secret)).await
        }
        Err(error) => Err(error.into()),
    };
    answer(&state, &request, done, async |frame| shown(&state, &request, frame, form.viewer, id, None).await).await
}

/// `POST /host/webhooks/{id}/delete`
pub async fn delete(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id = id_in_path(&id)?;
    webhooks::remove(&state.app, form.viewer, id).await?;
    answer(&state, &request, Ok(local::redirect("/host/webhooks?done=unhooked")), async |frame| {
        shown(&state, &request, frame, form.viewer, id, None).await
    })
    .await
}

/// `POST /host/webhooks/{id}/deliveries/{delivery}/redeliver`
pub async fn redeliver(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (id, delivery) = (id_in_path(&path.0)?, id_in_path(&path.1)?);
    let again = webhooks::redeliver(&state.app, form.viewer, id, delivery).await;
    answered(&state, &request, form.viewer, id, again.map(|_| "redelivered")).await
}
