//! `{"errno": "0", "errmsg": "OK", "data": …}`: the code is always a string, because some pages
//! compare it with `===`.

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::Method};
use bytes::Bytes;
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use minsu_application::{AccountError, AppError};
use minsu_web::{api_error::ApiError, dialect::Envelope, errno::Errno, openapi::envelopes, verdict::Verdict};

/// Marks the dialect.
pub struct V1;

impl Envelope for V1 {
    fn verdict(&self, error: &ApiError) -> Verdict {
        match error {
            // The pages read "false" (document 002 item 14).
            ApiError::NoSession => Verdict::business(Errno::SessionErr, "false"),
            // Document 002 item 3 prints DBERR for a registered user.
            ApiError::App(AppError::Account(AccountError::MobileRegistered)) => {
                Verdict::business(Errno::DbErr, "用户已注册")
            }
            other => other.verdict(),
        }
    }

    fn failure(&self, _: &Method, _: &str, errno: Errno, sentence: &'static str) -> Bytes {
        // Codes and sentences are constants without anything to escape.
        Bytes::from(format!(r#"{{"errno":"{}","errmsg":"{sentence}"}}"#, errno.code()))
    }
}

/// A success with data.
#[derive(Debug, Serialize)]
pub struct Reply<T> {
    errno: &'static str,
    errmsg: &'static str,
    data: T,
}

impl<T: ToSchema> utoipa::PartialSchema for Reply<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .property("errno", envelopes::success_code())
            .required("errno")
            .property("errmsg", envelopes::success_sentence())
            .required("errmsg")
            .property("data", envelopes::the_answer::<T>())
            .required("data")
            .description(Some("A success with data."))
            .into()
    }
}

impl<T: ToSchema> ToSchema for Reply<T> {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
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
    #[schema(schema_with = envelopes::success_code)]
    errno: &'static str,
    #[schema(schema_with = envelopes::success_sentence)]
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

/// A refusal, for the document: its bytes are written by [`V1`].
pub struct Failure;

impl utoipa::PartialSchema for Failure {
    fn schema() -> RefOr<Schema> {
        let refusal = ObjectBuilder::new().schema_type(Type::Object).description(Some("A refusal."));
        refusal
            .property("errno", envelopes::failure_code())
            .required("errno")
            .property("errmsg", envelopes::failure_sentence())
            .required("errmsg")
            .into()
    }
}

impl ToSchema for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_is_json_with_a_string_code() {
        for errno in Errno::ALL {
            let failure = V1.failure(&Method::GET, "/", errno, errno.meaning());
            let json: serde_json::Value = serde_json::from_slice(&failure).unwrap();
            assert_eq!(json, serde_json::json!({"errno": errno.code(), "errmsg": errno.meaning()}));
        }
    }
}
