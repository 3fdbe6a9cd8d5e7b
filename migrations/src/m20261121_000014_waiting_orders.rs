//! An index by which the waiting orders of a guest are counted without reading all orders of the guest.

use sea_orm_migration::prelude::*;

use crate::table::{add_index, index};

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
        use Orders::{GuestId, Status, Table};
        add_index(manager, "orders", NAME, index(NAME, Table, [GuestId, Status])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(NAME).table(Orders::Table).to_owned()).await
    }
}
