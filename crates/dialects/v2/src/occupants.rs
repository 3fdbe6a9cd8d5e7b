//! The people who stay under an order.

use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use minsu_application::{
    App, AppError, SessionError,
    orders::{self, ShownOccupant},
};
use minsu_domain::{
    Field, HouseDraft, IdentityNumber, OccupantList, RealName, RegisteredOccupant, Scope, TransitionRefused,
};
use minsu_web::{
    api_error::ApiError,
    csv,
    native_fault::FieldRule,
    openapi::{
        call::Call,
        refusals::{self, ConcatAll},
        values,
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    acting::{Caller, Site},
    fields::{Fields, text},
    listings::id_in_path,
    orders::{ID, acts},
    reply::Reply,
};

/// A person who stays.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct OccupantBody {
    /// The real name.
    #[schema(value_type = values::PersonName)]
    name: String,
    /// The identity number.
    #[schema(value_type = values::IdCard)]
    id_number: String,
}

/// The people who stay, at most as many as guests.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; the handler reads field by field")]
pub struct OccupantsBody {
    /// All of them; an empty list erases those named before.
    occupants: Vec<OccupantBody>,
}

/// A person who stays, masked.
#[derive(Debug, Serialize, ToSchema)]
pub struct OccupantData {
    /// The name: whole for the guest, its first character and an asterisk for the landlord.
    #[schema(examples("张*"))]
    name: String,
    /// The identity number, its middle masked.
    #[schema(examples("1101**********002X"))]
    id_number: String,
}

impl OccupantData {
    pub(crate) const fn new(name: String, id_number: String) -> Self {
        Self { name, id_number }
    }
}

impl From<ShownOccupant> for OccupantData {
    fn from(occupant: ShownOccupant) -> Self {
        Self { name: occupant.name, id_number: occupant.number }
    }
}

/// The people who stay under an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OccupantsData {
    /// All of them, in the order in which the guest named them.
    occupants: Vec<OccupantData>,
}

/// The people of a body, whose field `occupants` must be there; its faults lie at `/occupants/0/name`.
pub(crate) fn read(body: &mut Fields, today: NaiveDate) -> Option<OccupantList> {
    let people = body.each("occupants", |person| {
        let name = person.need("name", text(RealName::new));
        let number = person.need("id_number", text(|typed| IdentityNumber::new(typed, today)));
        Some(RegisteredOccupant { name: name?, number: number? })
    })?;
    if people.len() as u64 > HouseDraft::MAX_CAPACITY.unsigned_abs() {
        body.fault("occupants", FieldRule::Range);
        return None;
    }
    OccupantList::new(people).map_err(|_| body.fault("occupants", FieldRule::Repeated)).ok()
}

async fn shown(app: &App, caller: &Caller, id: &str) -> Result<Reply<OccupantsData>, ApiError> {
    let people = orders::occupants(app, caller.0, id_in_path(id)?).await?;
    Ok(Reply::ok(OccupantsData { occupants: people.into_iter().map(OccupantData::from).collect() }))
}

pub(crate) const OCCUPANTS: Call =
    Call::get::<OccupantsData>("/orders/{id}/occupants", "occupants", "The people who stay.")
        .says(
            "The people who stay under an order, for its guest, and for its landlord from the acceptance on. They are \
             erased some days after the stay, and when the order is rejected or canceled.",
        )
        .needs_scope(Scope::OrdersRead)
        .with_path(ID)
        .refuses(acts);

pub(crate) async fn occupants(
    site: Site,
    caller: Caller,
    id: web::Path<String>,
) -> Result<Reply<OccupantsData>, ApiError> {
    // A stranger does not learn that the order exists.
    orders::view(site.app(), caller.0, id_in_path(&id)?).await?;
    shown(site.app(), &caller, &id).await
}

pub(crate) const PUT: Call =
    Call::put::<OccupantsData>("/orders/{id}/occupants", "put_occupants", "The guest names the people who stay.")
        .says(
            "Names the people who stay, in place of those named before, at most as many as guests. The guest does so \
             until the order ends or the stay is over. Names and numbers are kept sealed.",
        )
        .needs_scope(Scope::OrdersWrite)
        .with_path(ID)
        .with_json::<OccupantsBody>()
        .refuses(|| {
            [acts(), refusals::app([TransitionRefused::StayOver.into()]), refusals::invalid(&[Field::Occupants])]
                .concat_all()
        });

pub(crate) async fn put(
    site: Site,
    caller: Caller,
    id: web::Path<String>,
    mut body: Fields,
) -> Result<Reply<OccupantsData>, ApiError> {
    let app = site.app();
    let list = read(&mut body, app.today());
    let (list, order) = (body.finish(list)?, id_in_path(&id)?);
    orders::view(app, caller.0, order).await?;
    orders::name_occupants(app, caller.0, order, &list).await?;
    shown(app, &caller, &id).await
}

pub(crate) const REPORT: Call = Call::get_bytes(
    "/orders/{id}/occupants.csv",
    "report_occupants",
    csv::MEDIA_TYPE,
    "The people who stay, for the register of the police.",
)
.says(
    "Names and whole identity numbers as CSV, for the landlord from the acceptance on. The session must be confirmed. \
     A cell that a spreadsheet would take for a formula begins with an apostrophe.",
)
.needs_confirmation()
.with_path(ID)
.refuses(|| [refusals::app([AppError::Session(SessionError::ConfirmationNeeded)]), acts()].concat_all());

pub(crate) async fn report(site: Site, caller: Caller, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let (app, id) = (site.app(), id_in_path(&id)?);
    orders::view(app, caller.0, id).await?;
    Ok(csv::of_occupants(orders::report_occupants(app, caller.0, id).await?))
}
