//! Houses as all dialects of the documents read and write them: the form of one to publish, and what one
//! is like.

use minsu_domain::{Dwelling, HouseDraft};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{
    ToSchema,
    openapi::{ArrayBuilder, RefOr, Schema},
};

use crate::{
    fields::{Int, Text},
    openapi::values::{counted, done, number, written, yuan},
};

/// The districts of the reference data have the ids from 1 on.
const AREAS: i64 = 16;
/// So have the facilities.
const FACILITIES: i64 = 23;

/// Declares the form of a house. A row is a field as pages send it, the field of the draft that it becomes, and a type
/// with the schema of its values, which the native API uses too.
macro_rules! house_body {
    ($(
        #[doc = $doc:literal]
        $(#[serde($default:ident)])?
        $name:ident: $type:ident$(<$of:ident>)? => $draft:ident, $values:ident = $schema:expr;
    )*) => {
        crate::schema_values! {
            $(#[doc = $doc] $values => $schema;)*
        }

        /// A house to publish. Numbers may come as strings.
        #[derive(Debug, Deserialize, ToSchema)]
        pub struct HouseBody {
            $(
                $(#[serde($default)])?
                #[schema(value_type = $values)]
                pub $name: $type$(<$of>)?,
            )*
        }

        impl From<HouseBody> for HouseDraft {
            fn from(body: HouseBody) -> Self {
                Self {
                    // The documents have none.
                    description: None,
                    $($draft: body.$name.into_value(),)*
                }
            }
        }

        impl HouseBody {
            /// The fields of the form that makes this draft, but for its description, which the form has not; a field
            /// of several values once for each.
            pub fn fields_of(draft: &HouseDraft) -> Vec<(&'static str, String)> {
                let mut fields = Vec::new();
                $(
                    let texts = <$type$(<$of>)? as FormField>::texts(&draft.$draft);
                    fields.extend(texts.into_iter().map(|text| (stringify!($name), text)));
                )*
                fields
            }
        }
    };
}

house_body! {
    /// The title of a house.
    title: Text => title, Title = done(written(HouseDraft::MAX_TITLE_CHARS, "什刹海四合院", ""));
    /// The price of a day.
    price: Text => price_yuan, Price = done(
        yuan("199.90").description(Some("元 a day with at most two decimals, at least 0.01")),
    );
    /// The district of a house.
    area_id: Int => area_id, AreaId = done(number(1, AREAS, 1).description(Some("district")));
    /// The address of a house.
    address: Text => address, Address = done(written(HouseDraft::MAX_ADDRESS_CHARS, "西城区羊房胡同 1 号", ""));
    /// How many rooms.
    room_count: Int => room_count, RoomCount = done(counted(1, HouseDraft::MAX_ROOM_COUNT, 2, "rooms"));
    /// How large.
    acreage: Int => acreage, Acreage = done(counted(1, HouseDraft::MAX_ACREAGE, 60, "floor area in square metres"));
    /// The layout of a house.
    unit: Text => unit, Layout = done(written(HouseDraft::MAX_UNIT_CHARS, "两室一厅", "layout in words, "));
    /// How many guests.
    capacity: Int => capacity, Capacity = done(counted(1, HouseDraft::MAX_CAPACITY, 4, "guests"));
    /// The beds of a house.
    beds: Text => beds, Beds = done(written(HouseDraft::MAX_BEDS_CHARS, "双人床 2 张", "beds in words, "));
    /// The deposit.
    deposit: Text => deposit_yuan, Deposit = done(
        yuan("500").description(Some("元 with at most two decimals, 0 allowed")),
    );
    /// The shortest stay.
    min_days: Int => min_days, MinDays = done(
        number(1, HouseDraft::MAX_STAY_DAYS, 1).description(Some("shortest stay in days, at least 1")),
    );
    /// The longest stay.
    max_days: Int => max_days, MaxDays = done(
        number(0, HouseDraft::MAX_STAY_DAYS, 0).description(Some("longest stay in days, 0 for no limit")),
    );
    /// The facilities of a house.
    #[serde(default)]
    facility: Vec<Int> => facilities, Facilities = facilities();
}

fn facilities() -> RefOr<Schema> {
    let ids = ArrayBuilder::new().items(number(1, FACILITIES, 1)).max_items(Some(HouseDraft::MAX_FACILITIES));
    let ids = ids.examples([json!([1, 3, 16])]).description(Some("ids of facilities"));
    RefOr::T(Schema::Array(ids.build()))
}

/// A field of the form: what a draft has for it, and how a page that shows the draft fills it in.
trait FormField {
    type Value;

    fn into_value(self) -> Self::Value;

    fn texts(value: &Self::Value) -> Vec<String>;
}

impl FormField for Text {
    type Value = String;

    fn into_value(self) -> String {
        self.0
    }

    fn texts(value: &String) -> Vec<String> {
        vec![value.clone()]
    }
}

impl FormField for Int {
    type Value = i64;

    fn into_value(self) -> i64 {
        self.0
    }

    fn texts(value: &i64) -> Vec<String> {
        vec![value.to_string()]
    }
}

impl<T: FormField> FormField for Vec<T> {
    type Value = Vec<T::Value>;

    fn into_value(self) -> Vec<T::Value> {
        self.into_iter().map(T::into_value).collect()
    }

    fn texts(values: &Vec<T::Value>) -> Vec<String> {
        values.iter().flat_map(T::texts).collect()
    }
}

/// What a house is like.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DwellingData {
    /// Rooms.
    #[schema(examples(2))]
    room_count: u32,
    /// Floor area in square metres.
    #[schema(examples(60))]
    acreage: u32,
    /// Layout in words.
    #[schema(examples("两室一厅"))]
    unit: String,
    /// Guests.
    #[schema(examples(4))]
    capacity: u32,
    /// Beds in words.
    #[schema(examples("双人床 2 张"))]
    beds: String,
}

impl From<Dwelling> for DwellingData {
    fn from(dwelling: Dwelling) -> Self {
        // Exhaustive: every answer about a whole house has every field, the export too.
        let Dwelling { room_count, acreage, unit, capacity, beds } = dwelling;
        Self { room_count, acreage, unit, capacity, beds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use utoipa::PartialSchema as _;

    #[test]
    fn a_bound_of_the_domain_shows_in_the_schema() {
        let schema = serde_json::to_value(Title::schema()).unwrap();
        assert_eq!(schema["maxLength"], HouseDraft::MAX_TITLE_CHARS);
        assert_eq!(schema["description"], format!("1 to {} characters", HouseDraft::MAX_TITLE_CHARS));
        let schema = serde_json::to_value(Acreage::schema()).unwrap();
        assert_eq!(schema["maximum"], HouseDraft::MAX_ACREAGE);
    }
}
