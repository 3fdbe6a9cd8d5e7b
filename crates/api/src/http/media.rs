//! Pictures that are stored on the local disk (other stores serve them themselves).

use actix_web::{HttpResponse, http::header, web};
use minsu_application::AppError;
use minsu_domain::PictureKey;

use super::{
    api_error::{ApiError, RequestFault},
    state::State,
};

/// `GET /media/{key}`: keys are made from content, so a picture never changes under its key and
/// browsers may keep it for ever.
pub async fn picture(state: web::Data<State>, path: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let key = PictureKey::new(&path).map_err(|_| RequestFault::UnknownPath)?;
    let bytes = state.app.objects.get(&key).await.map_err(AppError::UploadFailed)?.ok_or(RequestFault::UnknownPath)?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .content_type("image/jpeg")
        .body(bytes))
}
