//! Cached pages as answers: the bytes of the page cache, their `ETag`, and 304 for a client that has them.

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{
        Method,
        header::{self, Header, HeaderValue, IfNoneMatch},
    },
};
use bytes::{BufMut, Bytes, BytesMut};
use minsu_application::AppError;
use minsu_ports::{Entry, Rendered};
use serde::Serialize;

use super::{api_error::ApiError, body::has_body, login::Viewer, page_keys::PageKey, state::State};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
/// The browser alone may keep the page, and asks before each use.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");
/// Every client may keep the page, and asks before each use whether it is still current: a change shows within
/// a second, and a client that has the current page gets no bytes.
const REVALIDATE: HeaderValue = HeaderValue::from_static("public, no-cache");

/// An answer that is the same for every visitor.
#[derive(Debug)]
pub struct PublicPage {
    body: Bytes,
    /// `None` for a page that is not cached: it is sent without an `ETag`.
    tag: Option<[u8; 16]>,
    /// Its key, if it came from the memory of the process: such a page gets a shortcut.
    key: Option<PageKey>,
    /// Who gets it by a shortcut.
    to: Audience,
}

impl PublicPage {
    /// Its bytes.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The page for a browser: which one it is depends on the viewer and on the language, so that each browser
    /// keeps its own, and no shortcut leads to it.
    pub fn as_html(self, request: &HttpRequest) -> HttpResponse {
        let tag = self.tag.filter(|_| [Method::GET, Method::HEAD].contains(request.method())).map(printed);
        let known = tag.is_some_and(|tag| has(request, &tag));
        let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        if let Some(tag) = tag.and_then(|tag| HeaderValue::from_bytes(&tag).ok()) {
            response.append_header((header::CACHE_CONTROL, PRIVATE)).append_header((header::ETAG, tag));
        }
        if known { response.finish() } else { response.append_header((header::CONTENT_TYPE, HTML)).body(self.body) }
    }

    /// The page as this viewer gets it, where who is known may get another one: by a shortcut it is given
    /// only to requests that say nothing of who makes them.
    #[must_use]
    pub fn seen_by(self, viewer: Viewer) -> Self {
        Self { key: self.key.filter(|_| viewer.0.is_none()), to: Audience::Unknown, ..self }
    }
}

impl From<Entry> for PublicPage {
    fn from(Entry { body, digest }: Entry) -> Self {
        Self { body, tag: Some(digest), key: None, to: Audience::Public }
    }
}

impl Responder for PublicPage {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        // Clients neither keep nor revalidate the answer to a POST or to a request with a body.
        let is_read = [Method::GET, Method::HEAD].contains(request.method()) && !has_body(request);
        let tag = self.tag.filter(|_| is_read);
        let Some(tag) = tag else {
            return HttpResponse::Ok().append_header((header::CONTENT_TYPE, JSON)).body(self.body);
        };
        let tag = printed(tag);
        let known = has(request, &tag);
        let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response.append_header((header::CACHE_CONTROL, REVALIDATE));
        if let Ok(tag) = HeaderValue::from_bytes(&tag) {
            response.append_header((header::ETAG, tag));
        }
        let mut response = if known {
            response.finish()
        } else {
            response.append_header((header::CONTENT_TYPE, JSON)).body(self.body)
        };
        if let Some(key) = self.key {
            response.extensions_mut().insert(Shown { key, to: self.to });
        }
        response
    }
}

/// A strong tag as it is sent: in quotation marks, hexadecimal.
fn printed(tag: [u8; 16]) -> [u8; 34] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = [b'"'; 34];
    for (pair, byte) in text[1..33].chunks_exact_mut(2).zip(tag) {
        pair.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    text
}

/// Whether the client says that it has the page.
fn has(request: &HttpRequest, tag: &[u8; 34]) -> bool {
    if !request.headers().contains_key(IfNoneMatch::name()) {
        return false;
    }
    match request.get_header() {
        Some(IfNoneMatch::Any) => true,
        Some(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.tag().as_bytes() == &tag[1..33]),
        None => false,
    }
}

/// The page of this key, made by `render` when it is not cached; without a key it is made each time and not
/// cached.
///
/// # Errors
/// Those of `render`.
pub async fn ready(
    state: &State,
    key: Option<PageKey>,
    render: impl AsyncFnOnce() -> Result<Rendered, ApiError>,
) -> Result<PublicPage, ApiError> {
    match key {
        Some(key) => {
            if let Some(page) = state.pages.peek(key.entry()) {
                return Ok(PublicPage { key: Some(key), ..page.into() });
            }
            Ok(state.pages.get_or_render(key.entry(), render).await?.into())
        }
        None => match render().await? {
            Rendered::Cacheable(body) | Rendered::CacheableHere(body) | Rendered::Uncacheable(body) => {
                Ok(PublicPage { body, tag: None, key: None, to: Audience::Public })
            }
        },
    }
}

