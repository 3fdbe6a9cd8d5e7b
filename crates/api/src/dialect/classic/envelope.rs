//! Both keys in every answer: `errno` is the number 0 or a string such as `"4001"`, `errcode`
//! is always a string. What a call answers stands at the top level beside them.

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::Method};
use bytes::Bytes;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    dialect::{Dialect, Envelope},
    http::errno::Errno,
};

/// Marks the dialect.
pub struct Classic;

impl Envelope for Classic {
    fn dialect(&self) -> Dialect {
        Dialect::Classic
    }

    fn failure(&self, request: &HttpRequest, errno: Errno, sentence: &'static str) -> Bytes {
        let code = errno.code();
        // Document 000 item 11: a failed publication carries an empty house id.
        let publishing = request.method() == Method::POST && request.path() == "/api/house/info";
        let extra = if publishing { r#","house_id":"""# } else { "" };
        // Codes and sentences are constants without anything to escape.
        Bytes::from(format!(r#"{{"errno":"{code}","errcode":"{code}","errmsg":"{sentence}"{extra}}}"#))
    }
}

/// A success with the call's own fields at the top level.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reply<T> {
    errno: u8,
    errcode: &'static str,
    errmsg: &'static str,
    #[serde(flatten)]
    fields: T,
}

impl<T> Reply<T> {
    /// Wraps an answer.
    pub fn new(fields: T) -> Self {
        Self { errno: 0, errcode: Errno::Ok.code(), errmsg: "OK", fields }
    }

    /// The call's own fields.
    pub fn fields(&self) -> &T {
        &self.fields
    }
}

impl<T: Serialize> Responder for Reply<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().json(self)
    }
}

/// No fields of its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct Nothing {}

/// A success without fields.
pub fn done() -> Reply<Nothing> {
    Reply::new(Nothing {})
}

/// One field `data`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Data<T> {
    /// The answer itself.
    pub data: T,
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn a_failure_has_both_codes_as_strings() {
        let request = TestRequest::default().to_http_request();
        for errno in Errno::ALL {
            let failure = Classic.failure(&request, errno, errno.meaning());
            let json: serde_json::Value = serde_json::from_slice(&failure).unwrap();
            let (code, sentence) = (errno.code(), errno.meaning());
            assert_eq!(json, serde_json::json!({"errno": code, "errcode": code, "errmsg": sentence}));
        }
    }

    #[test]
    fn a_failed_publication_has_an_empty_house_id() {
        let request = TestRequest::post().uri("/api/house/info").to_http_request();
        let json: serde_json::Value =
            serde_json::from_slice(&Classic.failure(&request, Errno::DbErr, "数据库查询错误")).unwrap();
        assert_eq!(json["house_id"], "");
    }

    #[test]
    fn a_success_has_a_number_and_a_string() {
        let json = serde_json::to_value(Reply::new(Data { data: 5 })).unwrap();
        assert_eq!(json, serde_json::json!({"errno": 0, "errcode": "0", "errmsg": "OK", "data": 5}));
    }
}
