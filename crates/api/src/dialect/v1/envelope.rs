//! `{"errno": "0", "errmsg": "OK", "data": …}`: the code is always a string, because some pages
//! compare it with `===`.

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody};
use bytes::Bytes;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    dialect::{Dialect, Envelope},
    http::errno::Errno,
};

/// Marks the dialect.
pub struct V1;

impl Envelope for V1 {
    fn dialect(&self) -> Dialect {
        Dialect::V1
    }

    fn failure(&self, _: &HttpRequest, errno: Errno, sentence: &'static str) -> Bytes {
        // Codes and sentences are constants without anything to escape.
        Bytes::from(format!(r#"{{"errno":"{}","errmsg":"{sentence}"}}"#, errno.code()))
    }
}

/// A success with data.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reply<T> {
    /// `"0"`; any other code has no data.
    #[schema(example = "0")]
    errno: &'static str,
    /// A fixed sentence.
    #[schema(example = "OK")]
    errmsg: &'static str,
    /// The answer itself.
    data: T,
}

impl<T> Reply<T> {
    /// Wraps an answer.
    pub fn new(data: T) -> Self {
        Self { errno: Errno::Ok.code(), errmsg: "OK", data }
    }

    /// The same under another sentence.
    pub fn saying(mut self, sentence: &'static str) -> Self {
        self.errmsg = sentence;
        self
    }
}

impl<T: Serialize> Responder for Reply<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().json(self)
    }
}

/// A success or a failure without data.
#[derive(Debug, Serialize, ToSchema)]
pub struct Done {
    /// `"0"`, or the code of a failure.
    #[schema(example = "0")]
    errno: &'static str,
    /// A fixed sentence.
    #[schema(example = "OK")]
    errmsg: &'static str,
}

impl Done {
    /// It is done.
    pub const OK: Self = Self { errno: Errno::Ok.code(), errmsg: "OK" };

    /// It is done, in other words.
    pub const fn saying(sentence: &'static str) -> Self {
        Self { errno: Errno::Ok.code(), errmsg: sentence }
    }
}

impl Responder for Done {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().json(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_is_json_with_a_string_code() {
        let request = actix_web::test::TestRequest::default().to_http_request();
        for errno in Errno::ALL {
            let failure = V1.failure(&request, errno, errno.meaning());
            let json: serde_json::Value = serde_json::from_slice(&failure).unwrap();
            assert_eq!(json, serde_json::json!({"errno": errno.code(), "errmsg": errno.meaning()}));
        }
    }
}
