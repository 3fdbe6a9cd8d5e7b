//! Seasons of a house: adding one, changing one, deleting one. A landlord's seasons are stored as a whole, so each form
//! names the version of the house that it was shown with.

use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::{App, AppError, ListingError, houses};
use minsu_domain::{HouseId, Principal, SeasonDraft, Seasons, Version};
use minsu_web::{api_error::ApiError, state::State};

use super::{
    calendar::first_fault,
    edit::version,
    rules::{self, Typed},
    rules_form,
};
use crate::{
    answer::answer,
    form::{Fields, MemberForm},
    listing::id_in_path,
    local,
};

/// `POST /host/houses/{id}/seasons`
pub async fn put(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (id, MemberForm { viewer, token: _, fields }): (HouseId, _) = (id_in_path(&id)?, form);
    houses::own_listing(&state.app, viewer, id).await?;
    let stored = match (version(&fields), rules_form::season(&fields)) {
        (Ok(seen), Ok(season)) => replace(&state.app, viewer, id, (seen, fields.get("season")), Some(season)).await,
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    answered(&state, &request, (viewer, id), stored.map(|()| "seasoned"), fields).await
}

/// `POST /host/houses/{id}/seasons/delete`
pub async fn delete(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (id, MemberForm { viewer, token: _, fields }): (HouseId, _) = (id_in_path(&id)?, form);
    houses::own_listing(&state.app, viewer, id).await?;
    let deleted = match version(&fields) {
        Ok(seen) => replace(&state.app, viewer, id, (seen, fields.get("season")), None).await,
        Err(error) => Err(error),
    };
    answered(&state, &request, (viewer, id), deleted.map(|()| "unseasoned"), Fields::known(vec![])).await
}

/// Stores the seasons without the one whose first day is `old`, and with `new`.
async fn replace(
    app: &App,
    viewer: Principal,
    id: HouseId,
    (seen, old): (Version, &str),
    new: Option<SeasonDraft>,
) -> Result<(), ApiError> {
    let (seasons, current) = houses::own_seasons(app, viewer, id).await?;
    if seen != current {
        return Err(AppError::from(ListingError::VersionStale).into());
    }
    let others = seasons.iter().filter(|season| season.from.to_string() != old).map(SeasonDraft::from);
    let drafts: Vec<_> = others.chain(new).collect();
    let seasons = Seasons::of(&drafts).map_err(|faults| first_fault(faults.first().map(|fault| fault.fault)))?;
    Ok(houses::put_seasons(app, viewer, id, Some(seen), &seasons).await?)
}

async fn answered(
    state: &State,
    request: &HttpRequest,
    (viewer, id): (Principal, HouseId),
    result: Result<&'static str, ApiError>,
    fields: Fields,
) -> Result<HttpResponse, ApiError> {
    let done = result.map(|done| local::redirect(&format!("/host/houses/{id}/rules?done={done}#seasons")));
    answer(state, request, done, async |frame| {
        let typed = Typed { rules: None, season: Some(fields) };
        rules::shown(state, request, frame, (viewer, id), typed).await
    })
    .await
}
