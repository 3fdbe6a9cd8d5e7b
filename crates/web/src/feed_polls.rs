//! Polls of calendars that a person asked for.

use minsu_application::{App, feeds};
use minsu_domain::FeedId;

/// Polls a feed that is due, beside the request that asked for it. Where the process ends before, the job does it.
pub fn poll_soon(app: &App, id: FeedId) {
    let app = app.clone();
    actix_web::rt::spawn(async move {
        if let Err(error) = feeds::poll(&app, id).await {
            tracing::warn!(%error, feed = %id, "a calendar was not polled");
        }
    });
}
