//! A listing to be made: as the document shows it, and as it is read.

use minsu_application::{
    App,
    houses::{self, DraftFault},
};
use minsu_domain::{HouseDraft, Money};
use minsu_web::{api_error::ApiError, house_body, native_fault::FieldRule};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, OneOfBuilder, RefOr, Schema, Type},
};

use crate::{
    fields::{Fields, integer, integers, number, string},
    values as native,
};

/// A listing to be made.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; it is read field by field")]
pub struct ListingBody {
    #[schema(value_type = house_body::Title)]
    title: String,
    /// The area.
    #[schema(value_type = native::Id)]
    area_id: i64,
    #[schema(value_type = house_body::Address)]
    address: String,
    /// What the landlord says about it, in several lines.
    #[schema(value_type = Option<native::Description>, nullable = false)]
    description: Option<String>,
    /// The price of a day, in 分.
    #[schema(value_type = native::Price)]
    price: i64,
    /// The deposit, in 分.
    #[schema(value_type = native::Deposit)]
    deposit: i64,
    #[schema(value_type = house_body::RoomCount)]
    room_count: i64,
    #[schema(value_type = house_body::Acreage)]
    acreage: i64,
    #[schema(value_type = house_body::Layout)]
    unit: String,
    #[schema(value_type = house_body::Capacity)]
    capacity: i64,
    #[schema(value_type = house_body::Beds)]
    beds: String,
    #[schema(value_type = house_body::MinDays)]
    min_days: i64,
    #[schema(value_type = house_body::MaxDays)]
    max_days: i64,
    /// The ids of its facilities; may be empty.
    #[schema(value_type = house_body::Facilities)]
    facilities: Vec<i64>,
}

/// Reads a draft, or the changes of one that stands. A field that cannot be read is told as such, and has a value of
/// its type meanwhile, so that every fault of the others is found.
pub(crate) async fn draft(app: &App, body: &mut Fields, stands: Option<&HouseDraft>) -> Result<HouseDraft, ApiError> {
    let draft = HouseDraft {
        title: body.keep("title", stands.map(|it| it.title.clone()), string).unwrap_or_default(),
        price_yuan: body.keep("price", stands.map(|it| it.price_yuan.clone()), amount).unwrap_or_default(),
        deposit_yuan: body.keep("deposit", stands.map(|it| it.deposit_yuan.clone()), amount).unwrap_or_default(),
        area_id: body.keep("area_id", stands.map(|it| it.area_id), number).unwrap_or_default(),
        address: body.keep("address", stands.map(|it| it.address.clone()), string).unwrap_or_default(),
        description: body.keep_or_clear("description", stands.map(|it| it.description.clone()), string),
        room_count: body.keep("room_count", stands.map(|it| it.room_count), number).unwrap_or_default(),
        acreage: body.keep("acreage", stands.map(|it| it.acreage), number).unwrap_or_default(),
        unit: body.keep("unit", stands.map(|it| it.unit.clone()), string).unwrap_or_default(),
        capacity: body.keep("capacity", stands.map(|it| it.capacity), number).unwrap_or_default(),
        beds: body.keep("beds", stands.map(|it| it.beds.clone()), string).unwrap_or_default(),
        min_days: body.keep("min_days", stands.map(|it| it.min_days), number).unwrap_or_default(),
        max_days: body.keep("max_days", stands.map(|it| it.max_days), number).unwrap_or_default(),
        facilities: body.keep("facilities", stands.map(|it| it.facilities.clone()), integers).unwrap_or_default(),
    };
    for (name, fault) in houses::draft_faults(app, &draft).await? {
        let rule = match fault {
            DraftFault::Invalid(invalid) => invalid.into(),
            DraftFault::Unknown => FieldRule::NotFound,
        };
        // Amounts are in 分 here.
        body.fault(name.strip_suffix("_yuan").unwrap_or(name), rule);
    }
    Ok(draft)
}

/// An amount in 分, as a draft has it.
fn amount(value: &Value) -> Result<String, FieldRule> {
    integer(Money::from_fen)(value).map(Money::to_yuan_text)
}

/// Changes of a listing: the fields of [`ListingBody`], of which those that are absent stay. `null` takes away what
/// may be absent.
pub struct ListingPatch;

impl PartialSchema for ListingPatch {
    fn schema() -> RefOr<Schema> {
        let mut schema = ListingBody::schema();
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            let required = std::mem::take(&mut object.required);
            object.description = Some("Changes of a listing: what is absent stays.".to_owned());
            for (_, property) in object.properties.iter_mut().filter(|(name, _)| !required.contains(name)) {
                let null = ObjectBuilder::new().schema_type(Type::Null);
                *property = OneOfBuilder::new().item(property.clone()).item(null).into();
            }
        }
        schema
    }
}

impl ToSchema for ListingPatch {
    fn name() -> std::borrow::Cow<'static, str> {
        "ListingPatch".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        ListingBody::schemas(schemas);
    }
}
