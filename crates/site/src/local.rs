//! Addresses inside the site.

use actix_web::{HttpResponse, http::header};
use minsu_application::App;

/// Whether a text is a path of this site, with a query or without: nothing that a browser could take for another
/// host.
pub fn is_target(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    plain && text.len() <= 500 && text.starts_with('/') && !text.starts_with("//")
}

/// The page to go on to after a login: the one that asked for it, or one's own.
pub fn after_login(next: &str) -> &str {
    if is_target(next) { next } else { "/me" }
}

/// The path of a whole address, where it is one of this site: a browser stays at the host name by which it came.
pub fn path_here<'a>(app: &App, url: &'a str) -> Option<&'a str> {
    let path = url.strip_prefix(app.policy.payment.public_url.trim_end_matches('/'))?;
    is_target(path).then_some(path)
}

/// One part of a query, percent-encoded.
pub fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The answer to a form: the browser reads another page (303).
pub fn redirect(target: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, target))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_followed() {
        for good in ["/", "/houses?area=3&start=2026-12-01", "/houses/3/book"] {
            assert!(is_target(good), "{good}");
        }
        for bad in ["", "houses", "//evil.example", "/\\evil.example", "https://evil.example", "/a b", "/a\nb", "/民"]
        {
            assert!(!is_target(bad), "{bad}");
            assert_eq!(after_login(bad), "/me");
        }
        assert!(!is_target(&format!("/{}", "a".repeat(500))));
        assert_eq!(encoded("/a?b=c d"), "%2Fa%3Fb%3Dc+d");
    }
}
