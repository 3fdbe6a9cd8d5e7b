//! Confirming a session, and the personal tokens that only a confirmed one makes.

use actix_web::{HttpRequest, HttpResponse, Responder, web};
use chrono::{DateTime, Utc};
use minsu_application::{
    AccountError, AppError, SessionError, TokenError,
    tokens::{self, CreateToken},
    users,
};
use minsu_domain::{Scope, Scopes, TokenId, TokenName};
use minsu_ports::PersonalToken;
use minsu_web::{
    api_error::ApiError,
    native_fault::FieldRule,
    openapi::{
        call::{Call, Input, Verb},
        refusals::{self, ConcatAll},
    },
    pages::json,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    acting::{Session, Site},
    dto::instant,
    fields::{Fields, string, text},
    listings::id_in_path,
    repeats::KeptBody,
    reply::{Reply, no_content},
    values,
};

/// The password, given again.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct ConfirmBody {
    /// The password.
    #[schema(value_type = values::Password)]
    password: String,
}

/// A token to be.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct TokenBody {
    /// What one calls it, 1 to 64 characters.
    #[schema(value_type = values::TokenName)]
    name: String,
    /// What it is good for, at least one of them.
    #[schema(value_type = values::ScopeNames)]
    scopes: Vec<String>,
    /// From when on it is good for nothing, RFC 3339; absent for never.
    #[schema(value_type = Option<values::Instant>, nullable = false)]
    expires_at: Option<String>,
}

/// A personal token.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TokenData {
    /// The id.
    #[schema(examples(5))]
    id: i64,
    /// What its owner calls it.
    #[schema(examples("calendar sync"))]
    name: String,
    /// What it is good for.
    #[schema(value_type = values::ScopeNames)]
    scopes: Vec<&'static str>,
    /// The token itself; in the answer that makes it, once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("minsu_0Qm2vZp9…"))]
    token: Option<String>,
    /// From when on it is good for nothing; absent for never.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2027-11-26T08:30:00Z"), format = DateTime)]
    expires_at: Option<String>,
    /// When it was used, to the minute; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-11-27T08:30:00Z"), format = DateTime)]
    last_used_at: Option<String>,
    /// When it was made.
    #[schema(examples("2026-11-26T08:30:00Z"), format = DateTime)]
    created_at: String,
}

impl From<PersonalToken> for TokenData {
    fn from(token: PersonalToken) -> Self {
        Self {
            id: token.id.get(),
            name: token.name.as_str().to_owned(),
            scopes: token.scopes.iter().map(Scope::name).collect(),
            token: None,
            expires_at: token.expires_at.map(instant),
            last_used_at: token.last_used_at.map(instant),
            created_at: instant(token.created_at),
        }
    }
}

/// All of one's tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// The tokens, the newest first, those that have expired included.
    items: Vec<TokenData>,
}

pub(crate) const CONFIRM: Call =
    Call::without_content(Verb::Post, "/session/confirm", "confirm_session", "Gives the password again.")
        .says("Confirms the session for 15 minutes, which dangerous calls need. A login confirms it too.")
        .needs_login()
        .with_json::<ConfirmBody>()
        .refuses(|| {
            refusals::app([
                AppError::Account(AccountError::WrongPassword),
                AppError::Account(AccountError::NotFound),
                AppError::Token(TokenError::SessionNeeded),
                AppError::Busy("hashing passwords"),
                refusals::too_often(),
            ])
        });

pub(crate) async fn confirm(site: Site, session: Session, mut body: Fields) -> Result<HttpResponse, ApiError> {
    let password = body.need("password", string);
    let password = body.finish(password)?;
    users::confirm_session(site.app(), session.principal, &session.token, &password).await?;
    Ok(no_content())
}

/// What a call refuses that needs a confirmed session.
pub(crate) fn unconfirmed() -> Vec<ApiError> {
    refusals::app([AppError::Session(SessionError::ConfirmationNeeded), AppError::Token(TokenError::SessionNeeded)])
}

pub(crate) const LIST: Call = Call::get::<Tokens>("/me/tokens", "tokens", "One's personal tokens.")
    .says("The personal tokens, the newest first. Their texts are not kept.")
    .needs_login()
    .refuses(|| refusals::app([AppError::Token(TokenError::SessionNeeded)]));

pub(crate) async fn list(site: Site, session: Session) -> Result<Reply<Tokens>, ApiError> {
    let tokens = tokens::list(site.app(), session.principal).await?;
    Ok(Reply::ok(Tokens { items: tokens.into_iter().map(TokenData::from).collect() }))
}

pub(crate) const CREATE: Call = Call::post::<TokenData>("/me/tokens", "create_token", "Makes a personal token.")
    .says(
        "A token for a program of one's own, sent as `Authorization: Bearer minsu_…`. It acts for its owner within \
         its scopes, and is shown here once. The session must be confirmed.",
    )
    .has_location()
    .needs_confirmation()
    .with_json::<TokenBody>()
    .refuses(|| {
        [
            unconfirmed(),
            refusals::app([AppError::Token(TokenError::TooMany), AppError::Account(AccountError::NotFound)]),
        ]
        .concat_all()
    })
    .leads("/id", &[("revoke_token", "id")]);

pub(crate) async fn create(
    site: Site,
    request: HttpRequest,
    session: Session,
    mut body: Fields,
) -> Result<HttpResponse, ApiError> {
    let name = body.need("name", text(|typed| TokenName::new(typed).map(|_| typed.to_owned())));
    let scopes = body.need("scopes", scopes);
    let expires_at = body.may("expires_at", instant_of);
    let command = || Some(CreateToken { name: name?, scopes: scopes?, expires_at });
    let command = body.finish(command())?;
    let created = tokens::create(site.app(), session.principal, command).await?;
    let shown = TokenData { token: Some(created.secret.as_str().to_owned()), ..created.token.into() };
    let kept = json(&TokenData { token: None, ..shown.clone() })?;
    let mut response = Reply::created(&format!("/me/tokens/{}", shown.id), shown).respond_to(&request);
    response.extensions_mut().insert(KeptBody(kept));
    Ok(response)
}

fn scopes(value: &Value) -> Result<Scopes, FieldRule> {
    let names = value.as_array().ok_or(FieldRule::Type)?;
    if names.is_empty() {
        return Err(FieldRule::Range);
    }
    let scope = |name: &Value| Ok(Scope::parse(name.as_str().ok_or(FieldRule::Type)?)?);
    names.iter().map(scope).collect()
}

fn instant_of(value: &Value) -> Result<DateTime<Utc>, FieldRule> {
    let text = value.as_str().ok_or(FieldRule::Type)?;
    Ok(DateTime::parse_from_rfc3339(text).map_err(|_| FieldRule::Format)?.to_utc())
}

pub(crate) const REVOKE: Call =
    Call::without_content(Verb::Delete, "/me/tokens/{id}", "revoke_token", "Revokes a personal token.")
        .says("Revokes a token, which is good for nothing from then on.")
        .needs_login()
        .with_path(Input::new("id", "the token", values::id))
        .refuses(|| refusals::app([AppError::Token(TokenError::NotFound), AppError::Token(TokenError::SessionNeeded)]));

pub(crate) async fn revoke(site: Site, session: Session, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let id: TokenId = id_in_path(&id)?;
    tokens::revoke(site.app(), session.principal, id).await?;
    Ok(no_content())
}
