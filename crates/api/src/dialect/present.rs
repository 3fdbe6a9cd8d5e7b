//! How values look in answers, in every dialect the same.

use chrono::{DateTime, Utc};
use minsu_application::App;
use minsu_domain::PictureKey;

use crate::http::login::Viewer;

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

/// The URL of the small variant of a house picture, for lists; empty where there is none.
pub fn small_picture(app: &App, key: Option<&PictureKey>) -> String {
    key.map(|key| app.objects.public_url(&key.small())).unwrap_or_default()
}

/// Which of two ready pages somebody gets: people who are logged in see what they have just
/// changed, which a replica may not know yet.
pub fn form(viewer: &Viewer, strangers: &'static str, members: &'static str) -> &'static str {
    if viewer.0.is_some() { members } else { strangers }
}
