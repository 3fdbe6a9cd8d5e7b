//! Answers to requests whose head cannot be read, or does not come in time.
//!
//! The HTTP library refuses them before any middleware, with a status and no body, and has no hook for it. So the
//! connection is watched: an answer without the id that every other one has is the library's, and is replaced by the
//! failure of the dialect that owns the path, as far as the path was read.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::{
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    web,
};
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use uuid::Uuid;

use crate::{
    api_error::{ApiError, RequestFault},
    cors_and_security_headers::add_headers,
    dialect::Failures,
    request_log::REQUEST_ID,
    state::State,
};

/// How many bytes of a head are kept: the request line up to where it tells the dialect.
const KEPT: usize = 128;
/// The library's own answers are shorter, in bytes.
const LONGEST: usize = 192;
/// How an answer begins.
const BEGIN: &[u8] = b"HTTP/1.";

/// A connection whose bare refusals are replaced.
pub struct WatchedConnection<S> {
    stream: S,
    state: web::Data<State>,
    head: KeptHead,
    replacing: Option<Replacement>,
}

/// The beginning of the request that was read last.
struct KeptHead {
    bytes: [u8; KEPT],
    length: usize,
    /// Whether the next bytes begin a request: nothing was read since the last answer.
    begins: bool,
}

/// What is written in the place of an answer.
struct Replacement {
    bytes: Vec<u8>,
    written: usize,
    /// How many bytes the library takes for written then.
    replaces: usize,
}

impl<S> WatchedConnection<S> {
    /// Watches a connection.
    pub fn new(stream: S, state: web::Data<State>) -> Self {
        let head = KeptHead { bytes: [0; KEPT], length: 0, begins: true };
        Self { stream, state, head, replacing: None }
    }
}

impl KeptHead {
    fn read(&mut self, bytes: &[u8]) {
        if self.begins && !bytes.is_empty() {
            (self.length, self.begins) = (0, false);
        }
        let more = bytes.len().min(KEPT - self.length);
        self.bytes[self.length..self.length + more].copy_from_slice(&bytes[..more]);
        self.length += more;
    }

