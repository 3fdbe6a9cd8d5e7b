//! Versions: `ETag` on what one edits, `If-Match` on the request that edits it.

use actix_web::{
    HttpRequest,
    http::header::{self, Header, HeaderValue, IfMatch},
};
use minsu_web::{api_error::ApiError, native_fault::NativeFault};

/// A version as the header `ETag` has it.
pub(crate) fn tag(version: impl std::fmt::Display) -> (header::HeaderName, HeaderValue) {
    let value = HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"\""));
    (header::ETAG, value)
}

/// The version that a request wants to change; none for `*`, which means any.
///
/// # Errors
/// [`NativeFault::VersionMissing`] without `If-Match`, [`NativeFault::VersionStale`] where no tag in it is a
/// version: nothing has that one.
pub(crate) fn expected<T>(request: &HttpRequest, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ApiError> {
    if !request.headers().contains_key(header::IF_MATCH) {
        return Err(NativeFault::VersionMissing.into());
    }
    match IfMatch::parse(request) {
        Ok(IfMatch::Any) => Ok(None),
        // A weak tag never matches (RFC 9110, 13.1.1).
        Ok(IfMatch::Items(tags)) => {
            let strong = tags.iter().filter(|tag| !tag.weak);
            let version = strong.filter_map(|tag| parse(tag.tag())).next();
            version.map(Some).ok_or_else(|| NativeFault::VersionStale.into())
        }
        Err(_) => Err(NativeFault::VersionStale.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn only_a_strong_tag_is_a_version() {
        let of = |value: &'static str| {
            let request = TestRequest::get().insert_header((header::IF_MATCH, value)).to_http_request();
            expected(&request, |text| text.parse::<u32>().ok()).map_err(|error| error.to_string())
        };
        assert_eq!(of("\"7\""), Ok(Some(7)));
        assert_eq!(of("\"x\", \"7\""), Ok(Some(7)));
        assert_eq!(of("*"), Ok(None));
        let stale = NativeFault::VersionStale.to_string();
        for value in ["W/\"7\"", "\"x\"", "7", ""] {
            assert_eq!(of(value), Err(stale.clone()), "{value}");
        }
        let without = expected(&TestRequest::get().to_http_request(), |_| Some(0));
        assert_eq!(without.unwrap_err().to_string(), NativeFault::VersionMissing.to_string());
    }
}
