//! The indexes of the house lists contain the shortest and the longest stay too: a search with dates checks
//! them for every house that it passes, and would have to read each row otherwise.

use sea_orm_migration::prelude::*;

use crate::table::replace_indexes;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The orders of the lists, by the names of their indexes.
const ORDERS: [(&str, &str); 8] = [
    ("houses_new", "created_at, id"),
    ("houses_booking", "order_count, id"),
    ("houses_price_inc", "price, id DESC"),
    ("houses_price_des", "price, id"),
    ("houses_area_new", "area_id, created_at, id"),
    ("houses_area_booking", "area_id, order_count, id"),
    ("houses_area_price_inc", "area_id, price, id DESC"),
    ("houses_area_price_des", "area_id, price, id"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let wider = ORDERS.map(|(name, columns)| (name, format!("{columns}, min_days, max_days")));
        replace_indexes(manager, "houses", &wider).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace_indexes(manager, "houses", &ORDERS.map(|(name, columns)| (name, columns.to_owned()))).await
    }
}
