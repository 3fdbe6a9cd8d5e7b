//! A listing to be made: as the document shows it, and as it is read.

use minsu_application::{
    App,
    houses::{self, DraftFault},
};
use minsu_domain::{HouseDraft, Money};
use minsu_web::{api_error::ApiError, native_fault::FieldRule, openapi::values};
use utoipa::ToSchema;

use crate::{
    fields::{Fields, integer, integers, string},
    values as native,
};

/// A listing to be made.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the document shows it; it is read field by field")]
pub struct ListingBody {
    #[schema(value_type = values::Title)]
    title: String,
    /// The area.
    #[schema(value_type = native::Id)]
    area_id: i64,
    #[schema(value_type = values::Address)]
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
    #[schema(value_type = values::RoomCount)]
    room_count: i64,
    #[schema(value_type = values::Acreage)]
    acreage: i64,
    #[schema(value_type = values::Layout)]
    unit: String,
    #[schema(value_type = values::Capacity)]
    capacity: i64,
    #[schema(value_type = values::Beds)]
    beds: String,
    #[schema(value_type = values::MinDays)]
    min_days: i64,
    #[schema(value_type = values::MaxDays)]
    max_days: i64,
    /// The ids of its facilities; may be empty.
    #[schema(value_type = values::Facilities)]
    facilities: Vec<i64>,
}

/// Reads a draft. A field that cannot be read is told as such, and has a value of its type meanwhile, so that every
/// fault of the others is found.
pub(crate) async fn draft(app: &App, body: &mut Fields) -> Result<HouseDraft, ApiError> {
    let whole = integer(Ok::<i64, _>);
    let draft = HouseDraft {
        title: body.need("title", string).unwrap_or_default(),
        price_yuan: yuan(body.need("price", integer(Money::from_fen))),
        deposit_yuan: yuan(body.need("deposit", integer(Money::from_fen))),
        area_id: body.need("area_id", &whole).unwrap_or_default(),
        address: body.need("address", string).unwrap_or_default(),
        description: body.may("description", string),
        room_count: body.need("room_count", &whole).unwrap_or_default(),
        acreage: body.need("acreage", &whole).unwrap_or_default(),
        unit: body.need("unit", string).unwrap_or_default(),
        capacity: body.need("capacity", &whole).unwrap_or_default(),
        beds: body.need("beds", string).unwrap_or_default(),
        min_days: body.need("min_days", &whole).unwrap_or_default(),
        max_days: body.need("max_days", &whole).unwrap_or_default(),
        facilities: body.need("facilities", integers).unwrap_or_default(),
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

/// An amount as the draft has it, in 元.
fn yuan(amount: Option<Money>) -> String {
    let fen = amount.map_or(0, Money::fen);
    format!("{}.{:02}", fen / 100, fen % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_pass_exactly() {
        for fen in [0, 1, 10, 99, 100, 1_999, HouseDraft::MAX_PRICE_FEN, Money::MAX.fen()] {
            let amount = Money::from_fen(fen).unwrap();
            assert_eq!(Money::from_yuan_text(&yuan(Some(amount))), Ok(amount));
        }
    }
}
