//! The form of a house to publish: the documents of all dialects print the same one.

use minsu_domain::HouseDraft;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::fields::{Int, Text};

/// A house to publish. Numbers may come as strings.
#[derive(Debug, Deserialize, ToSchema)]
pub struct HouseBody {
    /// Headline.
    pub title: Text,
    /// 元 a day, at most two decimals.
    pub price: Text,
    /// District.
    pub area_id: Int,
    /// Where it is.
    pub address: Text,
    /// Number of rooms.
    pub room_count: Int,
    /// Square metres.
    pub acreage: Int,
    /// Layout in words.
    pub unit: Text,
    /// Guests.
    pub capacity: Int,
    /// Beds in words.
    pub beds: Text,
    /// 元.
    pub deposit: Text,
    /// Shortest stay in days.
    pub min_days: Int,
    /// Longest stay in days, 0 for no limit.
    pub max_days: Int,
    /// Facilities, if any.
    #[serde(default)]
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
