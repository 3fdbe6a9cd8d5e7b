//! The parameters of the two house lists: in the query, in a JSON body or in a form body.

use actix_web::{HttpMessage, HttpRequest, web};
use minsu_application::houses::SearchHouses;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::spellings::sort_key;
use minsu_web::{
    api_error::{ApiError, RequestFault},
    fields::{Text, present, search_query},
    json,
    openapi::values,
};

/// The parameters as a query or a form writes them.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Params {
    #[param(inline, value_type = Option<values::AreaIfAny>)]
    aid: Option<String>,
    #[param(inline, value_type = Option<values::FirstDayIfAny>)]
    sd: Option<String>,
    #[param(inline, value_type = Option<values::LastDayIfAny>)]
    ed: Option<String>,
    #[param(inline, value_type = Option<values::Sort>)]
    sk: Option<String>,
    #[param(inline, value_type = Option<values::PageIfAny>)]
    p: Option<String>,
}

/// The parameters as JSON writes them: numbers or strings.
#[derive(Debug, Deserialize, ToSchema)]
pub struct JsonParams {
    #[schema(value_type = Option<values::AreaIfAny>)]
    aid: Option<Text>,
    #[schema(value_type = Option<values::FirstDayIfAny>)]
    sd: Option<Text>,
    #[schema(value_type = Option<values::LastDayIfAny>)]
    ed: Option<Text>,
    #[schema(value_type = Option<values::Sort>)]
    sk: Option<Text>,
    #[schema(value_type = Option<values::PageIfAny>)]
    p: Option<Text>,
}

impl From<JsonParams> for Params {
    fn from(json: JsonParams) -> Self {
        let text = |value: Option<Text>| value.map(|text| text.0);
        Self { aid: text(json.aid), sd: text(json.sd), ed: text(json.ed), sk: text(json.sk), p: text(json.p) }
    }
}

/// Reads the search out of a request. A parameter in the body goes before one in the query.
///
/// # Errors
/// [`RequestFault::MalformedBody`], [`RequestFault::UnsupportedMediaType`],
/// [`RequestFault::WrongFields`], and a value that cannot be.
pub fn search_of(request: &HttpRequest, body: &[u8]) -> Result<SearchHouses, ApiError> {
    let query = parameters(request.query_string())?;
    let body = if body.is_empty() { Params::default() } else { of_body(request, body)? };
    let sort = present(&body.sk.or(query.sk)).map(sort_key).unwrap_or_default();
    Ok(search_query(&body.aid.or(query.aid), &body.sd.or(query.sd), &body.ed.or(query.ed), sort, &body.p.or(query.p))?)
}

fn of_body(request: &HttpRequest, body: &[u8]) -> Result<Params, ApiError> {
    match request.content_type() {
        "application/json" => Ok(json::read::<JsonParams>(body)?.into()),
        "application/x-www-form-urlencoded" => {
            parameters(std::str::from_utf8(body).map_err(|_| RequestFault::MalformedBody)?)
        }
        _ => Err(RequestFault::UnsupportedMediaType.into()),
    }
}

fn parameters(text: &str) -> Result<Params, ApiError> {
    web::Query::<Params>::from_query(text).map(web::Query::into_inner).map_err(|_| RequestFault::WrongFields.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn search(query: &str, content_type: &str, body: &str) -> Result<SearchHouses, ApiError> {
        let request = TestRequest::post()
            .uri(&format!("/api/house/list?{query}"))
            .insert_header(("content-type", content_type))
            .to_http_request();
        search_of(&request, body.as_bytes())
    }

    #[test]
    fn all_three_places_say_the_same() {
        let query = search("aid=3&sd=2026-12-01&ed=2026-12-03&sk=booking&p=2", "", "").unwrap();
        let form = "aid=3&sd=2026-12-01&ed=2026-12-03&sk=booking&p=2";
        assert_eq!(search("", "application/x-www-form-urlencoded", form).unwrap(), query);
        let json = r#"{"aid":3,"sd":"2026-12-01","ed":"2026-12-03","sk":"booking","p":"2"}"#;
        assert_eq!(search("", "application/json", json).unwrap(), query);
        assert_eq!(search("p=9", "application/json; charset=utf-8", json).unwrap(), query);
        assert_eq!(query.area.map(|id| id.get()), Some(3));
    }

    #[test]
    fn a_body_of_another_kind_is_refused() {
        let fault = |content_type, body| match search("", content_type, body) {
            Err(ApiError::Request(fault)) => fault.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(fault("application/json", "{"), "malformed body");
        assert_eq!(fault("application/json", r#"{"aid":[]}"#), "wrong fields");
        assert_eq!(fault("text/plain", "aid=3"), "unsupported media type");
        assert!(search("", "application/json", r#"{"aid":null}"#).unwrap().area.is_none());
    }
}
