//! How many orders of a guest wait for an answer, without reading all that they ever placed.

use sea_orm_migration::prelude::*;

use crate::table::index;

const NAME: &str = "orders_waiting";

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum Orders {
    Table,
    GuestId,
    Status,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A crash may have come between the index and its record.
        if manager.has_index("orders", NAME).await? {
            return Ok(());
        }
        manager.create_index(index(NAME, Orders::Table, [Orders::GuestId, Orders::Status])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(NAME).table(Orders::Table).to_owned()).await
    }
}
