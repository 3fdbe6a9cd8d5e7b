//! In which language a page is: what the visitor chose, or else what the browser asks for.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    http::header,
    web,
};
use minsu_web::{api_error::ApiError, cookies, language::Language, state::State};
use url::Url;

use crate::{form::Fields, local};

/// The cookie that keeps the choice, for a year.
const COOKIE: &str = "minsu_language";

/// The language of a page.
pub fn of(request: &HttpRequest) -> Language {
    let chosen = cookies::values(request, COOKIE).find_map(|tag| Language::of_tag(str::from_utf8(tag).ok()?));
    chosen.unwrap_or_else(|| Language::of(request))
}

/// One of two sentences.
pub const fn say(language: Language, chinese: &'static str, english: &'static str) -> &'static str {
    match language {
        Language::Chinese => chinese,
        Language::English => english,
    }
}

/// `GET /language?to=en`: keeps the choice and leads back to the page of this site that the link was on.
pub async fn switch(state: web::Data<State>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let language = Language::of_tag(Fields::of_query(&request).get("to")).unwrap_or(Language::Chinese);
    let cookie = Cookie::build(COOKIE, language.tag())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(state.http.secure_cookies)
        .max_age(Duration::days(365))
        .finish();
    let mut response = local::redirect(&back(&request));
    response.add_cookie(&cookie).map_err(|error| minsu_application::AppError::Internal(error.into()))?;
    Ok(response)
}

/// Path and query of the page that the link was on; the home page where it is not told or another host's.
fn back(request: &HttpRequest) -> String {
    let text = |name| request.headers().get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    let referer = text(header::REFERER).and_then(|referer| Url::parse(referer).ok());
    let of_this_host = referer.filter(|url| {
        let authority = match (url.host_str(), url.port()) {
            (Some(host), Some(port)) => format!("{host}:{port}"),
            (host, _) => host.unwrap_or_default().to_owned(),
        };
        text(header::HOST).is_some_and(|host| host.eq_ignore_ascii_case(&authority))
    });
    let target = of_this_host.map(|url| match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    });
    target.filter(|target| local::is_target(target)).unwrap_or_else(|| "/".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_choice_goes_before_the_browser() {
        for (cookie, accepted, expected) in [
            ("", "en", Language::English),
            ("minsu_language=zh-CN", "en", Language::Chinese),
            ("minsu_language=en", "zh", Language::English),
            ("minsu_language=xx", "en", Language::English),
            ("", "", Language::Chinese),
        ] {
            let request = TestRequest::default().insert_header(("cookie", cookie));
            let request = request.insert_header(("accept-language", accepted)).to_http_request();
            assert_eq!(of(&request), expected, "{cookie} {accepted}");
        }
    }

    #[test]
    fn it_leads_back_to_this_site_only() {
        for (referer, expected) in [
            ("http://minsu.example:81/houses?area=3", "/houses?area=3"),
            ("http://minsu.example/houses", "/"),
            ("https://evil.example/houses", "/"),
            ("http://minsu.example:81//evil.example", "/"),
            ("nonsense", "/"),
        ] {
            let request = TestRequest::default().insert_header(("host", "minsu.example:81"));
            let request = request.insert_header(("referer", referer)).to_http_request();
            assert_eq!(back(&request), expected, "{referer}");
        }
    }
}
