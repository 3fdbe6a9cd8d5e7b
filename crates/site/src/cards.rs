//! A house in a list.

use minsu_application::App;
use minsu_domain::Money;
use minsu_ports::HouseSummary;
use minsu_web::{language::Language, present};

use crate::{format, names};

/// What a list shows of a house.
pub struct Card {
    pub id: i64,
    pub title: String,
    pub area: String,
    pub price: String,
    pub small: String,
    pub large: String,
    pub rooms: u32,
    pub capacity: u32,
    pub bookings: u32,
    /// What the whole stay costs, where days were chosen.
    pub total: Option<String>,
}

impl Card {
    /// Of a house in a list; `days` is how long the chosen stay is, and `ruled` what it costs where the house has rules.
    pub fn new(
        app: &App,
        language: Language,
        house: &HouseSummary,
        (days, ruled): (Option<u32>, Option<Money>),
    ) -> Self {
        let total = ruled.or_else(|| days.and_then(|days| house.price.times(days).ok()));
        Self {
            id: house.id.get(),
            title: house.title.clone(),
            area: names::area(language, house.area, &house.area_name),
            price: format::money(house.price),
            small: present::small_picture(app, house.index_picture.as_ref()),
            large: present::picture(app, house.index_picture.as_ref()),
            rooms: house.dwelling.room_count,
            capacity: house.dwelling.capacity,
            bookings: house.order_count,
            total: total.map(format::money),
        }
    }
}
