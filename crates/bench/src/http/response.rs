//! The head of an answer.

use thiserror::Error;

/// Why bytes are not an answer that is understood here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Malformed {
    /// The first line.
    #[error("the status line is not HTTP/1.1")]
    StatusLine,
    /// A line without a colon, or bytes that are not text.
    #[error("a header line is broken")]
    Header,
    /// No or more than one length, or one that is no number or beyond the bound.
    #[error("the length of the body is missing or wrong")]
    Length,
    /// The body comes in chunks, which no answer of the measured server does.
    #[error("the body is chunked")]
    Chunked,
    /// The head does not end.
    #[error("the head is longer than {MAX_HEAD} bytes")]
    TooLong,
}

/// The longest head.
pub const MAX_HEAD: usize = 16 * 1024;
/// The longest body.
const MAX_BODY: usize = 64 * 1024 * 1024;

/// What the head says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The status.
    pub status: u16,
    /// Bytes of the head, with the empty line.
    pub bytes: usize,
    /// Bytes of the body.
    pub body: usize,
    /// The first cookie that is set, without its attributes: `name=value`.
    pub cookie: Option<String>,
    /// Whether the server closes the connection after this answer.
    pub closes: bool,
}

/// Reads a head; `None` while it is not complete.
///
/// # Errors
/// [`Malformed`].
pub fn parse_head(received: &[u8]) -> Result<Option<Head>, Malformed> {
    let Some(end) = received.windows(4).position(|four| four == b"\r\n\r\n") else {
        return if received.len() > MAX_HEAD { Err(Malformed::TooLong) } else { Ok(None) };
    };
    let text = std::str::from_utf8(&received[..end]).map_err(|_| Malformed::Header)?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(status).ok_or(Malformed::StatusLine)?;
    let mut head = Head { status, bytes: end + 4, body: 0, cookie: None, closes: false };
    let mut length = None;
    for line in lines {
        let (name, value) = line.split_once(':').ok_or(Malformed::Header)?;
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            let bytes = value.parse().ok().filter(|bytes| *bytes <= MAX_BODY).ok_or(Malformed::Length)?;
            if length.replace(bytes).is_some() {
                return Err(Malformed::Length);
            }
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(Malformed::Chunked);
        } else if name.eq_ignore_ascii_case("connection") {
            head.closes = value.eq_ignore_ascii_case("close");
        } else if name.eq_ignore_ascii_case("set-cookie") && head.cookie.is_none() {
            head.cookie = value.split(';').next().map(str::to_owned);
        }
    }
    head.body = match (length, status) {
        // These two have no body, and no length that would say so.
        (None, 204 | 304) => 0,
        (None, _) => return Err(Malformed::Length),
        (Some(bytes), _) => bytes,
    };
    Ok(Some(head))
}

fn status(line: &str) -> Option<u16> {
    let digits = line.strip_prefix("HTTP/1.1 ")?.get(..3)?;
    digits.parse().ok().filter(|status| (200..600).contains(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Result<Option<Head>, Malformed> {
        parse_head(text.as_bytes())
    }

    #[test]
    fn a_head_is_read_when_it_is_complete() {
        let text = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nSet-Cookie: s=a=b; Path=/; HttpOnly\r\nset-cookie: t=2\r\nConnection: close\r\n\r\n";
        for end in 0..text.len() {
            assert_eq!(head(&text[..end]), Ok(None), "{end}");
        }
        let expected = Head { status: 200, bytes: text.len(), body: 5, cookie: Some("s=a=b".to_owned()), closes: true };
        assert_eq!(head(text), Ok(Some(expected.clone())));
        assert_eq!(head(&format!("{text}hello, and the next answer")), Ok(Some(expected)));
    }

    #[test]
    fn an_answer_without_a_body_needs_no_length() {
        assert_eq!(head("HTTP/1.1 204 No Content\r\n\r\n").unwrap().unwrap().body, 0);
        assert_eq!(head("HTTP/1.1 304\r\nDate: x\r\n\r\n").unwrap().unwrap().status, 304);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (text, why) in [
            ("HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\n", Malformed::StatusLine),
            ("HTTP/1.1 2x0 OK\r\ncontent-length: 1\r\n\r\n", Malformed::StatusLine),
            ("HTTP/1.1 100 Continue\r\n\r\n", Malformed::StatusLine),
            ("HTTP/1.1 20\r\n\r\n", Malformed::StatusLine),
            ("HTTP/1.1 200 OK\r\nno colon\r\ncontent-length: 1\r\n\r\n", Malformed::Header),
            ("HTTP/1.1 200 OK\r\n\r\n", Malformed::Length),
            ("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", Malformed::Length),
            ("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n", Malformed::Length),
            ("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\n", Malformed::Length),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Malformed::Chunked),
        ] {
            assert_eq!(head(text), Err(why), "{text}");
        }
        assert_eq!(parse_head(b"HTTP/1.1 200 OK\r\nx: \xff\r\n\r\n"), Err(Malformed::Header));
        assert_eq!(parse_head(&[b'x'; MAX_HEAD + 1]), Err(Malformed::TooLong));
    }
}
