//! The head of an answer.

use thiserror::Error;

/// Why bytes are not an answer that is understood here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Malformed {
    /// The first line.
    #[error("the status line is not HTTP/1.1 or 1.0")]
    StatusLine,
    /// A line without a colon, or bytes that are not text.
    #[error("a header line is broken")]
    Header,
    /// More than one length, or one that is no number or beyond the bound.
    #[error("the length of the body is wrong")]
    Length,
    /// Chunks that are not, or more of them than the bound; or another coding.
    #[error("the body is coded in another way than by chunks")]
    Coding,
    /// The head does not end.
    #[error("the head is longer than {MAX_HEAD} bytes")]
    TooLong,
}

/// The longest head.
pub const MAX_HEAD: usize = 16 * 1024;
/// The longest body.
pub const MAX_BODY: usize = 64 * 1024 * 1024;

/// How the end of a body is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// By the number of bytes.
    Length(usize),
    /// By a chunk without bytes.
    Chunks,
    /// By the end of the connection.
    UntilClosed,
}

/// What the head says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The status.
    pub status: u16,
    /// Bytes of the head, with the empty line.
    pub bytes: usize,
    /// The end of the body.
    pub body: Body,
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
    let (status, closes) = lines.next().and_then(status).ok_or(Malformed::StatusLine)?;
    let mut head = Head { status, bytes: end + 4, body: Body::UntilClosed, cookie: None, closes };
    let (mut length, mut chunked) = (None, false);
    for line in lines {
        let (name, value) = line.split_once(':').ok_or(Malformed::Header)?;
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            let bytes = value.parse().ok().filter(|bytes| *bytes <= MAX_BODY).ok_or(Malformed::Length)?;
            if length.replace(bytes).is_some() {
                return Err(Malformed::Length);
            }
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            chunked = value.eq_ignore_ascii_case("chunked");
            if !chunked {
                return Err(Malformed::Coding);
            }
        } else if name.eq_ignore_ascii_case("connection") {
            head.closes = !value.eq_ignore_ascii_case("keep-alive");
        } else if name.eq_ignore_ascii_case("set-cookie") && head.cookie.is_none() {
            head.cookie = value.split(';').next().map(str::to_owned);
        }
    }
    head.body = match (length, status) {
        // These two have no body, and no length that would say so.
        (_, 204 | 304) => Body::Length(0),
        _ if chunked => Body::Chunks,
        (Some(bytes), _) => Body::Length(bytes),
        (None, _) => Body::UntilClosed,
    };
    head.closes |= head.body == Body::UntilClosed;
    Ok(Some(head))
}

/// The status, and whether the connection closes unless something else is said.
fn status(line: &str) -> Option<(u16, bool)> {
    let closes = line.starts_with("HTTP/1.0 ");
    let digits = line.strip_prefix(if closes { "HTTP/1.0 " } else { "HTTP/1.1 " })?.get(..3)?;
    digits.parse().ok().filter(|status| (200..600).contains(status)).map(|status| (status, closes))
}

/// How many bytes of what was received chunks and their end are; `None` while the end is not there.
///
/// # Errors
/// [`Malformed::Coding`].
pub fn end_of_chunks(received: &[u8]) -> Result<Option<usize>, Malformed> {
    if received.len() > MAX_BODY {
        return Err(Malformed::Coding);
    }
    let line = |from: usize| received[from..].windows(2).position(|two| two == b"\r\n").map(|length| from + length);
    let mut at = 0;
    loop {
        let Some(end) = line(at) else { return Ok(None) };
        let text = std::str::from_utf8(&received[at..end]).map_err(|_| Malformed::Coding)?;
        let digits = text.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(digits, 16).ok().filter(|size| *size <= MAX_BODY);
        let size = size.ok_or(Malformed::Coding)?;
        at = end + 2;
        if size > 0 {
            at += size + 2;
            if at > received.len() {
                return Ok(None);
            }
            continue;
        }
        // What headers there may be behind the last chunk end with an empty line.
        loop {
            let Some(end) = line(at) else { return Ok(None) };
            if end == at {
                return Ok(Some(end + 2));
            }
            at = end + 2;
        }
    }
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
        let expected = Head {
            status: 200,
            bytes: text.len(),
            body: Body::Length(5),
            cookie: Some("s=a=b".to_owned()),
            closes: true,
        };
        assert_eq!(head(text), Ok(Some(expected.clone())));
        assert_eq!(head(&format!("{text}hello, and the next answer")), Ok(Some(expected)));
    }

    #[test]
    fn an_answer_without_a_body_needs_no_length() {
        assert_eq!(head("HTTP/1.1 204 No Content\r\n\r\n").unwrap().unwrap().body, Body::Length(0));
        assert_eq!(head("HTTP/1.1 304\r\nDate: x\r\n\r\n").unwrap().unwrap().status, 304);
    }

    #[test]
    fn other_servers_end_their_bodies_otherwise() {
        let body = |text: &str| {
            let head = head(text).unwrap().unwrap();
            (head.body, head.closes)
        };
        assert_eq!(body("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), (Body::Chunks, false));
        assert_eq!(body("HTTP/1.1 200 OK\r\n\r\n"), (Body::UntilClosed, true));
        assert_eq!(body("HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\n"), (Body::Length(3), true));
        let kept = "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\n";
        assert_eq!(body(kept), (Body::Length(3), false));
    }

    #[test]
    fn chunks_end_with_an_empty_one() {
        let text = b"4;x=y\r\nab\r\n\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
        for end in 0..text.len() {
            assert_eq!(end_of_chunks(&text[..end]), Ok(None), "{end}");
        }
        assert_eq!(end_of_chunks(text), Ok(Some(text.len())));
        for wrong in ["x\r\n", "-1\r\n", "\r\n", "ffffffffffffffff\r\n"] {
            assert_eq!(end_of_chunks(wrong.as_bytes()), Err(Malformed::Coding), "{wrong}");
        }
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (text, why) in [
            ("HTTP/2 200 OK\r\ncontent-length: 1\r\n\r\n", Malformed::StatusLine),
            ("HTTP/1.1 2x0 OK\r\ncontent-length: 1\r\n\r\n", Malformed::StatusLine),
            ("HTTP/1.1 100 Continue\r\n\r\n", Malformed::StatusLine),
            ("HTTP/1.1 20\r\n\r\n", Malformed::StatusLine),
            ("HTTP/1.1 200 OK\r\nno colon\r\ncontent-length: 1\r\n\r\n", Malformed::Header),
            ("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", Malformed::Length),
            ("HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n", Malformed::Length),
            ("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\n", Malformed::Length),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", Malformed::Coding),
        ] {
            assert_eq!(head(text), Err(why), "{text}");
        }
        assert_eq!(parse_head(b"HTTP/1.1 200 OK\r\nx: \xff\r\n\r\n"), Err(Malformed::Header));
        assert_eq!(parse_head(&[b'x'; MAX_HEAD + 1]), Err(Malformed::TooLong));
    }
}
