//! Ready pages as answers: the bytes of the page cache, their `ETag`, and 304 for who has them.

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
use minsu_ports::{Page, PageKey, Rendered};
use serde::Serialize;

use super::{
    api_error::ApiError,
    body::has_body,
    login::Viewer,
    shortcuts::{Audience, Shown},
    state::State,
};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Everybody may keep it, and asks before each use whether it is still current: a change shows
/// within a second, and who has the page already gets it without its bytes.
const REVALIDATE: HeaderValue = HeaderValue::from_static("public, no-cache");

/// An answer that is the same for everybody.
#[derive(Debug)]
pub struct PublicPage {
    body: Bytes,
    /// Absent where nobody keeps the page: then nobody asks for it again, either.
    tag: Option<[u8; 16]>,
    /// Its name, if it was at hand: such a page is worth a shortcut.
    key: Option<PageKey>,
}

impl PublicPage {
    /// Its bytes.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

impl From<Page> for PublicPage {
    fn from(Page { body, tag }: Page) -> Self {
        Self { body, tag: Some(tag), key: None }
    }
}

impl Responder for PublicPage {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        // What answers a POST is not asked for again, and nobody keeps what a body asked for.
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
            response.extensions_mut().insert(Shown { key, to: Audience::Everybody });
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

/// The page of this key, made by `render` when nobody has it; without a key it is made each time
/// and not kept.
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
            if let Some(page) = state.app.pages.at_hand(&key) {
                return Ok(PublicPage { key: Some(key), ..page.into() });
            }
            Ok(state.app.pages.get_or_render(&key, render).await?.into())
        }
        None => match render().await? {
            Rendered::Keep(body) | Rendered::Show(body) => Ok(PublicPage { body, tag: None, key: None }),
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

/// A personal answer around bytes that are the same for everybody.
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

/// How a dialect puts the viewer around a page.
pub type Wrap = fn(Viewer, &[u8]) -> Assembled;

/// A page that is the same for everybody, and who looks at it around it.
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

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{body::to_bytes, http::StatusCode, test::TestRequest};

    fn page() -> PublicPage {
        Page { body: Bytes::from_static(b"{}"), tag: [0xab; 16] }.into()
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
    fn answers_to_posts_and_pages_that_nobody_keeps_have_no_tag() {
        let post = TestRequest::post().insert_header((header::IF_NONE_MATCH, "*")).to_http_request();
        let get = TestRequest::get().insert_header((header::IF_NONE_MATCH, "*")).to_http_request();
        let unkept = PublicPage { tag: None, ..page() };
        for response in [page().respond_to(&post), unkept.respond_to(&get)] {
            assert_eq!(response.status(), StatusCode::OK);
            assert!(!response.headers().contains_key(header::ETAG));
        }
    }
}
