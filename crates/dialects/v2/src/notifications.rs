//! Which messages one wants.

use actix_web::HttpRequest;
use minsu_application::{AccountError, AppError, messages};
use minsu_domain::MessageKind;
use minsu_web::{
    api_error::ApiError,
    native_fault::FieldRule,
    openapi::{call::Call, refusals},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    acting::{Caller, Site},
    fields::Fields,
    me,
    reply::Reply,
    sessions::oneself,
    values, version,
};

/// Which messages one wants.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct NotificationsBody {
    /// The events that one wants to be told of by SMS, and no other; empty for none.
    #[schema(value_type = values::MessageKinds)]
    sms: Vec<String>,
}

/// Which messages one gets.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotificationsData {
    /// The events that one wants to be told of by SMS; all of them before one has chosen.
    #[schema(value_type = values::MessageKinds)]
    sms: Vec<&'static str>,
    /// The events that this site tells people of; the others are not sent, whatever one wants.
    #[schema(value_type = values::MessageKinds)]
    available: Vec<&'static str>,
}

pub(crate) const NOTIFICATIONS: Call =
    Call::get::<NotificationsData>("/me/notifications", "notifications", "Which messages one gets.")
        .says("Which events one is told of by SMS: those on which one must act. Its `ETag` is the version of `/me`.")
        .needs_login()
        .has_tag()
        .refuses(|| refusals::app([AppError::Account(AccountError::NotFound)]));

pub(crate) async fn notifications(site: Site, caller: Caller) -> Result<Reply<NotificationsData>, ApiError> {
    let chosen = messages::notifications(site.app(), caller.0).await?;
    let tag = version::tag(oneself(site.app(), caller.0).await?.version());
    let names = |kinds: Vec<MessageKind>| kinds.into_iter().map(MessageKind::name).collect();
    Ok(Reply::ok(NotificationsData { sms: names(chosen.sms), available: names(chosen.sent) }).with(tag))
}

pub(crate) const PUT: Call =
    Call::put::<NotificationsData>("/me/notifications", "choose_notifications", "Chooses which messages one gets.")
        .says("Chooses the events that one is told of by SMS. Messages are bounded: those above the limits wait.")
        .needs_login()
        .edits()
        .with_json::<NotificationsBody>()
        .refuses(|| refusals::app([AppError::Account(AccountError::NotFound)]));

pub(crate) async fn put(
    site: Site,
    request: HttpRequest,
    caller: Caller,
    mut body: Fields,
) -> Result<Reply<NotificationsData>, ApiError> {
    let expected = me::expected(&request)?;
    let sms = body.need("sms", kinds);
    let sms = body.finish(sms)?;
    messages::choose(site.app(), caller.0, sms, expected).await?;
    notifications(site, caller).await
}

fn kinds(value: &Value) -> Result<Vec<MessageKind>, FieldRule> {
    let names = value.as_array().ok_or(FieldRule::Type)?;
    let kind = |name: &Value| MessageKind::of_name(name.as_str().ok_or(FieldRule::Type)?).ok_or(FieldRule::Format);
    names.iter().map(kind).collect()
}
