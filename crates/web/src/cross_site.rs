//! Keeps pages of other sites from acting in the name of a visitor.

use actix_web::{HttpRequest, http::header::HeaderMap};

use super::{
    api_error::{ApiError, RequestFault},
    options::HttpOptions,
};

/// Checks a call that changes state, after what browsers say about where it comes from:
/// `Sec-Fetch-Site` where it is sent, else `Origin` against the host. Clients that are no
/// browsers send neither and have no cookies that a page could abuse. It complements the
/// cookie's SameSite=Lax.
///
/// # Errors
/// [`RequestFault::CrossSite`].
pub fn check(request: &HttpRequest) -> Result<(), ApiError> {
    let allowed: &[String] = HttpOptions::of(request).map_or(&[], |options| &options.allowed_origins);
    if is_cross_site(request.headers(), allowed) { Err(RequestFault::CrossSite.into()) } else { Ok(()) }
}

fn is_cross_site(headers: &HeaderMap, allowed: &[String]) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let origin = text("origin");
    if origin.is_some_and(|origin| allowed.iter().any(|allowed| allowed == origin)) {
        return false;
    }
    match (text("sec-fetch-site"), origin) {
        (Some("same-origin" | "none"), _) | (None, None) => false,
        // Another host of the same site, or an old browser: the origin must be this very host.
        (Some("same-site") | None, Some(origin)) => {
            let host = text("host");
            origin.split_once("://").map(|(_, origin_host)| origin_host) != host
        }
        // A navigation between hosts of one site carries no origin and, by SameSite, the cookie.
        (Some("same-site"), None) => true,
        (Some(_), _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn cross_site(headers: &[(&str, &str)]) -> bool {
        let map: HeaderMap = headers
            .iter()
            .map(|(name, value)| (HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap()))
            .collect();
        is_cross_site(&map, &["https://www.example.com".to_owned()])
    }

    #[test]
    fn pages_of_other_sites_are_told_apart() {
        let host = ("host", "minsu.example");
        assert!(!cross_site(&[host]));
        assert!(!cross_site(&[host, ("sec-fetch-site", "same-origin"), ("origin", "https://minsu.example")]));
        assert!(!cross_site(&[host, ("sec-fetch-site", "none")]));
        assert!(cross_site(&[host, ("sec-fetch-site", "cross-site")]));
        assert!(cross_site(&[host, ("sec-fetch-site", "cross-site"), ("origin", "https://minsu.example")]));
        assert!(cross_site(&[host, ("sec-fetch-site", "same-site")]));
        assert!(cross_site(&[host, ("origin", "https://evil.example")]));
        assert!(cross_site(&[host, ("origin", "null")]));
        assert!(cross_site(&[host, ("origin", "https://minsu.example.evil.example")]));
        assert!(!cross_site(&[host, ("origin", "http://minsu.example")]));
        assert!(!cross_site(&[host, ("sec-fetch-site", "cross-site"), ("origin", "https://www.example.com")]));
    }
}
