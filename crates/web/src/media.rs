//! Pictures that are stored on the local disk (other stores serve them themselves).

use actix_web::{HttpResponse, body::SizedStream, http::header, web};
use futures_util::stream;
use minsu_application::PictureError;
use minsu_domain::PictureKey;
use minsu_ports::ObjectReader;

use super::{
    api_error::{ApiError, RequestFault},
    state::State,
};

/// `GET /media/{key}`: keys are made from content, so a picture never changes under its key and
/// browsers may keep it for ever. It is sent piece by piece: a client that does not read costs a piece. A small variant
/// that is not there, as where only the large ones were carried over from another system, is answered by the large one.
pub async fn picture(state: web::Data<State>, path: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let key = PictureKey::new(&path).map_err(|_| RequestFault::UnknownPath)?;
    let reader = opened(&state, &key).await?.ok_or(RequestFault::UnknownPath)?;
    let length = reader.length();
    let pieces = stream::try_unfold(reader, async |mut reader| {
        let piece = reader.next().await?;
        Ok::<_, minsu_ports::ObjectError>(piece.map(|piece| (piece, reader)))
    });
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .content_type("image/jpeg")
        .body(SizedStream::new(length, Box::pin(pieces))))
}

async fn opened(state: &State, key: &PictureKey) -> Result<Option<Box<dyn ObjectReader>>, ApiError> {
    let found = state.app.objects.open(key).await.map_err(PictureError::NotStored)?;
    match (found, key.large()) {
        (None, Some(large)) => Ok(state.app.objects.open(&large).await.map_err(PictureError::NotStored)?),
        (found, _) => Ok(found),
    }
}
