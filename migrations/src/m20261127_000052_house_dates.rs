//! What landlords set for single dates.

use sea_orm_migration::prelude::*;

use crate::table::{clustered, create, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum HouseDates {
    Table,
    HouseId,
    Day,
    Price,
    MinDays,
    ClosedToArrival,
    ClosedToDeparture,
    Note,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use HouseDates::{ClosedToArrival, ClosedToDeparture, Day, HouseId, MinDays, Note, Price};
        let house = (Alias::new("houses"), Alias::new("id"));
        let mut owner = reference("house_dates_house", (HouseDates::Table, HouseId), house);
        owner.on_delete(ForeignKeyAction::Cascade);
        let table = Table::create()
            .table(HouseDates::Table)
            .col(ColumnDef::new(HouseId).big_integer().not_null())
            .col(ColumnDef::new(Day).date().not_null())
            .col(ColumnDef::new(Price).big_integer())
            .col(ColumnDef::new(MinDays).integer())
            .col(ColumnDef::new(ClosedToArrival).small_integer())
            .col(ColumnDef::new(ClosedToDeparture).small_integer())
            .col(ColumnDef::new(Note).string_len(200))
            .primary_key(Index::create().col(HouseId).col(Day))
            .foreign_key(&mut owner)
            .take();
        create(manager, clustered(manager, table), vec![]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(HouseDates::Table).take()).await
    }
}