/// The bytes of an answer.
///
/// # Errors
/// [`AppError::Internal`] for what cannot be written as JSON: a defect.
pub fn json(reply: &impl Serialize) -> Result<Bytes, ApiError> {
    Ok(serde_json::to_vec(reply).map_err(|error| AppError::Internal(error.into()))?.into())
}

/// A personal answer around bytes that are the same for every visitor.
pub struct Assembled(Bytes);

impl Assembled {
    /// Joins the parts.
    pub fn new(parts: &[&[u8]]) -> Self {
        let mut body = BytesMut::with_capacity(parts.iter().map(|part| part.len()).sum());
        parts.iter().for_each(|part| body.put_slice(part));
        Self(body.freeze())
    }
}

impl Responder for Assembled {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().insert_header((header::CONTENT_TYPE, JSON)).body(self.0)
    }
}

/// The function with which a dialect puts the viewer around a page.
pub type Wrap = fn(Viewer, &[u8]) -> Assembled;

/// A page that is the same for every visitor, with the viewer around it.
pub struct PersonalPage {
    viewer: Viewer,
    page: PublicPage,
    wrap: Wrap,
}

impl PersonalPage {
    /// The page for this viewer.
    pub fn new(viewer: Viewer, page: PublicPage, wrap: Wrap) -> Self {
        Self { viewer, page, wrap }
    }
}

impl Responder for PersonalPage {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let Self { viewer, page, wrap } = self;
        let mut response = wrap(viewer, page.body()).respond_to(request);
        if let Some(key) = page.key {
            let to = if viewer.0.is_some() { Audience::Members(wrap) } else { Audience::Strangers(wrap) };
            response.extensions_mut().insert(Shown { key, to });
        }
        response
    }
}

/// The page of a response, as an extension of the response.
#[derive(Clone, Copy)]
pub struct Shown {
    /// Its key.
    pub key: PageKey,
    /// The visitors that get it in this form.
    pub to: Audience,
}

/// The visitors that get a page in the same form.
#[derive(Debug, Clone, Copy)]
pub enum Audience {
    /// All visitors: the page as it is.
    Public,
    /// Visitors without a session and without a token: the page as it is.
    Unknown,
    /// Visitors without a session: the page with the anonymous viewer around it.
    Strangers(Wrap),
    /// Visitors with a session: the page with the viewer around it.
    Members(Wrap),
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{body::to_bytes, http::StatusCode, test::TestRequest};

    fn page() -> PublicPage {
        Entry { body: Bytes::from_static(b"{}"), digest: [0xab; 16] }.into()
    }

    #[actix_web::test]
    async fn who_has_the_page_gets_no_bytes() {
        let tag = format!("\"{}\"", "ab".repeat(16));
        for (sent, expected) in [
            (tag.as_str(), StatusCode::NOT_MODIFIED),
            ("*", StatusCode::NOT_MODIFIED),
            ("W/\"x\", W/\"abababababababababababababababab\"", StatusCode::NOT_MODIFIED),
            ("\"other\"", StatusCode::OK),
            ("no tag", StatusCode::OK),
        ] {
            let request = TestRequest::get().insert_header((header::IF_NONE_MATCH, sent)).to_http_request();
            let response = page().respond_to(&request);
            assert_eq!(response.status(), expected, "{sent}");
            assert_eq!(response.headers().get(header::ETAG).unwrap(), tag.as_str());
            assert_eq!(response.headers().get(header::CACHE_CONTROL).unwrap(), "public, no-cache");
            let body = to_bytes(response.into_body()).await.unwrap();
            assert_eq!(body.is_empty(), expected == StatusCode::NOT_MODIFIED);
        }
    }

    #[test]
    fn answers_to_posts_and_pages_that_are_not_cached_have_no_tag() {
        let post = TestRequest::post().insert_header((header::IF_NONE_MATCH, "*")).to_http_request();
        let get = TestRequest::get().insert_header((header::IF_NONE_MATCH, "*")).to_http_request();
        let unkept = PublicPage { tag: None, ..page() };
        for response in [page().respond_to(&post), unkept.respond_to(&get)] {
            assert_eq!(response.status(), StatusCode::OK);
            assert!(!response.headers().contains_key(header::ETAG));
        }
    }
}
