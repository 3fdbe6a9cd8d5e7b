//! The indexes of the house lists tell too whether a house has rules: a search with dates asks it of every house that
//! it passes, and would have to read each row otherwise.

use sea_orm_migration::prelude::*;

use crate::table::replace_indexes;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The orders of the lists, by the names of their indexes.
const ORDERS: [(&str, &str); 10] = [
    ("houses_new", "created_at, id"),
    ("houses_booking", "guest_count, id"),
    ("houses_popular", "stayed_guest_count, id"),
    ("houses_price_inc", "price, id DESC"),
    ("houses_price_des", "price, id"),
    ("houses_area_new", "area_id, created_at, id"),
    ("houses_area_booking", "area_id, guest_count, id"),
    ("houses_area_popular", "area_id, stayed_guest_count, id"),
    ("houses_area_price_inc", "area_id, price, id DESC"),
    ("houses_area_price_des", "area_id, price, id"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let wider = ORDERS.map(|(name, columns)| (name, format!("{columns}, min_days, max_days, has_rules")));
        replace_indexes(manager, "houses", &wider).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let before = ORDERS.map(|(name, columns)| (name, format!("{columns}, min_days, max_days")));
        replace_indexes(manager, "houses", &before).await
    }
}
