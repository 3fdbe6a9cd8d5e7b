//! `/openapi.json`, and `/docs`: the page on which the API can be read and tried. Both are part of
//! the binary; the page loads nothing from elsewhere, and its policy would not let it.

use std::sync::{Arc, LazyLock};

use actix_web::{HttpResponse, http::header, web};
use minsu_application::AppError;
use utoipa_swagger_ui::Config;

use super::{
    api_error::{ApiError, RequestFault},
    state::State,
};

/// Scripts and styles of this server only. The icons of the page are in its style sheet as data,
/// captchas that it shows are blobs, and its scripts set the styles of single elements.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The settings of the page. `none` keeps it from asking a validator on the Internet.
static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config = Config::from("../openapi.json").validator_url("none").with_credentials(true);
    Arc::new(config.try_it_out_enabled(true).display_request_duration(true).filter(true))
});

/// `GET /openapi.json`
pub async fn document(state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    served(&state)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .content_type("application/json")
        .body((state.openapi)()))
}

/// `GET /docs`: the files of the page stand beside each other below `/docs/`.
pub async fn to_page(state: web::Data<State>) -> Result<HttpResponse, ApiError> {
    served(&state)?;
    Ok(HttpResponse::MovedPermanently().insert_header((header::LOCATION, "docs/")).finish())
}

/// `GET /docs/{file}`
pub async fn page(state: web::Data<State>, file: web::Path<String>) -> Result<HttpResponse, ApiError> {
    served(&state)?;
    let file = utoipa_swagger_ui::serve(&file, CONFIG.clone())
        .map_err(|error| AppError::Internal(error.to_string().into()))?
        .ok_or(RequestFault::UnknownPath)?;
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::X_FRAME_OPTIONS, "DENY"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .content_type(file.content_type);
    Ok(response.body(file.bytes.into_owned()))
}

/// Unknown path when the documentation is switched off.
fn served(state: &State) -> Result<(), ApiError> {
    if state.http.docs { Ok(()) } else { Err(RequestFault::UnknownPath.into()) }
}
