//! Problems as answers (RFC 9457).

use actix_web::{HttpRequest, HttpResponse, http::header};
use bytes::Bytes;
use chrono::NaiveDate;
use minsu_web::{
    api_error::ApiError,
    dialect::{Failed, Problems},
    native_fault::{FieldFault, FieldRule},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::mapping::Told;
use crate::{dto::QuotedData, language::Language};

/// The media type of problems.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Marks the native API.
pub struct Native;

impl Problems for Native {
    fn answer(&self, failed: &Failed<'_>) -> HttpResponse {
        respond(failed.request, Told::from(failed.error), failed.id)
    }

    fn without_request(&self, error: &ApiError, id: Uuid) -> (&'static str, Bytes) {
        (PROBLEM_JSON, written(&ProblemBody::new(Told::from(error), Language::Chinese, id)))
    }
}

fn respond(request: &HttpRequest, told: Told, id: Uuid) -> HttpResponse {
    let language = Language::of(request);
    let mut response = HttpResponse::build(told.problem.status());
    let body = ProblemBody::new(told, language, id);
    if let Some(seconds) = body.retry_after {
        response.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    if body.status == 401 {
        response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
    }
    response
        .insert_header((header::CONTENT_LANGUAGE, language.tag()))
        .append_header((header::VARY, "Accept-Language"))
        .content_type(PROBLEM_JSON)
        .body(written(&body))
}

fn written(body: &ProblemBody) -> Bytes {
    // Nothing in it fails to be written.
    serde_json::to_vec(body).unwrap_or_default().into()
}

/// A problem: what went wrong with a request.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// A page that explains the problem.
    #[serde(rename = "type")]
    #[schema(examples("/problems/invalid_fields"))]
    kind: String,
    /// What happened, in the language of `Accept-Language`: `zh-CN` (the default) or `en`.
    #[schema(examples("参数错误"))]
    title: &'static str,
    /// The status of the answer.
    #[schema(examples(422))]
    status: u16,
    /// The stable name of the problem.
    #[schema(examples("invalid_fields"))]
    code: &'static str,
    /// The id of the request, by which the log of the site has it.
    #[schema(examples("f78a6c48-70fc-4b6a-b564-7e8043903e24"))]
    request_id: String,
    /// Every field at fault; with `invalid_fields` only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// The rule that refuses the stay; with `stay_not_allowed` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, examples("min_days"))]
    rule: Option<&'static str>,
    /// What the stay costs now; with `price_changed` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    quote: Option<QuotedData>,
    /// The days of the stay that are taken, with `days_taken`; those that orders hold, with `days_held_by_orders`; those
    /// on which another site has a stay, with `conflict_open`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Option<Vec<crate::values::Day>>, nullable = false)]
    days: Vec<NaiveDate>,
    /// The orders that hold days, with `days_held_by_orders`; those of the listing or of the account that are not
    /// over, with `open_orders`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Option<Vec<crate::values::Id>>, nullable = false)]
    orders: Vec<i64>,
    /// After how many seconds to try again; where waiting helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>, nullable = false, examples(60))]
    retry_after: Option<u64>,
}

/// A field at fault.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldError {
    /// Its place in the body, as a JSON pointer (RFC 6901); of a query parameter the pointer of its name.
    #[schema(examples("/mobile"))]
    pointer: String,
    /// What is wrong with it.
    #[schema(examples("format"))]
    code: &'static str,
    /// The same in words.
    #[schema(examples("格式错误"))]
    title: &'static str,
}

impl ProblemBody {
    fn new(told: Told, language: Language, id: Uuid) -> Self {
        let row = told.problem.row();
        Self {
            kind: format!("/problems/{}", row.code),
            title: told.problem.title(language),
            status: row.status,
            code: row.code,
            request_id: id.to_string(),
            errors: told.errors.into_iter().map(|fault| FieldError::new(fault, language)).collect(),
            rule: told.rule,
            quote: told.quote.as_deref().map(QuotedData::from),
            days: told.days,
            orders: told.orders.iter().map(|order| order.get()).collect(),
            // Whole seconds, rounded up: a client that comes back then is not too early.
            retry_after: told
                .retry_after
                .map(|wait| u64::try_from(wait.as_millis().div_ceil(1000).max(1)).unwrap_or(u64::MAX)),
        }
    }
}

impl FieldError {
    fn new(fault: FieldFault, language: Language) -> Self {
        let (code, chinese, english) = said(fault.rule);
        let title = match language {
            Language::Chinese => chinese,
            Language::English => english,
        };
        Self { pointer: fault.pointer, code, title }
    }
}

/// The code of a rule, and what it says in Chinese and English.
pub const fn said(rule: FieldRule) -> (&'static str, &'static str, &'static str) {
    match rule {
        FieldRule::Required => ("required", "缺少该字段", "is missing"),
        FieldRule::Unknown => ("unknown", "没有该字段", "is not a field of this call"),
        FieldRule::Repeated => ("repeated", "该参数重复", "is given more than once"),
        FieldRule::Type => ("type", "类型错误", "has the wrong type"),
        FieldRule::Format => ("format", "格式错误", "has the wrong format"),
        FieldRule::Range => ("range", "超出范围", "is out of range"),
        FieldRule::Common => ("common", "密码过于常见", "is too common"),
        FieldRule::CheckDigit => ("check_digit", "校验位错误", "has a wrong check digit"),
        FieldRule::NotFound => ("not_found", "不存在", "names nothing that exists"),
        FieldRule::Mismatch => ("mismatch", "与请求不符", "does not fit the request"),
    }
}

/// Every rule that a field can break.
pub const RULES: [FieldRule; 10] = [
    FieldRule::Required,
    FieldRule::Unknown,
    FieldRule::Repeated,
    FieldRule::Type,
    FieldRule::Format,
    FieldRule::Range,
    FieldRule::Common,
    FieldRule::CheckDigit,
    FieldRule::NotFound,
    FieldRule::Mismatch,
];

/// A problem without a request: the OpenAPI document.
pub(crate) fn example(told: Told) -> ProblemBody {
    ProblemBody::new(told, Language::Chinese, Uuid::from_u128(0xf78a_6c48_70fc_4b6a_b564_7e80_4390_3e24))
}