    /// Method and path; what is missing is GET, and a path of no dialect.
    fn line(&self) -> (Method, String) {
        let line = self.bytes[..self.length].split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
        let mut words = line.split(|byte| *byte == b' ');
        let method = words.next().and_then(|word| Method::from_bytes(word).ok()).unwrap_or(Method::GET);
        let path = words.next().and_then(|word| word.split(|byte| *byte == b'?').next()).unwrap_or_default();
        (method, String::from_utf8_lossy(path).into_owned())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WatchedConnection<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(context, buffer))?;
        this.head.read(buffer.filled().get(before..).unwrap_or_default());
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WatchedConnection<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.replacing.is_none() {
            this.replacing = bare(bytes).map(|(begin, status)| Replacement {
                bytes: [&bytes[..begin], &whole(&this.state, &this.head, &bytes[begin..], status)].concat(),
                written: 0,
                replaces: bytes.len(),
            });
            this.head.begins = true;
        }
        let Some(replacement) = &mut this.replacing else {
            return Pin::new(&mut this.stream).poll_write(context, bytes);
        };
        while let Some(rest) = replacement.bytes.get(replacement.written..).filter(|rest| !rest.is_empty()) {
            match ready!(Pin::new(&mut this.stream).poll_write(context, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => replacement.written += written,
            }
        }
        let replaces = replacement.replaces;
        this.replacing = None;
        Poll::Ready(Ok(replaces))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

/// Where an answer of the library itself begins, behind answers that are written together with it, and its status.
fn bare(bytes: &[u8]) -> Option<(usize, StatusCode)> {
    if !bytes.ends_with(b"\r\n\r\n") || !bytes.starts_with(BEGIN) {
        return None;
    }
    let from = bytes.len().saturating_sub(LONGEST);
    let begin = from + bytes[from..].windows(BEGIN.len()).rposition(|part| part == BEGIN)?;
    let head = &bytes[begin..];
    let id = REQUEST_ID.as_str().as_bytes();
    if head.windows(id.len()).any(|part| part.eq_ignore_ascii_case(id)) {
        return None;
    }
    // "HTTP/1.1 400 "
    let status = StatusCode::from_bytes(head.get(9..12)?).ok()?;
    (status.is_client_error() || status.is_server_error()).then_some((begin, status))
}

/// The answer in the place of a bare one, whose status line and date it keeps. The connection ends with it.
fn whole(state: &State, request: &KeptHead, bare: &[u8], status: StatusCode) -> Vec<u8> {
    let id = Uuid::from_u128(u128::from_be_bytes(random(state)));
    let (method, path) = request.line();
    let (content_type, body) = failure(state, &method, &path, status, id);
    tracing::debug!(%id, status = status.as_u16(), "request refused: its head cannot be read");
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_LENGTH, body.len().into());
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    add_headers(&mut headers, &state.http, None);
    let kept = bare.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let mut answer = Vec::with_capacity(512 + body.len());
    let own = |line: &[u8]| line.starts_with(b"content-length:") || line.starts_with(b"connection:");
    for line in kept.filter(|line| !line.is_empty() && !own(line)) {
        answer.extend_from_slice(line);
        answer.extend_from_slice(b"\r\n");
    }
    let mut add = |name: &HeaderName, value: &[u8]| {
        answer.extend_from_slice(&[name.as_str().as_bytes(), b": ", value, b"\r\n"].concat());
    };
    for (name, value) in &headers {
        add(name, value.as_bytes());
    }
    add(&REQUEST_ID, id.as_hyphenated().to_string().as_bytes());
    answer.extend_from_slice(b"\r\n");
    if method != Method::HEAD {
        answer.extend_from_slice(&body);
    }
    answer
}

/// Type and body of the failure, as the dialect of the path tells it.
fn failure(state: &State, method: &Method, path: &str, status: StatusCode, id: Uuid) -> (&'static str, Bytes) {
    let error = ApiError::from(match status {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => RequestFault::HeadTooLarge,
        StatusCode::REQUEST_TIMEOUT => RequestFault::TimedOut,
        _ => RequestFault::MalformedHead,
    });
    match state.dialects.failures(path, || false) {
        Failures::Errno(envelope, _) => {
            let verdict = envelope.verdict(&error);
            let body = envelope.failure(method, path, verdict.errno, verdict.sentence);
            ("application/json; charset=utf-8", body)
        }
        Failures::Problems(problems) => problems.without_request(&error, id),
    }
}

fn random(state: &State) -> [u8; 16] {
    let mut bytes = [0; 16];
    state.app.randomness.fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_of_the_library_itself_is_bare() {
        let own = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\ndate: now\r\n\r\n";
        assert_eq!(bare(own.as_bytes()), Some((0, StatusCode::BAD_REQUEST)));
        let other = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-request-id: 1\r\ndate: now\r\n\r\n{}";
        let both = format!("{other}{own}");
        assert_eq!(bare(both.as_bytes()), Some((other.len(), StatusCode::BAD_REQUEST)));
        for not in [
            other.to_owned(),
            other.replace("200 OK", "304 Not Modified").replace("{}", ""),
            other.replace("200 OK", "400 Bad Request").replace("{}", ""),
            own.replace("400 Bad Request", "100 Continue"),
            "part of a body that ends\r\n\r\n".to_owned(),
            format!("\"{own}"),
        ] {
            assert_eq!(bare(not.as_bytes()), None, "{not}");
        }
    }

    #[test]
    fn the_line_is_that_of_the_last_request() {
        let mut head = KeptHead { bytes: [0; KEPT], length: 0, begins: true };
        assert_eq!(head.line(), (Method::GET, String::new()));
        head.read(b"POST /api/lo");
        head.read(b"gin?a=1 HTTP/1.1\r\n");
        assert_eq!(head.line(), (Method::POST, "/api/login".to_owned()));
        head.read(&[b'x'; 1_000]);
        assert_eq!(head.line(), (Method::POST, "/api/login".to_owned()));
        head.begins = true;
        head.read(b"");
        head.read(b"\x16\x03\x01 \xff \r\n");
        assert_eq!(head.line(), (Method::GET, "\u{fffd}".to_owned()));
    }
}
