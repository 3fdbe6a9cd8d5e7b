//! The page of a problem, which its `type` leads to.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use minsu_web::api_error::{ApiError, RequestFault};

use super::Problem;
use crate::language::Language;

/// The path of the pages, with the slug as its placeholder.
pub const PATH: &str = "/problems/{code}";

/// Nothing but the text: no script, no style, no picture.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /problems/{code}`
///
/// # Errors
/// [`RequestFault::UnknownPath`] for a slug that no problem has.
pub async fn problem(request: HttpRequest, code: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let problem = Problem::of_code(&code).ok_or(RequestFault::UnknownPath)?;
    let language = Language::of(&request);
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .insert_header((header::CONTENT_LANGUAGE, language.tag()))
        .insert_header((header::VARY, "Accept-Language"))
        .content_type("text/html; charset=utf-8")
        .body(html(problem, language)))
}

/// The table has no characters that HTML reads as markup; a test looks.
fn html(problem: Problem, language: Language) -> String {
    let row = problem.row();
    let (tag, title) = (language.tag(), problem.title(language));
    format!(
        "<!doctype html>\n<html lang=\"{tag}\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title} · {code}</title>\n\
         <h1>{title}</h1>\n<p><code>{status} {code}</code></p>\n<p lang=\"zh-CN\">{chinese}</p>\n\
         <p lang=\"en\">{english}. {explanation}</p>\n</html>\n",
        code = row.code,
        status = row.status,
        chinese = row.chinese,
        english = row.english,
        explanation = row.explanation,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_of_the_table_is_markup() {
        for problem in Problem::ALL {
            let row = problem.row();
            for text in [row.code, row.chinese, row.english, row.explanation] {
                assert!(!text.contains(['<', '>', '&', '"']), "{text}");
            }
        }
    }
}
