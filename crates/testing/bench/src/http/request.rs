//! Requests as the bytes that travel.

/// A GET, with the session cookie of a visitor.
pub fn get(path: &str, cookie: Option<&str>) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", cookie_line(cookie)).into_bytes()
}

/// A request with a JSON body, with the session cookie of a visitor.
pub fn with_json(method: &str, path: &str, cookie: Option<&str>, json: &str) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}",
        cookie_line(cookie),
        json.len()
    )
    .into_bytes()
}

fn cookie_line(cookie: Option<&str>) -> String {
    cookie.map(|cookie| format!("Cookie: {cookie}\r\n")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_counted_in_bytes_and_a_cookie_is_a_line_of_its_own() {
        let request = String::from_utf8(with_json("POST", "/a", Some("s=1"), "{\"t\":\"民\"}")).unwrap();
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert_eq!(body, "{\"t\":\"民\"}");
        assert!(head.starts_with("POST /a HTTP/1.1\r\n"));
        assert!(head.contains("\r\nContent-Length: 11") && head.contains("\r\nCookie: s=1\r\n"));
        assert_eq!(get("/b", None), b"GET /b HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }
}
