//! Houses as all dialects of the documents read and write them: the form of one to publish, and what one
//! is like.

use minsu_domain::{Dwelling, HouseDraft};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    fields::{Int, Text},
    openapi::values,
};

/// A house to publish. Numbers may come as strings.
#[derive(Debug, Deserialize, ToSchema)]
pub struct HouseBody {
    #[schema(value_type = values::Title)]
    pub title: Text,
    #[schema(value_type = values::Price)]
    pub price: Text,
    #[schema(value_type = values::AreaId)]
    pub area_id: Int,
    #[schema(value_type = values::Address)]
    pub address: Text,
    #[schema(value_type = values::RoomCount)]
    pub room_count: Int,
    #[schema(value_type = values::Acreage)]
    pub acreage: Int,
    #[schema(value_type = values::Layout)]
    pub unit: Text,
    #[schema(value_type = values::Capacity)]
    pub capacity: Int,
    #[schema(value_type = values::Beds)]
    pub beds: Text,
    #[schema(value_type = values::Deposit)]
    pub deposit: Text,
    #[schema(value_type = values::MinDays)]
    pub min_days: Int,
    #[schema(value_type = values::MaxDays)]
    pub max_days: Int,
    #[serde(default)]
    #[schema(value_type = values::Facilities)]
    pub facility: Vec<Int>,
}

impl From<HouseBody> for HouseDraft {
    fn from(body: HouseBody) -> Self {
        Self {
            title: body.title.0,
            price_yuan: body.price.0,
            deposit_yuan: body.deposit.0,
            area_id: body.area_id.0,
            address: body.address.0,
            // The documents have none.
            description: None,
            room_count: body.room_count.0,
            acreage: body.acreage.0,
            unit: body.unit.0,
            capacity: body.capacity.0,
            beds: body.beds.0,
            min_days: body.min_days.0,
            max_days: body.max_days.0,
            facilities: body.facility.into_iter().map(|id| id.0).collect(),
        }
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
