//! What a page has around its content, and how it becomes an answer.

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::Cookie,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use askama::Template;
use bytes::Bytes;
use minsu_application::{App, AppError};
use minsu_domain::PictureKey;
use minsu_web::{api_error::ApiError, language::Language, login, state::State};
use url::Url;

use crate::{assets, calendar, csrf, format, headers, language};

/// A notice above the content of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Something was done.
    Done(&'static str),
    /// Something was refused.
    Refused(&'static str),
}

/// The parts of a page that all pages share.
pub struct Frame {
    /// The language.
    pub language: Language,
    /// Whether the visitor is logged in.
    pub known: bool,
    /// Whether orders are paid here.
    pub payments: bool,
    /// The token of its forms; empty on a page that is the same for many visitors, which has no such form.
    pub csrf: String,
    /// The notice above the content.
    pub notice: Option<Notice>,
    /// The code that the outbox of profile dev just got.
    pub dev_code: Option<String>,
    /// The cookie that its token belongs to, where the browser has none yet.
    pub cookie: Option<Cookie<'static>>,
}

impl Frame {
    /// Of a page that is the same for many visitors.
    pub fn public(language: Language, known: bool) -> Self {
        Self { language, known, payments: false, csrf: String::new(), notice: None, dev_code: None, cookie: None }
    }

    /// Of a page with forms.
    pub fn of(request: &HttpRequest, state: &State) -> Self {
        let csrf::Token { text, cookie } = csrf::token(request, state);
        let known = login::says_who(request, &state.http);
        let payments = state.app.payment.is_some();
        Self { csrf: text, cookie, payments, ..Self::public(language::of(request), known) }
    }

    /// The same with a refusal above its content.
    #[must_use]
    pub fn refused(self, sentence: &'static str) -> Self {
        Self { notice: Some(Notice::Refused(sentence)), ..self }
    }

    /// The status of a page with this frame: 422 for a form that is shown again because it was refused.
    pub const fn status(&self) -> StatusCode {
        match self.notice {
            Some(Notice::Refused(_)) => StatusCode::UNPROCESSABLE_ENTITY,
            Some(Notice::Done(_)) | None => StatusCode::OK,
        }
    }

    /// One of two sentences.
    pub fn say(&self, chinese: &'static str, english: &'static str) -> &'static str {
        language::say(self.language, chinese, english)
    }

    /// The word for one thing or several; Chinese has one for both.
    pub fn plural<N: Copy + Into<u64>>(
        &self,
        number: &N,
        chinese: &'static str,
        one: &'static str,
        several: &'static str,
    ) -> &'static str {
        let number: u64 = (*number).into();
        self.say(chinese, if number == 1 { one } else { several })
    }

    /// A number of days.
    pub fn days(&self, days: &u32) -> String {
        format::days(self.language, *days)
    }

    /// The weekdays of a calendar.
    pub fn weekdays(&self) -> [(&'static str, &'static str); 7] {
        calendar::weekdays(self.language)
    }

    /// The tag of the language.
    pub fn tag(&self) -> &'static str {
        self.language.tag()
    }

    /// The path of the stylesheet.
    pub fn style(&self) -> &'static str {
        assets::STYLE.path()
    }

    /// The path of the script.
    pub fn script(&self) -> &'static str {
        assets::SCRIPT.path()
    }

    /// The path of the picker of days.
    pub fn calendar(&self) -> &'static str {
        assets::CALENDAR.path()
    }

    /// The path of the script that chooses days in a landlord's calendar.
    pub fn plan(&self) -> &'static str {
        assets::PLAN.path()
    }

    /// The path of the script that makes a proof of work.
    pub fn proof(&self) -> &'static str {
        assets::PROOF.path()
    }

    /// The path of the worker in which that script computes.
    pub fn proof_worker(&self) -> &'static str {
        assets::PROOF_WORKER.path()
    }

    /// The path of the script that waits for a payment.
    pub fn waiting(&self) -> &'static str {
        assets::WAITING.path()
    }

    /// The path of the icon.
    pub fn icon(&self) -> &'static str {
        assets::ICON.path()
    }
}

/// The text of a page.
///
/// # Errors
/// [`AppError::Internal`]: a template cannot fail but for a defect.
pub fn rendered(page: &impl Template) -> Result<Bytes, ApiError> {
    Ok(page.render().map_err(|error| AppError::Internal(error.into()))?.into())
}

/// A page that belongs to one visitor, with the status of its frame; no cache keeps it.
///
/// # Errors
/// Those of [`rendered`].
pub fn personal(
    request: &HttpRequest,
    state: &State,
    page: &impl Template,
    frame: &Frame,
) -> Result<HttpResponse, ApiError> {
    personal_with(request, state, frame.status(), page, frame)
}

/// The same with a status of its own.
///
/// # Errors
/// Those of [`rendered`].
pub fn personal_with(
    request: &HttpRequest,
    state: &State,
    status: StatusCode,
    page: &impl Template,
    frame: &Frame,
) -> Result<HttpResponse, ApiError> {
    let mut response = HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(rendered(page)?);
    if let Some(cookie) = &frame.cookie {
        response.add_cookie(cookie).map_err(|error| AppError::Internal(error.into()))?;
    }
    as_page(&mut response, request, state);
    Ok(response)
}

/// Adds what every page is sent with.
pub fn as_page(response: &mut HttpResponse, request: &HttpRequest, state: &State) {
    headers::protect(response, &policy(&state.app));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language::of(request).tag()));
    headers.append(header::VARY, HeaderValue::from_static("Accept-Language, Cookie"));
}

/// Only the files of the site itself, no code and no style inside a page, and pictures also from where they are stored.
fn policy(app: &App) -> String {
    let stored = PictureKey::new("houses/sample.jpg").map(|key| app.objects.public_url(&key)).unwrap_or_default();
    let mut pictures = String::from("'self'");
    for address in [stored.as_str(), app.policy.default_avatar.as_str()] {
        // A path has no host: it is the site's own.
        let origin = Url::parse(address).ok().map(|url| url.origin().ascii_serialization());
        if let Some(origin) = origin.filter(|origin| !pictures.contains(origin.as_str())) {
            pictures.push(' ');
            pictures.push_str(&origin);
        }
    }
    format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src {pictures}; media-src 'self'; \
         worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
}
