//! Calendars of this site, for other sites that have a link.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, EntityTag, Header as _, IfNoneMatch},
    web,
};
use minsu_application::{AppError, CalendarError, exports};

use super::state::State;

/// The route. Its secret stands in no log: requests are logged and counted by their route.
pub const PATH: &str = "/ical/{secret}.ics";

/// `GET /ical/{secret}.ics`: the occupied days of a house. The same days have the same `ETag`, so that a site which
/// asks again and again gets 304. Whatever is no secret of a link is unknown, one that was renewed or deleted too.
pub async fn calendar(state: web::Data<State>, request: HttpRequest, secret: web::Path<String>) -> HttpResponse {
    match exports::serve(&state.app, &secret).await {
        Ok(served) => {
            let tag = EntityTag::new_strong(served.tag);
            let mut response = if has(&request, &tag) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
            response
                .insert_header((header::ETAG, tag.clone()))
                .insert_header((header::CACHE_CONTROL, "private, no-cache"))
                .insert_header(("x-robots-tag", "noindex"));
            if has(&request, &tag) {
                return response.finish();
            }
            response
                .content_type("text/calendar; charset=utf-8")
                .insert_header((header::CONTENT_DISPOSITION, "inline; filename=\"calendar.ics\""))
                .body(served.body)
        }
        Err(AppError::Calendar(CalendarError::NoSuchExport)) => HttpResponse::NotFound().finish(),
        Err(error) => {
            tracing::error!(%error, "a calendar was not served");
            HttpResponse::ServiceUnavailable().insert_header((header::RETRY_AFTER, "60")).finish()
        }
    }
}

/// Whether the client has the calendar with this tag.
fn has(request: &HttpRequest, tag: &EntityTag) -> bool {
    if !request.headers().contains_key(header::IF_NONE_MATCH) {
        return false;
    }
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_tag_is_known_in_either_strength() {
        let tag = EntityTag::new_strong("abc".to_owned());
        for (sent, known) in [
            ("\"abc\"", true),
            ("W/\"abc\"", true),
            ("\"x\", \"abc\"", true),
            ("*", true),
            ("\"x\"", false),
            ("abc", false),
        ] {
            let request = TestRequest::get().insert_header((header::IF_NONE_MATCH, sent)).to_http_request();
            assert_eq!(has(&request, &tag), known, "{sent}");
        }
        assert!(!has(&TestRequest::get().to_http_request(), &tag));
    }
}
