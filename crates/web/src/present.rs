//! The form of values in answers, the same in every dialect.

use actix_web::{HttpRequest, http::header};
use chrono::{DateTime, Utc};
use minsu_application::App;
use minsu_domain::PictureKey;

use crate::{login::Viewer, state::State};

/// `YYYY-MM-DD` in the site's time zone.
pub fn date(app: &App, instant: DateTime<Utc>) -> String {
    app.local(instant).format("%Y-%m-%d").to_string()
}

/// `YYYY-MM-DD HH:MM:SS` in the site's time zone.
pub fn date_time(app: &App, instant: DateTime<Utc>) -> String {
    app.local(instant).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The URL of a picture; empty where there is none.
pub fn picture(app: &App, key: Option<&PictureKey>) -> String {
    key.map(|key| app.objects.public_url(key)).unwrap_or_default()
}

/// The URL of a portrait; that of the site's default avatar where there is none.
pub fn portrait(app: &App, key: Option<&PictureKey>) -> String {
    key.map_or_else(|| app.policy.default_avatar.clone(), |key| app.objects.public_url(key))
}

/// The URL of the small variant of a house picture, for lists; empty where there is none.
pub fn small_picture(app: &App, key: Option<&PictureKey>) -> String {
    key.map(|key| app.objects.public_url(&key.small())).unwrap_or_default()
}

/// The form of a cached page for a viewer: users who are logged in see their own latest changes, which a
/// replica may not have yet.
pub fn form(viewer: &Viewer, strangers: &'static str, members: &'static str) -> &'static str {
    if viewer.0.is_some() { members } else { strangers }
}

/// The whole URL of a path of this site, for people to copy: at the address that the site has by its settings, or
/// else at the one that the browser asked.
pub fn address(state: &State, request: &HttpRequest, path: &str) -> String {
    let known = &state.app.policy.payment.public_url;
    if !known.is_empty() {
        return format!("{known}{path}");
    }
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if state.http.secure_cookies { "https" } else { "http" };
    format!("{scheme}://{host}{path}")
}
