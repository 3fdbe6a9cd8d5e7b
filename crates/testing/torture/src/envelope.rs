//! Whether an answer is one of the site's: an envelope with a known code, in the form of its dialect.

use reqwest::StatusCode;
use serde_json::Value;

/// A dialect of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `/api/v1.0`.
    V1,
    /// `/api`.
    Classic,
    /// `/api/v2`.
    V2,
}

impl Dialect {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::Classic => "classic",
            Self::V2 => "v2",
        }
    }
}

/// The published list of codes, which the site must keep to.
const PUBLISHED: &str = include_str!("../../../../docs/errors.md");

/// Whether a code of the old dialects is published.
fn is_number(code: &str) -> bool {
    PUBLISHED.lines().any(|line| line.strip_prefix("| ").is_some_and(|row| row.split(" |").next() == Some(code)))
}

/// Whether a problem of the native API is published, with this status.
fn is_slug(status: u16, code: &str) -> bool {
    let row = format!("| {status} | `{code}` |");
    PUBLISHED.lines().any(|line| line.starts_with(&row))
}

/// An answer, judged.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It was done.
    Done(Value),
    /// It was refused with this code, and nothing was changed.
    Refused(String),
    /// 503: it may have been done.
    Unavailable(String),
    /// Not an answer of the site.
    Foreign(String),
}

/// Judges an answer by its status and body.
pub fn judge(dialect: Dialect, status: StatusCode, body: &[u8]) -> Answer {
    let json: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    let foreign = || Answer::Foreign(format!("{status} {}", String::from_utf8_lossy(&body[..body.len().min(300)])));
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        return foreign();
    }
    let code = match dialect {
        Dialect::V2 if status.is_success() => {
            let fits =
                if status == StatusCode::NO_CONTENT { body.is_empty() } else { !json.is_null() || body.is_empty() };
            return if fits { Answer::Done(json) } else { foreign() };
        }
        Dialect::V2 => json["code"].as_str().filter(|code| is_slug(status.as_u16(), code)).map(str::to_owned),
        Dialect::V1 => json["errno"].as_str().filter(|code| is_number(code)).map(str::to_owned),
        Dialect::Classic => classic(&json),
    };
    let is_whole = match dialect {
        Dialect::V2 => json["status"] == status.as_u16() && json["title"].is_string(),
        Dialect::V1 | Dialect::Classic => json["errmsg"].is_string(),
    };
    match code {
        Some(code) if is_whole && status == StatusCode::SERVICE_UNAVAILABLE => Answer::Unavailable(code),
        Some(code) if is_whole && code == "0" && status == StatusCode::OK => Answer::Done(json),
        Some(code) if is_whole && code != "0" && !status.is_server_error() => Answer::Refused(code),
        // A service of others failed.
        Some(code) if is_whole && status == StatusCode::BAD_GATEWAY => Answer::Refused(code),
        _ => foreign(),
    }
}

/// The code of both keys, which must agree.
fn classic(json: &Value) -> Option<String> {
    let errcode = json["errcode"].as_str().filter(|code| is_number(code))?;
    let agrees = if errcode == "0" { json["errno"] == 0 } else { json["errno"] == errcode };
    agrees.then(|| errcode.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn judged(dialect: Dialect, status: u16, body: &Value) -> Answer {
        judge(dialect, StatusCode::from_u16(status).unwrap(), body.to_string().as_bytes())
    }

    #[test]
    fn only_known_codes_in_the_form_of_the_dialect_are_answers() {
        let done = json!({"errno": "0", "errmsg": "OK"});
        assert_eq!(judged(Dialect::V1, 200, &done), Answer::Done(done.clone()));
        let taken = json!({"errno": "4004", "errcode": "4004", "errmsg": "x"});
        assert_eq!(judged(Dialect::Classic, 200, &taken), Answer::Refused("4004".into()));
        let away = json!({"errno": "4500", "errmsg": "x"});
        assert_eq!(judged(Dialect::V1, 503, &away), Answer::Unavailable("4500".into()));
        let problem = json!({"code": "days_taken", "status": 409, "title": "x"});
        assert_eq!(judged(Dialect::V2, 409, &problem), Answer::Refused("days_taken".into()));
        for (dialect, status, body) in [
            (Dialect::V1, 500, away),
            (Dialect::V1, 200, json!({"errno": 0, "errmsg": "OK"})),
            (Dialect::Classic, 200, done),
            (Dialect::V2, 404, problem),
            (Dialect::V2, 418, json!({"code": "teapot", "status": 418, "title": "x"})),
        ] {
            assert!(matches!(judged(dialect, status, &body), Answer::Foreign(_)), "{body}");
        }
        assert!(matches!(judge(Dialect::V1, StatusCode::BAD_GATEWAY, b"<html>"), Answer::Foreign(_)));
    }
}
