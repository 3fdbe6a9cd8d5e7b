//! The form of a house. A new house is saved as a draft, gets pictures, and is then published.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::{houses, users};
use minsu_domain::{HouseDraft, Principal};
use minsu_web::{api_error::ApiError, house_body::HouseBody, login::LoggedIn, state::State};

use crate::{
    answer::answer,
    form::{Fields, MemberForm},
    frame::{self, Frame},
    local,
    reference::{self, Choice},
};

#[derive(Template)]
#[template(path = "host_new.html")]
struct NewPage {
    f: Frame,
    tab: &'static str,
    verified: bool,
    edited: Option<Edited>,
    typed: Fields,
    areas: Vec<Choice>,
    facilities: Vec<Choice>,
}

/// The house that the form changes, and the version that it shows.
pub(super) struct Edited {
    pub(super) id: i64,
    pub(super) version: u32,
}

pub(super) async fn shown(
    state: &State,
    request: &HttpRequest,
    frame: Frame,
    viewer: Principal,
    (typed, edited): (Fields, Option<Edited>),
) -> Result<HttpResponse, ApiError> {
    let chosen: Vec<_> = typed.all("facility").map(str::to_owned).collect();
    let page = NewPage {
        tab: if edited.is_some() { "" } else { "new" },
        verified: users::has_identity(&state.app, viewer).await?,
        edited,
        areas: reference::areas(state, frame.language, typed.get("area_id")).await?,
        facilities: reference::facilities(state, frame.language, &chosen).await?,
        typed,
        f: frame,
    };
    frame::personal(request, state, &page, &page.f)
}

/// `GET /host/new`
pub async fn look(state: web::Data<State>, request: HttpRequest, viewer: LoggedIn) -> Result<HttpResponse, ApiError> {
    let (frame, typed) = (Frame::of(&request, &state), Fields::of_query(&request));
    shown(&state, &request, frame, viewer.0, (typed, None)).await
}

/// The fields of the form as a house has them.
pub(super) fn written(draft: HouseDraft) -> Fields {
    let mut fields = HouseBody::fields_of(&draft);
    fields.push(("description", draft.description.unwrap_or_default()));
    Fields::known(fields)
}

/// The draft of the form, whose fields are those of the dialects of the documents, and a description.
pub(super) fn read(form: &Fields) -> Result<HouseDraft, ApiError> {
    let body: HouseBody = form.read(&["facility"])?;
    Ok(HouseDraft { description: form.filled("description").map(str::to_owned), ..body.into() })
}

/// `POST /host/new`
pub async fn draft(state: web::Data<State>, request: HttpRequest, form: MemberForm) -> Result<HttpResponse, ApiError> {
    let MemberForm { viewer, token: _, fields } = form;
    let drafted = match read(&fields) {
        Ok(draft) => houses::create_draft(&state.app, viewer, draft).await.map_err(ApiError::from),
        Err(error) => Err(error),
    };
    let done = drafted.map(|id| local::redirect(&format!("/host/houses/{id}?done=drafted")));
    answer(&state, &request, done, async |frame| shown(&state, &request, frame, viewer, (fields, None)).await).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_shows_what_it_reads() {
        let draft = HouseDraft::sample();
        assert_eq!(read(&written(draft.clone())).unwrap(), draft);
        let bare = HouseDraft { description: None, facilities: vec![], ..draft };
        assert_eq!(read(&written(bare.clone())).unwrap(), bare);
    }
}
