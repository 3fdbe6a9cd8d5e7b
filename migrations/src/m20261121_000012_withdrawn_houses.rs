//! Houses of deleted accounts: neither found nor booked any more, kept for the orders that
//! refer to them. A table of its own, because it stays small, and so the indexes of the search stay as
//! they are.

use sea_orm_migration::prelude::*;

use crate::table::{clustered, create, instant, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden)]
enum WithdrawnHouses {
    Table,
    HouseId,
    WithdrawnAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(WithdrawnHouses::Table)
            .col(ColumnDef::new(WithdrawnHouses::HouseId).big_integer().not_null().primary_key())
            .col(instant(manager, WithdrawnHouses::WithdrawnAt).not_null())
            .foreign_key(&mut reference(
                "withdrawn_houses_house_fk",
                (WithdrawnHouses::Table, WithdrawnHouses::HouseId),
                (Alias::new("houses"), Alias::new("id")),
            ))
            .take();
        create(manager, clustered(manager, table), vec![]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(WithdrawnHouses::Table).take()).await
    }
}
