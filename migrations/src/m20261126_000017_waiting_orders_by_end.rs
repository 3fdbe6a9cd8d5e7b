//! The orders of a guest that wait for an answer, by the day on which they stop counting.

use sea_orm_migration::prelude::*;

use crate::table::replace_indexes;

#[derive(DeriveMigrationName)]
pub struct Migration;

const NAME: &str = "orders_waiting";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace_indexes(manager, "orders", &[(NAME, "guest_id, status, end_day".to_owned())]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace_indexes(manager, "orders", &[(NAME, "guest_id, status".to_owned())]).await
    }
}
