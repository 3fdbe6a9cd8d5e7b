//! The pictures of a house: adding, ordering, captions, deleting.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, web};
use minsu_application::{AppError, ListingError, houses};
use minsu_domain::{Caption, HouseId, PictureId};
use minsu_web::{
    api_error::{ApiError, RequestFault},
    client_address::Client,
    login::LoggedIn,
    state::State,
};

use crate::{
    form::{self, Fields, MemberForm},
    host::{edit::version, house::answered},
    listing::id_in_path,
};

/// `POST /host/houses/{id}/pictures`
pub async fn add(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    client: Client,
    id: web::Path<String>,
    multipart: Multipart,
) -> Result<HttpResponse, ApiError> {
    let id: HouseId = id_in_path(&id)?;
    houses::demand_owner(&state.app, viewer.0, id).await?;
    let upload = form::upload(&state, &request, viewer.0, multipart).await?;
    let added = match upload.single_file(&["picture"]) {
        Ok(picture) => houses::add_picture(&state.app, viewer.0, client.0, id, picture).await.map_err(ApiError::from),
        Err(error) => Err(error),
    };
    answered(&state, &request, viewer.0, id, added.map(|_| "pictured")).await
}

/// The pictures by the numbers of the form, equal numbers in their order of before, with the captions.
///
/// # Errors
/// [`RequestFault::WrongFields`] for a place that is no number, and those of a caption.
fn arranged(fields: &Fields, pictures: &[PictureId]) -> Result<Vec<(PictureId, Option<Caption>)>, ApiError> {
    let mut placed = Vec::with_capacity(pictures.len());
    for id in pictures {
        let place: i64 = fields.get(&format!("place-{id}")).trim().parse().map_err(|_| RequestFault::WrongFields)?;
        let caption = fields.get(&format!("caption-{id}")).trim();
        let caption = (!caption.is_empty()).then(|| Caption::new(caption)).transpose()?;
        placed.push((place, *id, caption));
    }
    placed.sort_by_key(|(place, ..)| *place);
    Ok(placed.into_iter().map(|(_, id, caption)| (id, caption)).collect())
}

/// `POST /host/houses/{id}/pictures/order`
pub async fn arrange(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (app, id): (_, HouseId) = (&state.app, id_in_path(&id)?);
    let house = houses::own_listing(app, form.viewer, id).await?;
    let pictures: Vec<_> = house.pictures.iter().map(|picture| picture.id).collect();
    let result = match (version(&form.fields), arranged(&form.fields, &pictures)) {
        (Ok(seen), Ok(order)) => {
            houses::arrange_pictures(app, form.viewer, id, seen, &order).await.map_err(ApiError::from)
        }
        // Of another version the form names other pictures.
        (Ok(seen), Err(_)) if seen != house.version => Err(AppError::from(ListingError::VersionStale).into()),
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    answered(&state, &request, form.viewer, id, result.map(|()| "arranged")).await
}

/// `POST /host/houses/{id}/pictures/{picture}/delete`
pub async fn delete(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (id, picture) = path.into_inner();
    let (id, picture): (HouseId, PictureId) = (id_in_path(&id)?, id_in_path(&picture)?);
    let deleted = houses::delete_picture(&state.app, form.viewer, id, picture).await;
    answered(&state, &request, form.viewer, id, deleted.map(|()| "unpictured").map_err(ApiError::from)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_keep_their_order() {
        let ids = [1, 2, 3].map(|id| PictureId::new(id).unwrap());
        let fields = |places: [&str; 3]| {
            Fields::known(vec![
                ("place-1", places[0].to_owned()),
                ("place-2", places[1].to_owned()),
                ("place-3", places[2].to_owned()),
                ("caption-2", " 院子 ".to_owned()),
            ])
        };
        let order =
            |places| arranged(&fields(places), &ids).map(|order| order.iter().map(|(id, _)| id.get()).collect());
        assert_eq!(order(["2", " 1 ", "2"]).unwrap(), [2, 1, 3] as [i64; 3]);
        assert_eq!(order(["9", "0", "-1"]).unwrap(), [3, 2, 1] as [i64; 3]);
        let captions = arranged(&fields(["1", "2", "3"]), &ids).unwrap();
        assert_eq!(captions[1].1.as_ref().map(Caption::as_str), Some("院子"));
        assert!(captions[0].1.is_none());
        let wrong: Result<Vec<i64>, _> = order(["1", "", "3"]);
        assert!(wrong.is_err());
    }
}
