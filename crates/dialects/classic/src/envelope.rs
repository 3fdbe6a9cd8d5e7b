//! Both keys in every answer: `errno` is the number 0 or a string such as `"4001"`, `errcode`
//! is always a string. The fields of an answer are at the top level beside them.

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::Method};
use bytes::Bytes;
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{AllOfBuilder, ObjectBuilder, RefOr, Schema, Type},
};

use minsu_application::{AppError, CaptchaError, SessionError, SmsCodeError};
use minsu_web::{api_error::ApiError, dialect::Envelope, errno::Errno, openapi::envelopes, verdict::Verdict};

/// Marks the dialect.
pub struct Classic;

impl Envelope for Classic {
    fn verdict(&self, error: &ApiError) -> Verdict {
        let business = Verdict::business;
        let ApiError::App(refused) = error else {
            return match error {
                // Document 001 items 5 and 6 print 4102.
                ApiError::NoSession => business(Errno::LoginErr, "用户未登录"),
                other => other.verdict(),
            };
        };
        match refused {
            // Document 001 item 3 prints 4102.
            AppError::Session(SessionError::WrongCredentials) => business(Errno::LoginErr, "用户名或密码错误"),
            // The register page compares these two sentences word for word.
            AppError::Captcha(CaptchaError::Expired) | AppError::SmsCode(SmsCodeError::Expired) => {
                business(Errno::NoData, "验证码过期")
            }
            AppError::Captcha(CaptchaError::Wrong) | AppError::SmsCode(SmsCodeError::Wrong) => {
                business(Errno::DataErr, "验证码错误")
            }
            _ => error.verdict(),
        }
    }

    fn failure(&self, method: &Method, path: &str, errno: Errno, sentence: &'static str) -> Bytes {
        let code = errno.code();
        // Document 000 item 11: a failed publication carries an empty house id.
        let publishing = method == Method::POST && path == "/api/house/info";
        let extra = if publishing { r#","house_id":"""# } else { "" };
        // Codes and sentences are constants without anything to escape.
        Bytes::from(format!(r#"{{"errno":"{code}","errcode":"{code}","errmsg":"{sentence}"{extra}}}"#))
    }
}

/// A success with the call's own fields at the top level.
#[derive(Debug, Serialize)]
pub struct Reply<T> {
    errno: u8,
    errcode: &'static str,
    errmsg: &'static str,
    #[serde(flatten)]
    fields: T,
}

impl<T: ToSchema> utoipa::PartialSchema for Reply<T> {
    fn schema() -> RefOr<Schema> {
        let envelope = ObjectBuilder::new()
            .property("errno", envelopes::success_number())
            .required("errno")
            .property("errcode", envelopes::success_code())
            .required("errcode")
            .property("errmsg", envelopes::success_sentence())
            .required("errmsg");
        let says = "A success with the call's own fields at the top level.";
        AllOfBuilder::new().item(T::schema()).item(envelope).description(Some(says)).into()
    }
}

impl<T: ToSchema> ToSchema for Reply<T> {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
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
#[derive(Debug, Serialize)]
pub struct Data<T> {
    /// The answer.
    pub data: T,
}

impl<T: ToSchema> utoipa::PartialSchema for Data<T> {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().property("data", envelopes::the_answer::<T>()).required("data").into()
    }
}

impl<T: ToSchema> ToSchema for Data<T> {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        T::schemas(schemas);
    }
}

/// A refusal, for the document: its bytes are written by [`Classic`].
pub struct Failure;

impl utoipa::PartialSchema for Failure {
    fn schema() -> RefOr<Schema> {
        let nothing = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([""]));
        let refusal = ObjectBuilder::new().schema_type(Type::Object).description(Some("A refusal."));
        refusal
            .property("errno", envelopes::failure_code())
            .required("errno")
            .property("errcode", envelopes::failure_code())
            .required("errcode")
            .property("errmsg", envelopes::failure_sentence())
            .required("errmsg")
            .property("house_id", nothing.description(Some("where a house could not be published")))
            .into()
    }
}

impl ToSchema for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_has_both_codes_as_strings() {
        for errno in Errno::ALL {
            let failure = Classic.failure(&Method::GET, "/", errno, errno.meaning());
            let json: serde_json::Value = serde_json::from_slice(&failure).unwrap();
            let (code, sentence) = (errno.code(), errno.meaning());
            assert_eq!(json, serde_json::json!({"errno": code, "errcode": code, "errmsg": sentence}));
        }
    }

    #[test]
    fn a_failed_publication_has_an_empty_house_id() {
        let failure = Classic.failure(&Method::POST, "/api/house/info", Errno::DbErr, "数据库查询错误");
        let json: serde_json::Value = serde_json::from_slice(&failure).unwrap();
        assert_eq!(json["house_id"], "");
    }

    #[test]
    fn a_success_has_a_number_and_a_string() {
        let json = serde_json::to_value(Reply::new(Data { data: 5 })).unwrap();
        assert_eq!(json, serde_json::json!({"errno": 0, "errcode": "0", "errmsg": "OK", "data": 5}));
    }
}
