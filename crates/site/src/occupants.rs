//! The people who stay: the guest names them, the landlord sees them masked and exports them.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use minsu_application::{
    orders::{self, Role, ShownOccupant},
    users,
};
use minsu_domain::{OrderId, Principal, RealName};
use minsu_ports::OrderView;
use minsu_web::{api_error::ApiError, csv, login::LoggedIn, state::State};

use crate::{
    answer::answer,
    done,
    form::{Fields, MemberForm},
    frame::{self, Frame},
    listing::id_in_path,
    local,
    occupant_fields::{self, OccupantField},
    order_list::role,
};

#[derive(Template)]
#[template(path = "occupants.html")]
struct OccupantsPage {
    f: Frame,
    id: i64,
    title: String,
    start: String,
    end: String,
    guests: u32,
    /// Those who are named, masked.
    named: Vec<ShownOccupant>,
    /// The fields of the guest's form; none where nothing can be changed any more.
    fields: Vec<OccupantField>,
    most: usize,
    /// Whether it is the landlord who looks.
    hosting: bool,
    /// Whether the landlord may have the file, or is to give the password first.
    confirmed: bool,
}

async fn shown(
    state: &State,
    request: &HttpRequest,
    f: Frame,
    viewer: Principal,
    order: OrderView,
    typed: Option<&Fields>,
) -> Result<HttpResponse, ApiError> {
    let named = orders::occupants(&state.app, viewer, order.id).await?;
    let hosting = role(viewer, order.landlord.id) == Role::Landlord;
    let is_open = !hosting && !order.status.is_final() && order.quote.last_day() >= Some(state.app.today());
    let page = OccupantsPage {
        f,
        id: order.id.get(),
        title: order.title,
        start: order.start.to_string(),
        end: order.end.to_string(),
        guests: order.guests,
        named,
        fields: if is_open { occupant_fields::fields(order.guests, typed) } else { Vec::new() },
        most: RealName::MAX_CHARS,
        hosting,
        confirmed: viewer.is_confirmed(),
    };
    frame::personal(request, state, &page, &page.f)
}

/// `GET /orders/{id}/occupants`
pub async fn look(
    state: web::Data<State>,
    request: HttpRequest,
    viewer: LoggedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let order = orders::view(&state.app, viewer.0, id_in_path(&id)?).await?;
    let frame = done::told(Frame::of(&request, &state), &Fields::of_query(&request));
    shown(&state, &request, frame, viewer.0, order, None).await
}

/// `POST /orders/{id}/occupants`
pub async fn name(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (app, viewer) = (&state.app, form.viewer);
    let order = orders::view(app, viewer, id_in_path(&id)?).await?;
    let named = async {
        let list = occupant_fields::read(order.guests, &form.fields, app.today())?;
        orders::name_occupants(app, viewer, order.id, &list).await?;
        Ok(local::redirect(&format!("/orders/{}/occupants?done=named", order.id)))
    };
    let named = named.await;
    answer(&state, &request, named, async |frame| {
        shown(&state, &request, frame, viewer, order, Some(&form.fields)).await
    })
    .await
}

/// `POST /orders/{id}/occupants/confirm`
pub async fn confirm(
    state: web::Data<State>,
    request: HttpRequest,
    form: MemberForm,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let (app, viewer) = (&state.app, form.viewer);
    let order = orders::view(app, viewer, id_in_path(&id)?).await?;
    let confirmed = users::confirm_session(app, viewer, &form.token, form.fields.get("password")).await;
    let back = format!("/orders/{}/occupants", order.id);
    let done = confirmed.map(|()| local::redirect(&back)).map_err(ApiError::from);
    answer(&state, &request, done, async |frame| shown(&state, &request, frame, viewer, order, None).await).await
}

/// `GET /orders/{id}/occupants.csv`
pub async fn report(
    state: web::Data<State>,
    viewer: LoggedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: OrderId = id_in_path(&id)?;
    orders::view(&state.app, viewer.0, id).await?;
    Ok(csv::of_occupants(orders::report_occupants(&state.app, viewer.0, id).await?))
}
