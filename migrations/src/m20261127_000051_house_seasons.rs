//! Seasons of houses: ranges of days with prices and limits of their own.

use sea_orm_migration::prelude::*;

use crate::table::{clustered, create, reference};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[derive(DeriveIden, Clone, Copy)]
enum HouseSeasons {
    Table,
    HouseId,
    FirstDay,
    LastDay,
    Price,
    MinDays,
    MaxDays,
    ArrivalDays,
    DepartureDays,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        use HouseSeasons::{ArrivalDays, DepartureDays, FirstDay, HouseId, LastDay, MaxDays, MinDays, Price};
        let house = (Alias::new("houses"), Alias::new("id"));
        let mut owner = reference("house_seasons_house", (HouseSeasons::Table, HouseId), house);
        owner.on_delete(ForeignKeyAction::Cascade);
        let mut table = Table::create()
            .table(HouseSeasons::Table)
            .col(ColumnDef::new(HouseId).big_integer().not_null())
            .col(ColumnDef::new(FirstDay).date().not_null())
            .col(ColumnDef::new(LastDay).date().not_null())
            .col(ColumnDef::new(Price).big_integer())
            .primary_key(Index::create().col(HouseId).col(FirstDay))
            .foreign_key(&mut owner)
            .take();
        // Prices of weekdays, Monday's first.
        for number in 1..=7 {
            table.col(ColumnDef::new(Alias::new(format!("price_{number}"))).big_integer());
        }
        table
            .col(ColumnDef::new(MinDays).integer())
            .col(ColumnDef::new(MaxDays).integer())
            .col(ColumnDef::new(ArrivalDays).small_integer())
            .col(ColumnDef::new(DepartureDays).small_integer());
        create(manager, clustered(manager, table), vec![]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table(HouseSeasons::Table).take()).await
    }
}
