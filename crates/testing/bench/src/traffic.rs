//! Recorded traffic: a file with one request a line, as JSON.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
};

use serde::{Deserialize, Serialize};

use crate::error::BenchError;

/// Headers that the sender of a request sets itself.
const OWN: [&str; 5] = ["host", "content-length", "connection", "transfer-encoding", "expect"];

/// One request. Its body is text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    method: String,
    path: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    body: String,
}

impl Recorded {
    /// A request as the bytes that travel, as this tool makes them.
    fn of(request: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(request).ok()?;
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .filter(|(name, _)| !is_own(name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        Some(Self { method, path, headers, body: body.to_owned() })
    }

    /// The bytes for a server with this name, below this path.
    ///
    /// # Errors
    /// What in the request cannot be sent.
    pub fn bytes(&self, host: &str, below: &str) -> Result<Vec<u8>, String> {
        let is_method = !self.method.is_empty() && self.method.bytes().all(|byte| byte.is_ascii_uppercase());
        let is_path = self.path.starts_with('/') && self.path.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_method || !is_path {
            return Err(format!("no method or no path: {} {}", self.method, self.path));
        }
        let mut text = format!("{} {}{} HTTP/1.1\r\nHost: {host}\r\n", self.method, below, self.path);
        for (name, value) in self.headers.iter().filter(|(name, _)| !is_own(name)) {
            let is_name =
                !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            if !is_name || value.chars().any(char::is_control) {
                return Err(format!("the header {name:?} cannot be sent"));
            }
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.body.is_empty() || !["GET", "HEAD", "DELETE"].contains(&self.method.as_str()) {
            text.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        text.push_str("\r\n");
        text.push_str(&self.body);
        Ok(text.into_bytes())
    }

    /// Whether its answer has a head only, whatever length that says.
    pub fn is_head(&self) -> bool {
        self.method == "HEAD"
    }
}

fn is_own(name: &str) -> bool {
    OWN.iter().any(|own| name.eq_ignore_ascii_case(own))
}

/// Reads a file; empty lines say nothing.
///
/// # Errors
/// [`BenchError::Io`], [`BenchError::Traffic`] with the first line that is no request.
pub fn read(path: &Path) -> Result<Vec<Recorded>, BenchError> {
    let text = fs::read_to_string(path).map_err(BenchError::io(format!("read {}", path.display())))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let request = |(index, line)| {
        let request: Recorded = serde_json::from_str(line)
            .map_err(|error| BenchError::Traffic { line: index + 1, why: error.to_string() })?;
        if request.is_head() {
            return Err(BenchError::Traffic { line: index + 1, why: "HEAD is not sent here".to_owned() });
        }
        Ok(request)
    };
    lines.map(request).collect()
}

/// Adds requests to a file.
///
/// # Errors
/// [`BenchError::Io`].
pub fn append(path: &Path, requests: &[Vec<u8>]) -> Result<(), BenchError> {
    let write = || {
        let mut lines = Vec::new();
        for request in requests.iter().filter_map(|request| Recorded::of(request)) {
            serde_json::to_writer(&mut lines, &request)?;
            lines.push(b'\n');
        }
        OpenOptions::new().create(true).append(true).open(path)?.write_all(&lines)
    };
    write().map_err(BenchError::io(format!("write {}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{get, with_json};

    #[test]
    fn what_is_recorded_can_be_sent_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("traffic.jsonl");
        let requests =
            [get("/a?b=%20", Some("s=1")), with_json("POST", "/orders", None, "{\"t\":\"民\"}"), get("/", None)];
        append(&path, &requests[..2]).unwrap();
        append(&path, &requests[2..]).unwrap();
        let read = read(&path).unwrap();
        let again: Vec<_> = read.iter().map(|request| request.bytes("localhost", "").unwrap()).collect();
        let sorted = |bytes: &[u8]| {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            let mut lines: Vec<_> = text.split("\r\n").map(str::to_owned).collect();
            lines.sort();
            lines
        };
        assert_eq!(again.iter().map(|bytes| sorted(bytes)).collect::<Vec<_>>(), requests.map(|bytes| sorted(&bytes)));
        let below = String::from_utf8(read[0].bytes("h:1", "/x").unwrap()).unwrap();
        assert!(below.starts_with("GET /x/a?b=%20 HTTP/1.1\r\nHost: h:1\r\n"), "{below}");
    }

    #[test]
    fn lines_that_are_no_requests_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("traffic.jsonl");
        for line in
            [r#"{"method":"GET"}"#, "GET /", r#"{"method":"HEAD","path":"/"}"#, r#"{"method":"GET","path":"/","x":1}"#]
        {
            fs::write(&path, format!("\n{{\"method\":\"GET\",\"path\":\"/\"}}\n{line}\n")).unwrap();
            assert!(matches!(read(&path), Err(BenchError::Traffic { line: 3, .. })), "{line}");
        }
    }

    #[test]
    fn a_line_cannot_smuggle_a_second_request() {
        let request = |text: &str| serde_json::from_str::<Recorded>(text).unwrap().bytes("h", "");
        for text in [
            r#"{"method":"GET","path":"/ HTTP/1.1\r\nX: y"}"#,
            r#"{"method":"GET /","path":"/"}"#,
            r#"{"method":"GET","path":"a"}"#,
            r#"{"method":"GET","path":"/","headers":{"a: b\r\nc":"d"}}"#,
            r#"{"method":"GET","path":"/","headers":{"a":"b\r\nc: d"}}"#,
        ] {
            assert!(request(text).is_err(), "{text}");
        }
        let lengths = request(r#"{"method":"POST","path":"/","headers":{"content-length":"99"},"body":"ab"}"#);
        let text = String::from_utf8(lengths.unwrap()).unwrap();
        assert!(text.ends_with("\r\nContent-Length: 2\r\n\r\nab") && !text.contains("99"), "{text}");
    }
}
