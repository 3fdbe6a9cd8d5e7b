//! Changing a house.

use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::houses;
use minsu_domain::{HouseId, Version};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    login::LoggedIn,
    state::State,
};

use crate::{
    answer::answer,
    form::{Fields, MemberForm},
    frame::Frame,
    host::publish::{self, Edited},
    listing::id_in_path,
    local,
};

/// The version that a form was shown with.
///
/// # Errors
/// [`RequestFault::WrongFields`].
pub(super) fn version(form: &Fields) -> Result<Version, ApiError> {
    let number = form.get("version").parse().map_err(|_| RequestFault::WrongFields)?;
    Ok(Version::new(number)?)
}

/// `GET /host/houses/{id}/edit`
pub async fn look(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let house = houses::own_listing(&state.app, viewer.0, id_in_path(&id)?).await?;
    let edited = Edited { id: house.id.get(), version: house.version.get() };
    let (frame, typed) = (Frame::of(&request, &state), publish::written(house.offer.into()));
    publish::shown(&state, &request, frame, viewer.0, (typed, Some(edited))).await
}

/// `POST /host/houses/{id}/edit`
pub async fn edit(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (id, MemberForm { viewer, token: _, fields }): (HouseId, _) = (id_in_path(&id)?, form);
    let current = houses::own_listing(&state.app, viewer, id).await?;
    let changed = match (version(&fields), publish::read(&fields)) {
        (Ok(seen), Ok(draft)) => {
            houses::edit_listing(&state.app, viewer, id, seen, draft).await.map_err(ApiError::from)
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    let done = changed.map(|()| local::redirect(&format!("/host/houses/{id}?done=edited")));
    // Sent once more, the form changes the version of which the notice tells.
    let edited = Edited { id: id.get(), version: current.version.get() };
    answer(&state, &request, done, async |frame| {
        publish::shown(&state, &request, frame, viewer, (fields, Some(edited))).await
    })
    .await
}
